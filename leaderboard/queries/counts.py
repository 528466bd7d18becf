"""Counts of many runs on all problems of their benchmark, read from one small row per run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluator.metrics.counts import FloatArray, IntArray
from leaderboard.models import Cell, RunCounts
from leaderboard.run_counts import ROWS, Counts, KeyArray, counts_of, empty_counts, unpack_counts

_CELL_COLUMNS = ("run_id", "problem__position", "n", "c", "verdict_counts", "behaviours")


@dataclass(frozen=True, slots=True)
class CountedRun:
    """A scored run, as far as lists over many runs name it."""

    pk: int
    model_id: int
    model: str
    temperature: float | None
    synthetic: bool


@dataclass(frozen=True, slots=True)
class CountTable:
    """Scored runs × problems by position. `counts` has the shape (runs, len(ROWS), problems).

    `wrong` and `agreeing`, both (runs, problems): each run's most frequent wrong answer, see `Counts`.
    """

    runs: tuple[CountedRun, ...]
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
        return rates_of(self.n, self.c)

    @property
    def verdicts(self) -> list[dict[str, int]]:
        """Samples of all runs by verdict, of each problem."""
        sums = self.counts[:, 2:].sum(axis=0).T.tolist()
        return [dict(zip(ROWS[2:], counts, strict=True)) for counts in sums]

    @property
    def alone(self) -> list[str]:
        """Of each problem the model that alone solves it, that is, has a sample that passes; else empty."""
        names = {run.model_id: run.model for run in self.runs}
        models, places = np.unique([run.model_id for run in self.runs], return_inverse=True)
        solving = np.zeros((len(models), self.c.shape[1]), dtype=np.bool_)
        np.logical_or.at(solving, places, self.c > 0)
        single = solving.sum(axis=0) == 1
        first = solving.argmax(axis=0) if len(models) else np.zeros(self.c.shape[1], dtype=np.int64)
        return [
            names[int(models[model])] if one else ""
            for model, one in zip(first, single.tolist(), strict=True)
        ]


def rates_of(n: IntArray, c: IntArray) -> FloatArray:
    """c / n, of their shape; NaN where n is 0."""
    return np.asarray(np.divide(c, n, out=np.full(n.shape, np.nan), where=n > 0), dtype=np.float64)


def count_table(runs: Sequence[CountedRun], problems: int) -> CountTable:
    """The counts of scored runs of one benchmark. One query; one more for runs scored before they were kept.

    `problems` is how many the benchmark has.
    """
    stored = dict(RunCounts.objects.filter(run__in=[run.pk for run in runs]).values_list("run_id", "data"))
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
    for cell in Cell.objects.filter(run__in=run_ids).values(*_CELL_COLUMNS):
        cells[cell["run_id"]].append(cell)
    return {run_id: counts_of(rows) for run_id, rows in cells.items()}
