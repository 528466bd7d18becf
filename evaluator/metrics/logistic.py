"""Logistic lines through rates, many at once: what trends and scaling fits are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluator.errors import StatisticsError
from evaluator.metrics.counts import FloatArray

STEPS = 40
SETTLED = 1e-10
LONGEST_STEP = 3.0
RIDGE = 1e-5  # prior precision of the slope per standard deviation of x: keeps separated points finite


@dataclass(frozen=True, slots=True)
class Lines:
    """logit(rate) = intercept + slope (x - centre) / scale; intercept and slope of shape (fits,)."""

    intercept: FloatArray
    slope: FloatArray
    centre: float
    scale: float

    def per_unit(self) -> FloatArray:
        """Change of the log-odds per unit of x, shape (fits,)."""
        return self.slope / self.scale

    def at(self, x: FloatArray) -> FloatArray:
        """Fitted rates in (0, 1), shape (fits, x)."""
        place = (x - self.centre) / self.scale
        return inverse_logit(self.intercept[:, None] + self.slope[:, None] * place)


def lines(x: FloatArray, rates: FloatArray, weights: FloatArray) -> Lines:
    """Fractional logistic regression: quasi-maximum likelihood by Newton's method.

    x: shape (points,), at least 2 distinct finite values; rates in [0, 1] and weights >= 0, both of shape
    (fits, points) or broadcast to it, the weights of a fit not all 0. StatisticsError for a constant x.
    Source: Papke, Wooldridge 1996, "Econometric Methods for Fractional Response Variables".
    """
    if x.ndim != 1 or not np.isfinite(x).all() or np.unique(x).size < 2:
        raise StatisticsError("A line needs at least two different finite values of x.")
    centre, scale = float(x.mean()), float(x.std())
    place = (x - centre) / scale
    y, share = np.broadcast_arrays(np.atleast_2d(rates), np.atleast_2d(weights))
    mean = (share * y).sum(axis=1) / share.sum(axis=1)
    start = np.clip(mean, 1e-3, 1.0 - 1e-3)
    intercept, slope = np.log(start / (1.0 - start)), np.zeros(len(y))
    for _ in range(STEPS):
        fitted = inverse_logit(intercept[:, None] + slope[:, None] * place)
        off = share * (y - fitted)
        curve = share * fitted * (1.0 - fitted)
        g0, g1 = off.sum(axis=1) - RIDGE * intercept, off @ place - RIDGE * slope
        h00, h01, h11 = curve.sum(axis=1) + RIDGE, curve @ place, curve @ place**2 + RIDGE
        determinant = h00 * h11 - h01**2
        step0 = (h11 * g0 - h01 * g1) / determinant
        step1 = (h00 * g1 - h01 * g0) / determinant
        length = np.maximum(np.abs(step0), np.abs(step1))
        shorter = np.minimum(1.0, LONGEST_STEP / np.maximum(length, 1e-300))
        intercept, slope = intercept + shorter * step0, slope + shorter * step1
        if float(length.max()) < SETTLED:
            break
    return Lines(intercept, slope, centre, scale)


def inverse_logit(values: FloatArray) -> FloatArray:
    """1 / (1 + exp(-values)), without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(values / 2.0)), dtype=np.float64)
