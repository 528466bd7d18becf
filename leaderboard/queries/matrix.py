"""Runs × problems by pass rate: which runs and problems, in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluator.metrics.counts import FloatArray, IntArray
from leaderboard.models import Benchmark, Problem, Run
from leaderboard.queries.counts import CountedRun, CountTable, rates_of
from leaderboard.queries.runs import Figure

BoolArray = NDArray[np.bool_]
ALL, DIFFERENT, ALONE, NONE = "", "different", "alone", "none"


@dataclass(frozen=True, slots=True)
class MatrixProblem:
    position: int
    task_id: str
    entry_point: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Runs × problems, both arrays of that shape: the strongest run first, the easiest problem first.

    `n` samples were drawn, 0 where a run has none, and `c` of them pass. `ease` is each problem's mean pass
    rate over these runs, `solved` and `alone` count, for each run, the shown problems of which a sample
    passes, and those that no other model solves.
    """

    runs: tuple[CountedRun, ...]
    problems: tuple[MatrixProblem, ...]
    n: IntArray
    c: IntArray
    ease: FloatArray
    solved: tuple[int, ...]
    alone: tuple[int, ...]

    @property
    def rates(self) -> FloatArray:
        """c / n; NaN where a run has no samples."""
        return rates_of(self.n, self.c)


def matrix_problems(benchmark: Benchmark) -> list[MatrixProblem]:
    """The names of all problems, in the benchmark's order. One query."""
    problems = Problem.objects.filter(benchmark=benchmark).order_by("position")
    return [MatrixProblem(*row) for row in problems.values_list("position", "task_id", "entry_point")]


def pass_at_1(runs: Sequence[CountedRun]) -> Mapping[int, Figure]:
    """pass@1 with its interval by run id, where it is known. One query."""
    rows = Run.objects.filter(pk__in=[run.pk for run in runs]).values_list("pk", "figures")
    known = ((pk, figures["1"]) for pk, figures in rows if "1" in figures)
    return {pk: Figure(1, raw["value"], raw.get("low"), raw.get("high")) for pk, raw in known}


def matrix_of(table: CountTable, problems: Sequence[MatrixProblem], mode: str = ALL) -> Matrix:
    """The runs of this table on the problems of this mode that any of them has samples of."""
    kept = [problem for problem in problems if problem.position < table.n.shape[1]]
    positions = np.array([problem.position for problem in kept], dtype=np.int64)
    wanted = _MODES[mode](table)[positions] & (table.n[:, positions] > 0).any(axis=0)
    shown = positions[wanted]
    ease = _means(table.rates[:, shown], axis=0)
    columns = shown[np.argsort(-ease, kind="stable")]
    rows = np.argsort(-_strengths(table), kind="stable")
    by_position = {problem.position: problem for problem in kept}
    solving = table.c[np.ix_(rows, columns)] > 0
    alone = _solved_by_one_model(table)[columns]
    return Matrix(
        runs=tuple(table.runs[row] for row in rows.tolist()),
        problems=tuple(by_position[column] for column in columns.tolist()),
        n=table.n[np.ix_(rows, columns)],
        c=table.c[np.ix_(rows, columns)],
        ease=np.sort(ease)[::-1],
        solved=tuple(solving.sum(axis=1).tolist()),
        alone=tuple((solving & alone).sum(axis=1).tolist()),
    )


def _strengths(table: CountTable) -> FloatArray:
    """How much better a run does than the mean of all, over its own problems; so a run that lacks the hard
    ones is not placed above others for that."""
    rates = table.rates
    return _means(rates - _means(rates, axis=0), axis=1)


def _means(values: FloatArray, axis: int) -> FloatArray:
    """Means over what is known; 0 where nothing is."""
    known = ~np.isnan(values)
    sums = np.where(known, values, 0.0).sum(axis=axis)
    return np.asarray(sums / np.maximum(known.sum(axis=axis), 1), dtype=np.float64)


def _everything(table: CountTable) -> BoolArray:
    return np.ones(table.n.shape[1], dtype=np.bool_)


def _told_apart(table: CountTable) -> BoolArray:
    """Some runs solve them and others, with samples of them, don't."""
    solving = table.c > 0
    return np.asarray(solving.any(axis=0) & ((table.n > 0) & ~solving).any(axis=0))


def _solved_by_one_model(table: CountTable) -> BoolArray:
    return np.array([bool(name) for name in table.alone], dtype=np.bool_)


def _solved_by_none(table: CountTable) -> BoolArray:
    return np.asarray(~(table.c > 0).any(axis=0))


_MODES: Mapping[str, Callable[[CountTable], BoolArray]] = {
    ALL: _everything,
    DIFFERENT: _told_apart,
    ALONE: _solved_by_one_model,
    NONE: _solved_by_none,
}
