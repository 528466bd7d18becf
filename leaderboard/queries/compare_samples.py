"""One problem of several runs: the samples of each in groups. Opens one blob per run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evaluator.records import Verdict
from leaderboard.models import Cell, Problem, Run
from leaderboard.queries.compare import Comparison
from leaderboard.queries.compare_pairs import ANY, MAJORITY
from leaderboard.queries.failures import FailureGroup, groups_of


@dataclass(frozen=True, slots=True)
class RunSamples:
    """How one run's samples of the problem end: those that pass first, then the largest group."""

    run: Run
    problem: Problem
    n: int
    c: int
    verdicts: Mapping[str, int]
    groups: tuple[FailureGroup, ...]


@dataclass(frozen=True, slots=True)
class Around:
    """Task ids before and after a problem among the shared ones; None at either end.

    A problem differs where the runs don't all solve it or all fail it, by the rule of the page.
    """

    previous: str | None
    next: str | None
    previous_differing: str | None
    next_differing: str | None
    position: int  # from 1
    total: int
    differing: int


def samples_of(runs: Sequence[Run], task_id: str) -> list[RunSamples]:
    """These runs' samples of one problem, in the order of the runs. One query."""
    cells = Cell.objects.filter(run__in=runs, problem__task_id=task_id).select_related("problem")
    found = {cell.run_id: cell for cell in cells}
    return [_samples(run, found[run.pk]) for run in runs if run.pk in found]


def around(comparison: Comparison, task_id: str, rule: str) -> Around:
    """What lies around this problem of the comparison."""
    names = [problem.task_id for problem in comparison.problems]
    differing = {name for name, differs in zip(names, _differing(comparison, rule), strict=True) if differs}
    here = comparison.places[task_id]
    before, after = names[:here][::-1], names[here + 1 :]
    return Around(
        previous=before[0] if before else None,
        next=after[0] if after else None,
        previous_differing=next((name for name in before if name in differing), None),
        next_differing=next((name for name in after if name in differing), None),
        position=here + 1,
        total=len(names),
        differing=len(differing),
    )


def _differing(comparison: Comparison, rule: str) -> list[bool]:
    threshold = {ANY: 0.0, MAJORITY: 0.5}.get(rule)
    rates = comparison.rates
    marks = rates if threshold is None else rates > threshold
    return [bool(differs) for differs in np.any(marks != marks[0], axis=0)]


def _samples(run: Run, cell: Cell) -> RunSamples:
    groups = sorted(groups_of(cell), key=lambda group: (group.verdict != Verdict.PASSED, -group.samples))
    return RunSamples(run, cell.problem, cell.n, cell.c, cell.verdict_counts, tuple(groups))
