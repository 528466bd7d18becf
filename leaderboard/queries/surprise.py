"""How a run fares on each problem against what the runs of other models let expect. No blob is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from evaluator.metrics import surprises
from leaderboard.models import Run
from leaderboard.queries.counts import count_table
from leaderboard.queries.problems import measured_runs
from leaderboard.queries.runs import ProblemRow
from leaderboard.queries.visibility import Reader


def with_expectations(run: Run, rows: Sequence[ProblemRow], reader: Reader) -> list[ProblemRow]:
    """The same rows with what was to be expected of the run; unchanged where nothing was. Two queries.

    For runs that are scored and where another model has a run that this reader's pages list. Other
    settings of the same model are left out: they would expect its own peculiarities. So are demo runs,
    unless the run itself is one.
    """
    known = _expected(run, reader)
    return [
        replace(row, expected=found[0], residual=found[1]) if (found := known.get(row.position)) else row
        for row in rows
    ]


def _expected(run: Run, reader: Reader) -> Mapping[int, tuple[float, float]]:
    """Expected rate and residual by problem position."""
    if run.status != Run.Status.DONE or run.source == Run.Source.PUBLISHED:
        return {}
    others = measured_runs(run.benchmark_id, reader).exclude(model=run.model_id)
    if not run.synthetic:
        others = others.filter(synthetic=False)
    table = count_table([run, *others.only("pk").order_by("pk")], run.benchmark.problem_count)
    having = np.asarray((table.n > 0).any(axis=1))
    if having.sum() < 2 or not having[0] or table.n.shape[1] < 2:
        return {}
    found = surprises(table.n[having], table.c[having])
    expected, residual = found.expected[0].tolist(), found.residual[0].tolist()
    return {
        position: (expected[position], residual[position])
        for position, n in enumerate(table.n[0].tolist())
        if n
    }
