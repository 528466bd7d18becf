"""Counts of many runs on all problems of their benchmark, read from one small row per run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluator.metrics.counts import FloatArray, IntArray
from leaderboard.models import Cell, Run, RunCounts
from leaderboard.run_counts import ROWS, Counts, KeyArray, counts_of, empty_counts, unpack_counts

_CELL_COLUMNS = ("run_id", "problem__position", "n", "c", "verdict_counts", "behaviours")


@dataclass(frozen=True, slots=True)
class CountTable:
    """Scored runs × problems by position. `counts` has the shape (runs, len(ROWS), problems).

    `wrong` and `agreeing`, both (runs, problems): each run's most frequent wrong answer, see `Counts`.
    """

    runs: tuple[Run, ...]
    counts: IntArray
    wrong: KeyArray
    agreeing: IntArray

    @property
    def n(self) -> IntArray:
        """Samples, shape (runs, problems); 0 where a run has none."""
        return self.counts[:, 0]

    @property
    def c(self) -> IntArray:
        """Samples that pass, shape (runs, problems)."""
        return self.counts[:, 1]

    @property
    def rates(self) -> FloatArray:
        """c / n, shape (runs, problems); NaN where a run has no samples."""
        return np.divide(self.c, self.n, out=np.full(self.n.shape, np.nan), where=self.n > 0)

    def verdicts(self, position: int) -> dict[str, int]:
        """Samples of all runs by verdict, of the problem at this position."""
        sums = self.counts[:, 2:, position].sum(axis=0).tolist()
        return dict(zip(ROWS[2:], sums, strict=True))


def count_table(runs: Sequence[Run], problems: int) -> CountTable:
    """The counts of scored runs of one benchmark. One query; one more for runs scored before they were kept.

    `problems` is how many the benchmark has.
    """
    stored = dict(RunCounts.objects.filter(run__in=runs).values_list("run_id", "data"))
    known = {run_id: counts for run_id, data in stored.items() if (counts := unpack_counts(data))}
    missing = [run.pk for run in runs if run.pk not in known]
    if missing:
        known |= _from_cells(missing)
    empty = empty_counts(problems)
    columns = [known.get(run.pk, empty) for run in runs]
    table = CountTable(
        runs=tuple(runs),
        counts=np.zeros((len(runs), len(ROWS), problems), dtype=np.int64),
        wrong=np.zeros((len(runs), problems), dtype=np.uint64),
        agreeing=np.zeros((len(runs), problems), dtype=np.int64),
    )
    for row, counts in enumerate(columns):
        width = min(problems, len(counts.wrong))
        table.counts[row, :, :width] = counts.table[:, :width]
        table.wrong[row, :width] = counts.wrong[:width]
        table.agreeing[row, :width] = counts.agreeing[:width]
    return table


def _from_cells(run_ids: Sequence[int]) -> dict[int, Counts]:
    cells: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    done = Cell.objects.filter(run__in=run_ids, status=Cell.Status.DONE)
    for cell in done.values(*_CELL_COLUMNS):
        cells[cell["run_id"]].append(cell)
    return {run_id: counts_of(rows) for run_id, rows in cells.items()}
