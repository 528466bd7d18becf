"""The Bayesian bootstrap over problems that every interval of this package rests on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evaluator.errors import StatisticsError
from evaluator.metrics.counts import FloatArray, checked_fraction

RESAMPLES = 2000
MIN_RESAMPLES = 100  # below, the outer percentiles are the luck of a handful of draws
BLOCK_CELLS = 1 << 20  # weights drawn at a time: 8 MiB, however many problems there are
PRIOR_WEIGHT = 0.5  # Jeffreys: half a problem never solved and half a problem always solved


@dataclass(frozen=True, slots=True)
class Bounds:
    """Lower and upper bounds, one of each per column."""

    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over `problems` problems and its interval: low <= value <= high, in the unit of the values."""

    value: float
    low: float
    high: float
    problems: int


def mean_of(values: ArrayLike, *, resamples: int = RESAMPLES, seed: int = 0, level: float = 0.95) -> Mean:
    """The mean of any per-problem values in [0, 1] with its interval, such as pass@1 after reranking.

    values: shape (problems,). Other arguments, errors and source as `mean_bounds`.
    """
    column = np.asarray(values, dtype=np.float64)
    if column.ndim != 1:
        raise StatisticsError(f"Values of shape {column.shape}: one value per problem is needed.")
    bounds = mean_bounds(column[:, None], resamples=resamples, seed=seed, level=level)
    return Mean(float(column.mean()), float(bounds.low[0]), float(bounds.high[0]), column.size)


def mean_bounds(
    values: FloatArray, *, resamples: int = RESAMPLES, seed: int = 0, level: float = 0.95
) -> Bounds:
    """Interval of each column's mean over the problems, from one set of resamples.

    values: shape (problems, columns), each in [0, 1], at least one problem. resamples >= 100; level in
    (0, 1); the same seed gives the same bounds. Each interval holds its column's plain mean.
    StatisticsError outside these bounds.
    Source: Rubin 1981, "The Bayesian Bootstrap", Annals of Statistics 9: problems are weighed by
    Dirichlet draws; half a problem of value 0 and half a problem of value 1 are added (Jeffreys).
    """
    checked_fraction(level, "level")
    _check(values)
    tail = (1.0 - level) / 2.0
    lows, highs = np.quantile(resampled_means(values, resamples, seed), (tail, 1.0 - tail), axis=0)
    means = values.mean(axis=0)
    return Bounds(np.minimum(lows, means), np.maximum(highs, means))


def resampled_means(values: FloatArray, resamples: int, seed: int) -> FloatArray:
    """Weighted means, shape (resamples, columns), of values in [0, 1] of shape (problems, columns).

    resamples >= 100, StatisticsError otherwise. Every column sees the same weights, so that differences
    between columns of one resample are paired.
    """
    checked_resamples(resamples)
    problems, columns = values.shape
    padded = np.vstack([values, np.zeros(columns), np.ones(columns)])
    generator = np.random.default_rng(seed)
    means = np.empty((resamples, columns))
    block = max(1, BLOCK_CELLS // len(padded))
    for start in range(0, resamples, block):
        rows = min(block, resamples - start)
        weights = drawn_weights(generator, rows, problems)
        means[start : start + rows] = (weights @ padded) / weights.sum(axis=1, keepdims=True)
    return means


def drawn_weights(generator: np.random.Generator, rows: int, problems: int) -> FloatArray:
    """Weights before they are divided by their sum, shape (rows, problems + 2): the two added half
    problems, of the lowest and of the highest value, come last."""
    weights = np.empty((rows, problems + 2))
    weights[:, :problems] = generator.standard_exponential((rows, problems))
    weights[:, problems:] = generator.standard_gamma(PRIOR_WEIGHT, (rows, 2))
    return weights


def checked_resamples(resamples: int) -> int:
    """The number itself. StatisticsError below 100."""
    if resamples < MIN_RESAMPLES:
        raise StatisticsError(f"resamples = {resamples}: at least {MIN_RESAMPLES} are needed.")
    return resamples


def _check(values: FloatArray) -> None:
    if values.ndim != 2 or values.shape[0] == 0:
        raise StatisticsError(f"Values of shape {values.shape}: a mean needs problems and columns.")
    if not ((values >= 0.0) & (values <= 1.0)).all():
        raise StatisticsError("Per-problem values must lie in [0, 1]; leave out problems without a value.")
