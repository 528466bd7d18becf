"""Intervals around pass@k that speak of the problems and of the samples drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from evaluator.errors import StatisticsError
from evaluator.metrics.bootstrap import mean_bounds
from evaluator.metrics.counts import checked_counts, checked_fraction
from evaluator.metrics.pass_at_k import pass_at_k


@dataclass(frozen=True, slots=True)
class Interval:
    """Bounds in [0, 1], low <= high."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """Mean pass@k over `problems` problems and its interval: 0 <= low <= value <= high <= 1."""

    k: int
    value: float
    low: float
    high: float
    problems: int


def estimate(
    n: ArrayLike, c: ArrayLike, k: int, *, resamples: int = 2000, seed: int = 0, level: float = 0.95
) -> Estimate:
    """Mean pass@k with its interval; `estimates` for one k."""
    return estimates(n, c, (k,), resamples=resamples, seed=seed, level=level)[0]


def estimates(
    n: ArrayLike,
    c: ArrayLike,
    ks: Sequence[int],
    *,
    resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> list[Estimate]:
    """Mean pass@k with its interval for several k, from one set of resamples.

    n, c: samples drawn and passed, integers, shape (problems,). ks: each 1 <= k <= min(n).
    resamples >= 100; level in (0, 1); the same seed gives the same bounds.
    Raises StatisticsError outside these bounds and as `pass_at_k`.

    What is resampled: problems, each with all its samples. The per-problem estimates scatter because
    problems differ and because their samples were drawn by chance, so this scatter holds both noises
    once. Samples are not resampled inside a problem: that would count their noise a second time.
    How: every resample weighs the problems by a Dirichlet draw (Rubin 1981, "The Bayesian Bootstrap",
    Annals of Statistics 9), with half a problem of pass@k 0 and half a problem of pass@k 1 added; so
    with n = 1 the interval is Jeffreys' for a proportion, and boards of all 0 or all 1 get one, too.
    """
    drawn, passed = checked_counts(n, c)
    if drawn.ndim != 1:
        raise StatisticsError(
            f"Counts of shape {drawn.shape}: an interval is for one run, shape (problems,)."
        )
    if not ks:
        return []
    per_problem = np.column_stack([pass_at_k(drawn, passed, k) for k in ks])
    bounds = mean_bounds(per_problem, resamples=resamples, seed=seed, level=level)
    return [
        Estimate(int(k), float(value), float(low), float(high), drawn.size)
        for k, value, low, high in zip(ks, per_problem.mean(axis=0), bounds.low, bounds.high, strict=True)
    ]


def wilson(passed: int, trials: int, level: float = 0.95) -> Interval:
    """Wilson's score interval for one proportion, such as a problem's pass rate.

    0 <= passed <= trials, trials >= 1, level in (0, 1); StatisticsError otherwise. It treats the trials
    as independent: right for the samples of one problem, wrong for the samples of many.
    Source: Wilson 1927, Journal of the American Statistical Association 22.
    """
    checked_counts(trials, passed)
    z2 = NormalDist().inv_cdf(0.5 + checked_fraction(level, "level") / 2.0) ** 2
    share = passed / trials
    centre = share + z2 / (2 * trials)
    half = float(np.sqrt(z2 * (share * (1 - share) + z2 / (4 * trials)) / trials))
    scale = 1 + z2 / trials
    low = 0.0 if passed == 0 else (centre - half) / scale
    high = 1.0 if passed == trials else (centre + half) / scale
    return Interval(low, high)
