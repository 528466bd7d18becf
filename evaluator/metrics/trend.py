"""Pass rates against a number that describes the problems: length, operations, variables."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from evaluator.errors import StatisticsError
from evaluator.metrics.bins import equal_count_edges
from evaluator.metrics.bootstrap import RESAMPLES, Mean, checked_resamples, drawn_weights, mean_of
from evaluator.metrics.counts import FloatArray, checked_fraction
from evaluator.metrics.logistic import lines

BINS = 8
GRID = 41
SHUFFLES = 1999
LEAST_PROBLEMS = 10
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class FeatureBin:
    """Problems whose feature lies in [low, high], their mean feature, and their mean rate."""

    low: float
    high: float
    centre: float
    rate: Mean


@dataclass(frozen=True, slots=True)
class Trend:
    """logit(rate) = line in the feature.

    slope: change of the log-odds per unit of the feature, low <= slope <= high; p in (0, 1]: two-sided
    permutation p-value of "the feature does not matter". xs, values, lows, highs: the curve and its band
    over the range of the feature.
    """

    slope: float
    low: float
    high: float
    p: float
    xs: tuple[float, ...]
    values: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    problems: int


def binned(feature: ArrayLike, rates: ArrayLike, bins: int = BINS, *, seed: int = 0) -> list[FeatureBin]:
    """Mean rate by feature, in at most `bins` bins of equal counts as far as equal features allow.

    feature: finite, rates in [0, 1] (pass@k or pass rate), both of shape (problems,); bins >= 1.
    StatisticsError otherwise. Intervals: the Bayesian bootstrap over the bin's problems (`mean_of`).
    """
    x, y = _checked(feature, rates)
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    return [
        FeatureBin(
            float(x[start]), float(x[end - 1]), float(x[start:end].mean()), mean_of(y[start:end], seed=seed)
        )
        for start, end in pairwise(equal_count_edges(x, bins))
    ]


def trend(
    feature: ArrayLike, rates: ArrayLike, *, resamples: int = RESAMPLES, seed: int = 0, level: float = 0.95
) -> Trend:
    """How the rate changes with the feature: slope with interval, p-value, curve with band.

    feature: finite, at least 2 distinct values, rates in [0, 1], both of shape (problems,), at least 10
    problems; resamples >= 100; level in (0, 1); seeded. StatisticsError otherwise.

    Fit: fractional logistic regression (Papke, Wooldridge 1996). Interval and band: the Bayesian
    bootstrap over problems, with half a problem never solved and half a problem always solved added at
    the mean feature. p: the features are shuffled over the problems 1,999 times; (1 + hits) / (1 + shuffles)
    of |sum of (feature - mean) rate| (Pitman 1937). A trend is no cause: features go together.
    """
    x, y = _checked(feature, rates)
    if x.size < LEAST_PROBLEMS:
        raise StatisticsError(f"{x.size} problems: a trend needs at least {LEAST_PROBLEMS}.")
    tail = (1.0 - checked_fraction(level, "level")) / 2.0
    padded_x, padded_y = np.append(x, [x.mean()] * 2), np.append(y, [0.0, 1.0])
    generator = np.random.default_rng(seed)
    found = lines(x, y, np.ones(1))
    again = lines(padded_x, padded_y, drawn_weights(generator, checked_resamples(resamples), x.size))
    slope = float(found.per_unit()[0])
    low, high = np.quantile(again.per_unit(), (tail, 1.0 - tail))
    grid = np.linspace(x.min(), x.max(), GRID)
    curve = found.at(grid)[0]
    lows, highs = np.quantile(again.at(grid), (tail, 1.0 - tail), axis=0)
    return Trend(
        slope=slope,
        low=min(slope, float(low)),
        high=max(slope, float(high)),
        p=_permutation_p(x, y, generator),
        xs=tuple(grid.tolist()),
        values=tuple(curve.tolist()),
        lows=tuple(np.minimum(lows, curve).tolist()),
        highs=tuple(np.maximum(highs, curve).tolist()),
        problems=x.size,
    )


def _permutation_p(x: FloatArray, y: FloatArray, generator: np.random.Generator) -> float:
    place = (x - x.mean()) / x.std()
    observed = abs(float(place @ y)) - ROUNDING
    shuffled = generator.permuted(np.tile(place, (SHUFFLES, 1)), axis=1) @ y
    return float(1 + (np.abs(shuffled) >= observed).sum()) / (1 + SHUFFLES)


def _checked(feature: ArrayLike, rates: ArrayLike) -> tuple[FloatArray, FloatArray]:
    x, y = np.asarray(feature, dtype=np.float64), np.asarray(rates, dtype=np.float64)
    if x.ndim != 1 or x.size == 0 or x.shape != y.shape:
        raise StatisticsError(f"Shapes {x.shape} and {y.shape}: a feature and a rate per problem.")
    if not np.isfinite(x).all():
        raise StatisticsError("A problem has no such feature: leave it out.")
    if not ((y >= 0.0) & (y <= 1.0)).all():
        raise StatisticsError("Rates lie in [0, 1].")
    return x, y
