"""Where a run does better or worse than its own strength and the other runs would have it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluator.errors import StatisticsError
from evaluator.metrics.counts import FloatArray, IntArray, checked_counts

LEAST_OWN_SHARE = 0.02  # of p (1 - p): no model follows its strength and a problem's ease to the letter


@dataclass(frozen=True, slots=True)
class Surprise:
    """Per run and problem, each of shape (runs, problems), NaN where the run lacks the problem.

    expected: pass rate in (0, 1) that the run's other problems and the other runs on this problem lead to.
    residual: (rate - expected) in standard deviations, below 0 where the run fares worse; about ±2 is rare.
    own_share: part of p (1 - p) that stays between a run and what is expected of it with endless samples.
    """

    expected: FloatArray
    residual: FloatArray
    own_share: float


def surprises(n: ArrayLike, c: ArrayLike) -> Surprise:
    """How surprising each run's pass rate is on each problem.

    n, c: samples drawn and passed, integers, shape (runs, problems), n = 0 where a run lacks a problem;
    at least 2 runs and 2 problems. StatisticsError otherwise.

    logit(expected) = logit(the run's mean on its other problems) + logit(the other runs' mean on this
    problem) - logit(mean of all), where both means hold one more value at the mean of all, so that few
    runs or problems are not believed too far (a Rasch model's additive form, Rasch 1960).
    Variance of the rate around it: p (1 - p) (s + (1 - s) / n), with the share s such that all squared
    residuals average 1 (overdispersion by moments, Williams 1982, Applied Statistics 31).
    """
    drawn, passed, present = _checked(n, c)
    rates = np.where(present, passed / np.maximum(drawn, 1), 0.0)
    cells = int(present.sum())
    overall = float((rates.sum() + 0.5) / (cells + 1))
    strength = (rates.sum(axis=1, keepdims=True) - rates + overall) / present.sum(axis=1, keepdims=True)
    ease = (rates.sum(axis=0, keepdims=True) - rates + overall) / np.maximum(present.sum(axis=0), 1)
    # Sums without the cell itself, plus one value: as many values as the row or column has. An absent cell
    # takes nothing out of its sums, which may then exceed 1; what is expected of it is not told.
    strength, ease = (np.where(present, means, overall) for means in (strength, ease))
    expected = _inverse_logit(_logit(strength) + _logit(ease) - _logit(np.array(overall)))
    unit = expected * (1.0 - expected)
    off = np.where(present, rates - expected, 0.0)
    chance = 1.0 / np.maximum(drawn, 1)
    own = _own_share(float((off**2 / unit)[present].mean()), float(chance[present].mean()))
    residual = off / np.sqrt(unit * (own + (1.0 - own) * chance))
    return Surprise(np.where(present, expected, np.nan), np.where(present, residual, np.nan), own)


def _own_share(mean_square: float, chance: float) -> float:
    """s of mean_square = s + (1 - s) chance; with one sample each it makes no difference."""
    if chance >= 1.0:
        return 1.0
    return min(1.0, max(LEAST_OWN_SHARE, (mean_square - chance) / (1.0 - chance)))


def _checked(n: ArrayLike, c: ArrayLike) -> tuple[IntArray, IntArray, NDArray[np.bool_]]:
    drawn, passed = np.asarray(n), np.asarray(c)
    if drawn.ndim != 2 or min(drawn.shape, default=0) < 2 or drawn.shape != passed.shape:
        raise StatisticsError(f"Counts of shapes {drawn.shape}, {passed.shape}: 2 or more runs and problems.")
    present = drawn > 0
    if not present.any(axis=1).all():
        raise StatisticsError("A run has no problem: leave it out.")
    # Absent cells are given a sample that failed, to pass the gate for counts; none of it is used.
    checked_counts(np.where(drawn == 0, 1, drawn), np.where((drawn == 0) & (passed == 0), 0, passed))
    return drawn.astype(np.int64), passed.astype(np.int64), present


def _logit(values: FloatArray) -> FloatArray:
    return np.asarray(np.log(values) - np.log1p(-values), dtype=np.float64)


def _inverse_logit(values: FloatArray) -> FloatArray:
    return np.asarray(1.0 / (1.0 + np.exp(-values)), dtype=np.float64)
