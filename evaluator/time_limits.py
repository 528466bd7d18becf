"""When a program has run long enough, and when its CPU time is too near the limit to be trusted.

CPU time is measured, so it differs a little from run to run (caches, other work on the same core). With
limits that follow the reference solution, a program may therefore run to twice its limit, and one that
ends by itself between half and twice the limit is near: it is measured again, and its best time counts.
What is stopped at twice the limit, or ends below half of it, needs no second look.
"""

from __future__ import annotations

from evaluator.records import Judgement, Limits, Problem, Program, Verdict

_MARGIN = 2.0
_OF_TIME = (Verdict.PASSED, Verdict.TIMEOUT)  # the verdicts that CPU time decides between


def stopped_at(limits: Limits) -> float:
    """CPU seconds at which a program is stopped."""
    return limits.cpu_seconds if limits.auto_factor is None else limits.cpu_seconds * _MARGIN


def is_near(judgement: Judgement, limits: Limits) -> bool:
    """Whether a second measurement could change this verdict.

    A wrong answer and an exception are what they are, however long they took.
    """
    if limits.auto_factor is None or judgement.verdict not in _OF_TIME:
        return False
    return limits.cpu_seconds / _MARGIN <= judgement.cpu_seconds < limits.cpu_seconds * _MARGIN


def faster(first: Judgement, second: Judgement) -> Judgement:
    """The judgement of the measurement that was disturbed less; a fault of ours measures nothing."""
    if second.verdict is Verdict.EVALUATOR_ERROR:
        return first
    return second if second.cpu_seconds < first.cpu_seconds else first


def reference_program(problem: Problem) -> Program:
    """The problem's own solution, as a program."""
    return Program(problem.task_id, problem.prompt + problem.canonical_solution, problem.content_hash)


def limits_from(limits: Limits, reference: list[Judgement]) -> Limits:
    """The limits of a problem, from measurements of its reference solution.

    A reference that does not pass measures nothing: the problem then has the ceiling.
    """
    passed = [judgement.cpu_seconds for judgement in reference if judgement.verdict is Verdict.PASSED]
    return limits.for_reference(min(passed, default=limits.cpu_seconds))
