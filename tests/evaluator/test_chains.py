"""The generated benchmark: what its blocks do, that it is the same everywhere, that wrong chains fail."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from evaluator.problem_sets import chains, load_benchmark
from evaluator.problem_sets.chain_blocks import BLOCKS, changed
from evaluator.records import Limits, Problem, Sample, TextKind
from evaluator.score import score

TEXT = "The Eel, see: a big one!"
# By hand, in the order of the blocks.
BY_HAND = (
    "Th El, s: a big on!",
    "The_Eel,_see:_a_big_one!",
    "the eel, see: a big one!",
    "e Eel, see: a big on",
    "Th l, s:  bg n!",
    "Th El,se:  bg ne",
    "The Eel, see",
    ": a big one!The Eel, see",
    "!eno gib a :ees ,leE ehT",
    "one! big a see: Eel, The",
    "The plum Eel, plum see: plum a plum big plum one! plum",
    "THe EEl, SeE: a bIg oNe!",
    "The Eel see: a big one",
)
VERSION = "3a8e7815e6db5232"


@pytest.mark.parametrize("place", range(len(BLOCKS)))
def test_a_block_does_what_its_words_say(place: int) -> None:
    assert BLOCKS[place].apply(TEXT) == BY_HAND[place], BLOCKS[place].wording


def test_halves_of_an_odd_number_of_characters() -> None:
    half, swap = BLOCKS[6], BLOCKS[7]
    assert "half" in half.wording
    assert "halves" in swap.wording
    assert half.apply("abcde") == "ab"
    assert swap.apply("abcde") == "decab"


def test_its_content_is_the_same_on_every_machine() -> None:
    """Pinned: a change of blocks, words or choice is a new version of the benchmark, and says so."""
    assert load_benchmark("chains").version[:16] == VERSION
    assert chains.VERSION == 1


def test_its_content_does_not_depend_on_the_hash_seed_of_the_process() -> None:
    code = "from evaluator.problem_sets import load_benchmark as l; print(l('chains').version)"
    run = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONHASHSEED": "1"}, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == load_benchmark("chains").version


def test_another_seed_is_another_set_of_problems() -> None:
    one, other = chains.chain(chains.SEED, 3, 0), chains.chain(chains.SEED + 1, 3, 0)
    assert one != other


def test_every_length_has_as_many_chains_and_each_block_begins_one() -> None:
    problems = load_benchmark("chains").problems
    lengths = Counter(chains.chain_length(problem.task_id) for problem in problems)
    assert lengths == dict.fromkeys(range(1, 11), 13)
    firsts = {chains.chain(chains.SEED, 4, number)[0][0] for number in range(13)}
    assert firsts == set(BLOCKS)


@pytest.mark.parametrize("problem", load_benchmark("chains").problems[::17], ids=lambda p: p.task_id)
def test_docstring_reference_and_tests_speak_of_the_same_blocks(problem: Problem) -> None:
    length = chains.chain_length(problem.task_id)
    assert len([line for line in problem.prompt.splitlines()[3:-1] if line.strip()]) == length
    assert problem.canonical_solution.count("    text = ") == length
    assert "seed 2107" in problem.test


def test_ids_of_other_benchmarks_have_no_chain_length() -> None:
    assert chains.chain_length("HumanEval/3") is None
    assert chains.chain_length("Chains/3") is None
    assert chains.chain_length("Chains/3/7") == 3


def _sample(problem: Problem, body: str) -> Sample:
    return Sample(problem.task_id, body, TextKind.COMPLETION, line=1)


@pytest.mark.sandbox
def test_every_reference_passes_and_every_chain_with_a_step_left_out_fails() -> None:
    benchmark = load_benchmark("chains")
    right = [_sample(problem, problem.canonical_solution) for problem in benchmark.problems]
    wrong = []
    for problem in benchmark.problems:
        *steps, last = problem.canonical_solution.splitlines(keepends=True)
        place = len(steps) // 2
        wrong.append(_sample(problem, "".join([*steps[:place], *steps[place + 1 :], last])))
    scores = score(benchmark, [*right, *wrong], Limits(cpu_seconds=1.0), workers=2)
    verdicts = [str(judgement.verdict) for judgement in scores.judgements]
    assert set(verdicts[: len(right)]) == {"passed"}
    assert set(verdicts[len(right) :]) == {"wrong_answer"}
    assert scores.judgements[-1].detail.expected is not None


def test_two_steps_in_the_wrong_order_are_noticed_wherever_the_order_matters() -> None:
    noticed = 0
    for number in range(chains.PER_LENGTH):
        blocks, texts = chains.chain(chains.SEED, 6, number)
        turned = (blocks[1], blocks[0], *blocks[2:])
        noticed += any(changed(blocks, text) != changed(turned, text) for text in texts)
    assert 3 <= noticed <= chains.PER_LENGTH


@pytest.mark.sandbox
def test_the_command_line_scores_a_file_of_it(tmp_path: Path) -> None:
    problems = load_benchmark("chains").problems[:2]
    samples = tmp_path / "samples.jsonl"
    lines = [{"task_id": p.task_id, "completion": p.canonical_solution} for p in problems]
    samples.write_text("".join(json.dumps(line) + "\n" for line in lines))
    command = [sys.executable, "-m", "evaluator", "score", str(samples), "--benchmark", "chains", "--json"]
    command += ["--workers", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    document = json.loads(done.stdout)
    assert document["benchmark"] == "chains"
    assert document["verdicts"] == {"passed": 2}
