"""Ranks as intervals: places that a row of a board could hold, given what is known about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from evaluator.errors import StatisticsError
from evaluator.metrics.counts import FloatArray, checked_fraction

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Standing:
    """A row's figure and its bounds; both bounds None where only the figure was published."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class RankInterval:
    """Places from 1 (best): low <= point <= high. `point` is 1 + the number of rows with a larger value."""

    point: int
    low: int
    high: int

    def __str__(self) -> str:
        return str(self.low) if self.low == self.high else f"{self.low}–{self.high}"


def rank_intervals(
    rows: Sequence[Standing], per_problem: FloatArray | None = None, level: float = 0.95
) -> list[RankInterval]:
    """The rank interval of each row, in the order given.

    per_problem: pass@k per row and problem, shape (rows, problems), NaN where a row lacks a problem; a
    row of NaN alone has only its figure. level in (0, 1). No rows: an empty list. StatisticsError for
    other shapes, half-open bounds, or bounds that miss the value.

    A row's best rank is 1 + the number of rows surely better, its worst the number of rows minus those
    surely worse. Surely means, for two rows with per-problem values: the mean of their differences on
    the problems that they share is away from 0 (paired Bayesian bootstrap, see `_paired_wins`). For any
    other two: their intervals do not overlap, a figure without bounds being an interval of no width.
    A row without bounds and per-problem values gets a point, as nothing is known of its noise.
    Where all rows have per-problem values, each interval holds its row's true rank with at least `level`:
    the tests of a row against all others share its 1 - level (Mogstad, Romano, Shaikh, Wilhelm 2024,
    "Inference for Ranks with Applications to Mobility across Neighbourhoods and Academic Achievement").
    """
    if not rows:
        return []
    checked_fraction(level, "level")
    values, lows, highs = _bounds(rows)
    beats = lows[:, None] > highs[None, :]
    sampled: BoolArray = np.zeros(len(rows), dtype=np.bool_)
    if per_problem is not None:
        matrix = _checked_matrix(per_problem, len(rows))
        sampled = np.asarray(~np.isnan(matrix).all(axis=1))
        wins, comparable = _paired_wins(matrix, level)
        beats = np.where(comparable, wins, beats)
    return _places(values, beats, known=sampled | (lows < highs))


def _places(values: FloatArray, beats: BoolArray, known: BoolArray) -> list[RankInterval]:
    points = 1 + (values[None, :] > values[:, None]).sum(axis=1)
    best = np.where(known, 1 + beats.sum(axis=0), points)
    worst = np.where(known, len(values) - beats.sum(axis=1), points)
    # A value over all problems may order two rows otherwise than the problems that they share.
    return [
        RankInterval(int(point), int(min(low, point)), int(max(high, point)))
        for point, low, high in zip(points, best, worst, strict=True)
    ]


def _paired_wins(matrix: FloatArray, level: float) -> tuple[BoolArray, BoolArray]:
    """(row beats column, row and column share problems), both of shape (rows, rows).

    The Dirichlet weights of the Bayesian bootstrap have known moments, so nothing needs drawing: with
    differences d over P shared problems and half a problem each of difference 1 and -1 added, the
    weighted mean has the mean S / (P + 1) and the variance (E[d²] - mean²) / (P + 2).
    """
    present = (~np.isnan(matrix)).astype(np.float64)
    x = np.nan_to_num(matrix)
    shared = present @ present.T
    total = x @ present.T - present @ x.T
    squares = (x**2) @ present.T + present @ (x**2).T - 2.0 * (x @ x.T)
    mean = total / (shared + 1.0)
    variance = np.maximum((squares + 1.0) / (shared + 1.0) - mean**2, 0.0) / (shared + 2.0)
    tests = max(1, len(matrix) - 1)
    z = NormalDist().inv_cdf(1.0 - (1.0 - level) / (2.0 * tests))
    return mean > z * np.sqrt(variance), shared > 0


def _bounds(rows: Sequence[Standing]) -> tuple[FloatArray, FloatArray, FloatArray]:
    for place, row in enumerate(rows):
        low = row.value if row.low is None else row.low
        high = row.value if row.high is None else row.high
        if (row.low is None) != (row.high is None) or not low <= row.value <= high:
            raise StatisticsError(f"Row {place}: {row} needs low <= value <= high, or neither bound.")
    values = np.array([row.value for row in rows], dtype=np.float64)
    lows = np.array([row.value if row.low is None else row.low for row in rows], dtype=np.float64)
    highs = np.array([row.value if row.high is None else row.high for row in rows], dtype=np.float64)
    return values, lows, highs


def _checked_matrix(per_problem: FloatArray, rows: int) -> FloatArray:
    matrix = np.asarray(per_problem, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != rows:
        raise StatisticsError(f"Per-problem values of shape {matrix.shape} do not fit {rows} rows.")
    return matrix
