"""pass@k against the size of models: a sigmoid in the logarithm of the parameters, with its band."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evaluator.errors import StatisticsError
from evaluator.metrics.bootstrap import checked_resamples
from evaluator.metrics.counts import FloatArray, checked_fraction
from evaluator.metrics.logistic import Lines, lines

LEAST_SIZES = 3
RESAMPLES = 1000
GRID = 41  # points of the curve
MOST_SCATTER = 0.9  # of p (1 - p); a beta distribution with more has its mass at 0 and 1 only


@dataclass(frozen=True, slots=True)
class Scaling:
    """logit(pass@k) = line through log10(parameters).

    slope: change of the log-odds for ten times the parameters, low <= slope <= high. parameters, values,
    lows, highs: the curve and its band over the range of the models, each of GRID entries; the band is
    where the line may lie, not where a further model may. scatter: share of p (1 - p) that models lie off.
    """

    slope: float
    low: float
    high: float
    parameters: tuple[float, ...]
    values: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    scatter: float
    models: int
    sizes: int


def scaling(
    parameters: ArrayLike,
    values: ArrayLike,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
    level: float = 0.95,
) -> Scaling:
    """The sigmoid of pass@k in log-parameters, one point per model.

    parameters: counts > 0, values: pass@k in [0, 1], both of shape (models,); at least 3 distinct sizes.
    resamples >= 100; level in (0, 1); seeded. StatisticsError otherwise.

    Fit: fractional logistic regression (Papke, Wooldridge 1996), all models alike. Band: a parametric
    bootstrap. New values are drawn from beta distributions around the line whose variance is the observed
    scatter times p (1 - p), the scatter itself drawn anew (scatter (m - 2) / χ²(m - 2), so few models give
    a wide band), and fitted again. It holds the models' noise and their differences, and takes the form
    for granted.
    Source of the form: Chen et al. 2021, figure 6: pass@1 and pass@100 rise "as a sigmoid in
    log-parameters" at the best temperature.
    """
    x, y = _checked(parameters, values, resamples)
    tail = (1.0 - checked_fraction(level, "level")) / 2.0
    found = lines(x, y, np.ones(1))
    fitted = found.at(x)[0]
    free = x.size - 2
    scatter = float(((y - fitted) ** 2 / (fitted * (1.0 - fitted))).sum()) / free
    again = _refitted(x, fitted, scatter, resamples, np.random.default_rng(seed))
    grid = np.linspace(x.min(), x.max(), GRID)
    curve = found.at(grid)[0]
    lows, highs = np.quantile(again.at(grid), (tail, 1.0 - tail), axis=0)
    slope = float(found.per_unit()[0])
    low, high = np.quantile(again.per_unit(), (tail, 1.0 - tail))
    return Scaling(
        slope=slope,
        low=min(slope, float(low)),
        high=max(slope, float(high)),
        parameters=tuple((10.0**grid).tolist()),
        values=tuple(curve.tolist()),
        lows=tuple(np.minimum(lows, curve).tolist()),
        highs=tuple(np.maximum(highs, curve).tolist()),
        scatter=scatter,
        models=x.size,
        sizes=np.unique(x).size,
    )


def _refitted(
    x: FloatArray, fitted: FloatArray, scatter: float, resamples: int, generator: np.random.Generator
) -> Lines:
    free = x.size - 2
    drawn = scatter * free / generator.chisquare(free, resamples)
    drawn = np.clip(drawn, 1e-9, MOST_SCATTER)[:, None]
    size = 1.0 / drawn - 1.0  # Var of Beta(m s, (1 - m) s) is m (1 - m) / (s + 1)
    mean = np.clip(fitted, 1e-6, 1.0 - 1e-6)
    return lines(x, generator.beta(mean * size, (1.0 - mean) * size), np.ones(1))


def _checked(parameters: ArrayLike, values: ArrayLike, resamples: int) -> tuple[FloatArray, FloatArray]:
    sizes, y = np.asarray(parameters, dtype=np.float64), np.asarray(values, dtype=np.float64)
    if sizes.ndim != 1 or sizes.shape != y.shape:
        raise StatisticsError(f"{sizes.shape} sizes and {y.shape} values: one of each per model.")
    if not (np.isfinite(sizes).all() and (sizes > 0).all()):
        raise StatisticsError("A model's parameters are a number above 0; leave out models of unknown size.")
    if not ((y >= 0.0) & (y <= 1.0)).all():
        raise StatisticsError("pass@k lies in [0, 1].")
    distinct = np.unique(sizes).size
    if distinct < LEAST_SIZES:
        raise StatisticsError(f"{distinct} sizes of models: a scaling fit needs at least {LEAST_SIZES}.")
    checked_resamples(resamples)
    return np.log10(sizes), y
