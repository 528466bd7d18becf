"""Where harnesses came to differ: what a verdict may not depend on, and what it must; and the comparison."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evaluator.check import Check
from evaluator.evaluate import Evaluator
from evaluator.problem_sets import load_benchmark
from evaluator.records import Judgement, Limits, Program, Verdict
from tests.code_map import ROOT

pytestmark = pytest.mark.sandbox
HUMANEVAL = load_benchmark("humaneval")
SPOILING = """
def _spoil(value):
    if isinstance(value, list):
        value[:] = ["spoilt"]
    elif isinstance(value, (dict, set)):
        value.clear()

def _wrapped(function):
    import copy
    running = []
    def spoiling(*arguments):
        if running:
            return function(*arguments)
        running.append(True)
        try:
            answer = copy.deepcopy(function(*arguments))
        finally:
            running.clear()
        for argument in arguments:
            _spoil(argument)
        return answer
    return spoiling

{entry_point} = _wrapped({entry_point})
"""
BY_SEED = """
import json, sys
from evaluator.evaluate import Evaluator
from evaluator.problem_sets import load_benchmark
from evaluator.records import Limits, Program
problem = load_benchmark("humaneval").by_task_id["HumanEval/158"]
source = "def find_max(words): return str(list(set('abcdefgh')))"
with Evaluator(Limits(cpu_seconds=1.0)) as evaluator:
    (judgement,) = evaluator.judge(problem, [Program(problem.task_id, source, problem.content_hash)])
