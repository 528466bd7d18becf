"""How fast pass rates fall with every further step that a problem asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evaluator.errors import StatisticsError
from evaluator.metrics.bootstrap import RESAMPLES, checked_resamples, drawn_weights
from evaluator.metrics.counts import FloatArray, checked_fraction

LEAST_PROBLEMS = 10
GRID = 41
STEPS = 60
SETTLED = 1e-10
LONGEST_STEP = 1.0
RIDGE = 1e-5  # prior precision of the slope per standard deviation of the steps: keeps it finite


@dataclass(frozen=True, slots=True)
class Decay:
    """Mean rate = start / factor^steps: each further step divides the rate by `factor`.

    low <= factor <= high, all > 0; below 1 the rate rises. xs, values, lows, highs: the curve and its band
    over the range of steps; the curve may leave [0, 1] where the rates do not fall exponentially.
    """

    factor: float
    low: float
    high: float
    xs: tuple[float, ...]
    values: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    problems: int


def decay(
    steps: ArrayLike, rates: ArrayLike, *, resamples: int = RESAMPLES, seed: int = 0, level: float = 0.95
) -> Decay:
    """The factor by which the mean rate falls per step, with its interval.

    steps: finite, at least 2 distinct values; rates in [0, 1], not all 0; both of shape (problems,), at
    least 10 problems; resamples >= 100; level in (0, 1); seeded. StatisticsError otherwise.

    Fit: log(mean rate) = line in the steps, by Poisson pseudo-maximum likelihood, which is consistent for
    any distribution with that mean and takes rates of 0 as they are (Gourieroux, Monfort, Trognon 1984,
    Econometrica 52; Santos Silva, Tenreyro 2006, Review of Economics and Statistics 88). A line through
    logarithms of rates would have to leave the zeros out. Interval and band: the Bayesian bootstrap over
    problems, with half a problem never solved and half a problem always solved added at the mean step.
    Chen et al. 2021 report a factor of 2 to 3 for Codex, by eye.
    """
    x, y = _checked(steps, rates)
    tail = (1.0 - checked_fraction(level, "level")) / 2.0
    grid = np.linspace(x.min(), x.max(), GRID)
    slope, curve = _fitted(x, y, np.ones((1, x.size)), grid)
    weights = drawn_weights(np.random.default_rng(seed), checked_resamples(resamples), x.size)
    padded = np.append(x, [x.mean()] * 2), np.append(y, [0.0, 1.0])
    slopes, curves = _fitted(*padded, weights, grid)
    factor = float(np.exp(-slope[0]))
    low, high = np.quantile(np.exp(-slopes), (tail, 1.0 - tail))
    lows, highs = np.quantile(curves, (tail, 1.0 - tail), axis=0)
    return Decay(
        factor=factor,
        low=min(factor, float(low)),
        high=max(factor, float(high)),
        xs=tuple(grid.tolist()),
        values=tuple(curve[0].tolist()),
        lows=tuple(np.minimum(lows, curve[0]).tolist()),
        highs=tuple(np.maximum(highs, curve[0]).tolist()),
        problems=x.size,
    )


def _fitted(
    x: FloatArray, y: FloatArray, weights: FloatArray, grid: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Slopes of log(rate) per step, shape (fits,), and rates on the grid, shape (fits, grid), by Newton."""
    centre, scale = float(x.mean()), float(x.std())
    place = (x - centre) / scale
    total = weights.sum(axis=1)
    intercept = np.log(np.maximum((weights @ y) / total, 1e-9))
    slope = np.zeros(len(weights))
    for _ in range(STEPS):
        fitted = weights * np.exp(np.clip(intercept[:, None] + slope[:, None] * place, -40.0, 10.0))
        off = weights * y - fitted
        g0, g1 = off.sum(axis=1), off @ place - RIDGE * slope
        h00, h01, h11 = fitted.sum(axis=1), fitted @ place, fitted @ place**2 + RIDGE
        determinant = h00 * h11 - h01**2
        moves = np.stack([(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant])
        length = np.abs(moves).max(axis=0)
        moves *= np.minimum(1.0, LONGEST_STEP / np.maximum(length, 1e-300))
        intercept, slope = intercept + moves[0], slope + moves[1]
        if float(length.max()) < SETTLED:
            break
    at = (grid - centre) / scale
    return slope / scale, np.exp(np.minimum(intercept[:, None] + slope[:, None] * at, 10.0))


def _checked(steps: ArrayLike, rates: ArrayLike) -> tuple[FloatArray, FloatArray]:
    x, y = np.asarray(steps, dtype=np.float64), np.asarray(rates, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape:
        raise StatisticsError(f"Shapes {x.shape} and {y.shape}: a number of steps and a rate per problem.")
    if x.size < LEAST_PROBLEMS:
        raise StatisticsError(f"{x.size} problems: a decay needs at least {LEAST_PROBLEMS}.")
    if not np.isfinite(x).all() or np.unique(x).size < 2:
        raise StatisticsError("A decay needs at least two different finite numbers of steps.")
    if not ((y >= 0.0) & (y <= 1.0)).all():
        raise StatisticsError("Rates lie in [0, 1].")
    if not y.any():
        raise StatisticsError("Nothing passes, so there is nothing that could fall.")
    return x, y
