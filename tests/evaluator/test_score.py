"""Scoring a whole file: de-duplication, order, workers, estimates."""

from __future__ import annotations

import multiprocessing
import os

import numpy as np
import pytest

from evaluator.errors import StatisticsError
from evaluator.estimate import pass_at_k
from evaluator.metrics import mean_pass_at_k
from evaluator.problem_sets import load_benchmark
from evaluator.records import (
    Benchmark,
    Detail,
    Judgement,
    Limits,
    Problem,
    Sample,
    TextKind,
    Verdict,
    program_of,
)
from evaluator.sandbox.probe import best_tier
from evaluator.score import score
from evaluator.worker import Chunk
from evaluator.workers import Workers

pytestmark = pytest.mark.sandbox
LIMITS = Limits(cpu_seconds=1.0)


def _sample(task_id: str, text: str, kind: TextKind = TextKind.COMPLETION) -> Sample:
    return Sample(task_id, text, kind, line=1)


def test_every_reference_solution_of_humaneval_passes() -> None:
    benchmark = load_benchmark("humaneval")
    samples = [_sample(problem.task_id, problem.canonical_solution) for problem in benchmark.problems]
    scores = score(benchmark, samples, LIMITS, workers=2)
    assert scores.verdict_counts() == {"passed": 164}


def test_judgements_are_in_the_order_of_the_samples_and_equal_programs_are_judged_once() -> None:
    benchmark = load_benchmark("humaneval")
    right = {task: benchmark.by_task_id[task].canonical_solution for task in ("HumanEval/0", "HumanEval/2")}
    samples = [
        _sample("HumanEval/2", "    return 7\n"),
        _sample("HumanEval/0", right["HumanEval/0"]),
        _sample("HumanEval/2", right["HumanEval/2"]),
        _sample("HumanEval/0", "    return undefined\n"),
        _sample("HumanEval/2", "    return 7\n"),
    ]
    seen: list[tuple[int, int]] = []
    scores = score(
        benchmark, samples, LIMITS, workers=2, progress=lambda done, total: seen.append((done, total))
    )
    verdicts = [str(judgement.verdict) for judgement in scores.judgements]
    assert verdicts == ["wrong_answer", "passed", "passed", "exception", "wrong_answer"]
    assert scores.programs == 4
    assert seen[-1] == (4, 4)


def test_completions_that_differ_in_white_space_at_their_end_are_one_program() -> None:
    benchmark = load_benchmark("humaneval")
    samples = [
        _sample("HumanEval/2", f"    return number % 1.0{end}") for end in ("", "\n", "  \n\n\n", "\r\n")
    ]
    scores = score(benchmark, samples, LIMITS, workers=1)
    assert scores.verdict_counts() == {"passed": 4}
    assert scores.programs == 1


def test_a_whole_program_is_run_without_the_prompt() -> None:
    benchmark = load_benchmark("humaneval")
    text = "def truncate_number(number):\n    return number % 1.0\n"
    scores = score(benchmark, [_sample("HumanEval/2", text, TextKind.SOLUTION)], LIMITS, workers=1)
    assert scores.judgements[0].verdict is Verdict.PASSED


def test_pass_at_k_is_the_mean_over_problems_and_leaves_out_larger_k() -> None:
    passed, failed = Judgement(Verdict.PASSED, Detail(), 0), Judgement(Verdict.WRONG_ANSWER, Detail(), 0)
    samples = [_sample("a", ""), _sample("a", ""), _sample("b", ""), _sample("b", "")]
    found = pass_at_k(samples, [passed, failed, failed, failed], [1, 2, 10])
    expected = [mean_pass_at_k(np.array([2, 2]), np.array([1, 0]), k) for k in (1, 2)]
    assert [estimate.k for estimate in found] == [1, 2]
    assert [estimate.value for estimate in found] == expected == [0.25, 0.5]


def test_our_own_faults_count_neither_as_drawn_nor_as_passed() -> None:
    passed, fault = Judgement(Verdict.PASSED, Detail(), 0), Judgement(Verdict.EVALUATOR_ERROR, Detail(), 0)
    found = pass_at_k([_sample("a", ""), _sample("a", "")], [passed, fault], [1])
    assert found[0].value == 1.0
    with pytest.raises(StatisticsError):
        pass_at_k([_sample("a", "")], [fault], [1])


def test_a_check_that_breaks_on_what_was_returned_names_its_condition() -> None:
    benchmark = load_benchmark("humaneval")
    scores = score(benchmark, [_sample("HumanEval/33", "    return None\n")], LIMITS, workers=1)
    detail = scores.judgements[0].detail
    assert scores.judgements[0].verdict is Verdict.WRONG_ANSWER
    assert detail.actual == "None"
    assert detail.expected == "tuple(candidate([1, 2, 3])) == tuple(sort_third([1, 2, 3]))"
    assert "TypeError" in detail.message


def test_the_message_of_a_failed_assertion_costs_no_further_call() -> None:
    problem = Problem(
        task_id="Own/1",
        prompt="def f(x):\n",
        entry_point="f",
        test="def check(candidate):\n    assert candidate(1) == 2, (candidate(1), candidate(9))\n",
        canonical_solution="    return x + 1\n",
    )
    benchmark = Benchmark("own", "Own", "", "", (problem,))
    text = "    while x == 9: pass\n    return x\n"
    scores = score(benchmark, [_sample("Own/1", text)], LIMITS, workers=1)
    assert scores.judgements[0].verdict is Verdict.WRONG_ANSWER
    assert scores.judgements[0].detail.expected == "2"


def test_as_many_workers_as_cores_have_a_core_each_and_fewer_go_where_they_like() -> None:
    benchmark, cores = load_benchmark("humaneval"), os.sched_getaffinity(0)
    problem = benchmark.problems[0]
    program = program_of(problem, _sample(problem.task_id, problem.canonical_solution))

    def places(count: int) -> list[set[int]]:
        with Workers(benchmark, LIMITS, best_tier(), count) as workers:
            chunks = [Chunk(problem.task_id, (program,)) for _ in range(count)]
            list(workers.results(chunks))
            return [os.sched_getaffinity(pid) for pid in _children()]

    assert {tuple(place) for place in places(len(cores))} == {(core,) for core in cores}
    if len(cores) > 1:
        assert places(len(cores) - 1) == [cores] * (len(cores) - 1)


def _children() -> list[int]:
    return [process.pid for process in multiprocessing.active_children() if process.pid is not None]