print(judgement.detail.actual)
"""


@pytest.fixture(scope="module")
def evaluator() -> Iterator[Evaluator]:
    with Evaluator(Limits(cpu_seconds=1.0), ("numpy",)) as opened:
        yield opened


def judged(evaluator: Evaluator, task_id: str, source: str) -> Judgement:
    problem = HUMANEVAL.by_task_id[task_id]
    (judgement,) = evaluator.judge(problem, [Program(task_id, source, problem.content_hash)])
    return judgement


def test_the_order_of_sets_is_the_same_in_every_run() -> None:
    """Samples that take "the first" of a set pass or fail with the hash seed of the harness's process."""
    shown = {
        subprocess.run(
            [sys.executable, "-c", BY_SEED],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(shown) == 1
    assert "'a'" in shown.pop()


def test_no_test_of_humaneval_minds_what_becomes_of_its_arguments(evaluator: Evaluator) -> None:
    """Each call gets arguments of its own, in another process: a program that spoils them must not pass or
    fail by it. So it is in the published harness, too: no test of HumanEval looks at an argument again.
    """
    for problem in HUMANEVAL.problems:
        source = (
            problem.prompt + problem.canonical_solution + SPOILING.format(entry_point=problem.entry_point)
        )
        judgement = judged(evaluator, problem.task_id, source)
        assert judgement.verdict is Verdict.PASSED, (problem.task_id, judgement)


def test_a_test_that_calls_the_entry_point_by_name_asks_the_program(evaluator: Evaluator) -> None:
    """Three assertions of HumanEval/33 compare the program with itself: any steady answer passes them."""
    problem = HUMANEVAL.by_task_id["HumanEval/33"]
    wrapped = """
_right = sort_third
def sort_third(l):
    return l[::-1] if l == [1, 2, 3] else _right(l)
"""
    source = problem.prompt + problem.canonical_solution
    assert judged(evaluator, problem.task_id, source + wrapped).verdict is Verdict.PASSED
    unsteady = "import random\n" + source + wrapped.replace("l[::-1]", "[random.random()]")
    found = judged(evaluator, problem.task_id, unsteady)
    assert found.verdict is Verdict.WRONG_ANSWER


def test_only_the_tests_own_calls_are_planned() -> None:
    assert len(Check(HUMANEVAL.by_task_id["HumanEval/55"]).calls) == 5
    assert len(Check(HUMANEVAL.by_task_id["HumanEval/63"]).calls) == 7


def test_calls_share_the_state_of_one_process_in_the_tests_order(evaluator: Evaluator) -> None:
    """A mutable default argument keeps what earlier calls put there, as in the harness."""
    problem = HUMANEVAL.by_task_id["HumanEval/55"]
    source = "seen = []\ndef fib(n):\n    seen.append(n)\n    return {10: 55, 1: 1}.get(n, str(seen))\n"
    assert judged(evaluator, problem.task_id, source).detail.actual == "'[10, 1, 8]'"


def test_reasons_do_not_say_where_the_machine_keeps_its_python(evaluator: Evaluator) -> None:
    detail = judged(evaluator, "HumanEval/55", "from functools import itemgetter\n").detail
    assert detail.message.startswith("cannot import name 'itemgetter' from 'functools' (lib")
    assert sys.base_prefix not in detail.message


# The comparison itself, on a folder with the same files as the real one but three samples.

RIGHT, WRONG = "    return number - int(number)\n", "    return 0.5\n"


def reference_folder(folder: Path, said: list[str]) -> Path:
    """Samples right, wrong, right of HumanEval/2, and what is said of them."""
    stem = folder / "samples" / "codegen-16b-mono_T0.8_n100"
    stem.parent.mkdir(parents=True)
    records = [{"task_id": "HumanEval/2", "completion": text} for text in (RIGHT, WRONG, RIGHT)]
    with gzip.open(f"{stem}.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)
    with gzip.open(f"{stem}.verdicts.json.gz", "wt") as file:
        json.dump({"HumanEval/2": said}, file)
    return folder


def compared(data: Path, explained: list[dict[str, Any]]) -> subprocess.CompletedProcess[str]:
    path = data / "explained.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(explained))
    command = [
        sys.executable,
        "benchmarks/fidelity.py",
        "--data",
        data,
        "--explained",
        path,
        "--workers",
        "1",
    ]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_agreement_ends_well(tmp_path: Path) -> None:
    done = compared(reference_folder(tmp_path / "data", ["passed", "failed", "passed"]), [])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "failures without a reason: 0 of 1" in done.stdout
    assert "every difference is explained" in done.stdout


def test_a_difference_is_listed_and_fails_until_it_is_explained(tmp_path: Path) -> None:
    data = reference_folder(tmp_path / "data", ["passed", "passed", "passed"])
    done = compared(data, [])
    assert done.returncode == 1
    assert "passed there, wrong_answer" in done.stdout
    assert "UNEXPLAINED" in done.stdout
    digest = done.stdout.split("sample ")[1][:12]
    because = {"suite": "humaneval", "task_id": "HumanEval/2", "sample": digest, "reason": "said so by hand"}
    done = compared(data, [because])
    assert done.returncode == 0
    assert "said so by hand" in done.stdout


def test_absent_data_are_said_to_be_absent(tmp_path: Path) -> None:
    done = compared(tmp_path / "nothing", [])
    assert done.returncode == 0
    assert "nothing was compared" in done.stdout


@pytest.mark.reference_data
def test_real_samples_whose_verdicts_are_known_agree(reference_data: Path, evaluator: Evaluator) -> None:
    """HumanEval/158, where others' verdicts came to depend on the hash seed, and HumanEval/33."""
    stem = reference_data / "samples" / "codegen-16b-mono_T0.8_n100"
    with gzip.open(f"{stem}.verdicts.json.gz", "rt") as file:
        said = json.load(file)
    with gzip.open(f"{stem}.jsonl.gz", "rt") as file:
        records = [json.loads(line) for line in file]
    for task_id in ("HumanEval/158", "HumanEval/33"):
        problem = HUMANEVAL.by_task_id[task_id]
        texts = [record["completion"] for record in records if record["task_id"] == task_id]
        programs = [Program(task_id, problem.prompt + text, problem.content_hash) for text in texts]
        found = [judgement.verdict is Verdict.PASSED for judgement in evaluator.judge(problem, programs)]
        assert found == [verdict == "passed" for verdict in said[task_id]]
