"""Limits that follow the reference solution: derived, enforced, and measured again where it is close."""

from __future__ import annotations

import pytest

from evaluator.evaluate import Evaluator
from evaluator.problem_sets import load_benchmark
from evaluator.records import Detail, Judgement, Limits, Problem, Program, Verdict
from evaluator.time_limits import faster, is_near, limits_from, stopped_at

BURN = "import time\nstart = time.process_time()\nwhile time.process_time() - start < {seconds}: pass\n"


def _judgement(cpu_seconds: float, verdict: Verdict = Verdict.PASSED) -> Judgement:
    return Judgement(verdict, Detail(), cpu_seconds)


def _program(problem: Problem, burnt: float) -> Program:
    source = problem.prompt + problem.canonical_solution + BURN.format(seconds=burnt)
    return Program(problem.task_id, source, problem.content_hash)


def test_a_limit_is_a_multiple_of_the_reference_between_floor_and_ceiling() -> None:
    limits = Limits(cpu_seconds=3.0, auto_factor=50.0, auto_floor=0.1)
    assert limits.for_reference(0.001).cpu_seconds == 0.1
    assert limits.for_reference(0.01).cpu_seconds == 0.5
    assert limits.for_reference(1.0).cpu_seconds == 3.0
    assert Limits().for_reference(0.001) == Limits()


@pytest.mark.parametrize(("cpu", "near"), [(0.04, False), (0.06, True), (0.15, True), (0.21, False)])
def test_near_is_between_half_and_twice_the_limit(cpu: float, near: bool) -> None:
    assert is_near(_judgement(cpu), Limits(cpu_seconds=0.1, auto_factor=50.0)) is near
    assert is_near(_judgement(cpu), Limits(cpu_seconds=0.1)) is False


def test_a_verdict_that_time_does_not_decide_is_near_nothing() -> None:
    limits = Limits(cpu_seconds=0.1, auto_factor=50.0)
    verdicts = {one for one in Verdict if is_near(_judgement(0.1, one), limits)}
    assert verdicts == {Verdict.PASSED, Verdict.TIMEOUT}


def test_the_measurement_that_was_disturbed_less_counts() -> None:
    slow, quick = _judgement(0.2, Verdict.TIMEOUT), _judgement(0.08)
    assert faster(slow, quick) is quick
    assert faster(quick, slow) is quick
    assert faster(slow, _judgement(0.0, Verdict.EVALUATOR_ERROR)) is slow


def test_a_reference_that_does_not_pass_leaves_the_ceiling() -> None:
    limits = Limits(cpu_seconds=3.0, auto_factor=50.0)
    assert limits_from(limits, [_judgement(0.0, Verdict.EVALUATOR_ERROR)]).cpu_seconds == 3.0
    assert limits_from(limits, [_judgement(0.02), _judgement(0.01)]).cpu_seconds == 0.5


@pytest.mark.sandbox
def test_each_problem_gets_its_own_limit_and_what_exceeds_it_times_out() -> None:
    benchmark = load_benchmark("humaneval")
    problem = benchmark.by_task_id["HumanEval/53"]
    limits = Limits(auto_factor=50.0, auto_floor=0.3)
    with Evaluator(limits, benchmark.packages) as evaluator:
        programs = [_program(problem, burnt) for burnt in (0.0, 0.4, 5.0)]
        quick, slow, endless = evaluator.judge(problem, programs)
        own = evaluator.limits_for(problem)
    assert 0.3 <= own.cpu_seconds < limits.cpu_seconds
    assert quick.verdict is Verdict.PASSED
    assert [slow.verdict, endless.verdict] == [Verdict.TIMEOUT, Verdict.TIMEOUT]
    assert f"{own.cpu_seconds:g} s of CPU time" in slow.detail.message
    assert is_near(slow, own)
    assert endless.cpu_seconds >= stopped_at(own)
    assert not is_near(endless, own)


@pytest.mark.sandbox
def test_after_a_reference_was_measured_every_cell_has_its_problems_plan() -> None:
    """Two problems with the same calls, in two cells: one for programs that mention a package."""
    test = "def check(candidate):\n    assert candidate(1) == 2\n"
    with Evaluator(Limits.auto(), ("numpy",)) as evaluator:
        for name in ("first", "second"):
            problem = Problem(f"plans/{name}", f"def {name}(x):\n", name, test, "    return x + 1\n")
            sources = [f"def {name}(x):\n    return x + 1{rest}\n" for rest in ("", "  # numpy")]
            programs = [Program(problem.task_id, source, problem.content_hash) for source in sources]
            judged = [one.verdict for one in evaluator.judge(problem, programs)]
            assert judged == [Verdict.PASSED] * 2
