"""pass@k for more samples than were drawn, with a band and with a check of how far it was off before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evaluator.errors import StatisticsError
from evaluator.metrics.beta_binomial import Fits, best_fit, fit
from evaluator.metrics.bootstrap import checked_resamples, drawn_weights
from evaluator.metrics.counts import FloatArray, IntArray, checked_counts, checked_fraction
from evaluator.metrics.pass_at_k import pass_at_k

REACH = 10  # times the samples drawn; further out, the fit's form decides and no data does
LEAST_SAMPLES = 4  # per problem: two in each half of the check
SPLITS = 20  # halvings of the samples over which the check is averaged


@dataclass(frozen=True, slots=True)
class Check:
    """The same extrapolation tried where the answer is known.

    On a random half of the samples it was fitted, and said what pass@k becomes with the other half. All
    are fractions; `error` is the root mean square of predicted - observed over `splits` halvings. It
    holds the other half's own noise, too.
    """

    ks: tuple[int, ...]
    predicted: tuple[float, ...]
    observed: tuple[float, ...]
    error: tuple[float, ...]
    splits: int


@dataclass(frozen=True, slots=True)
class Extrapolation:
    """pass@k at each k, low <= value <= high in [0, 1], and the distribution of pass rates behind it."""

    ks: tuple[int, ...]
    values: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    a: float
    b: float
    never: float  # share of problems that the model never solves; 0 where no such share was needed
    always: float
    check: Check


def extrapolate(
    n: ArrayLike, c: ArrayLike, ks: Sequence[int], *, resamples: int = 200, seed: int = 0, level: float = 0.95
) -> Extrapolation:
    """Mean pass@k for k beyond min(n), from a beta-binomial fit over the problems.

    n, c: samples drawn and passed, integers, shape (problems,), 4 <= n <= 4096, at least 2 problems.
    ks: rising, min(n) < k <= 10 min(n). resamples >= 100; level in (0, 1); seeded.
    StatisticsError outside these bounds, and where no sample passed: nothing is known of the rates.

    The pass rates p are taken to be Beta(a, b) over the problems; where AIC prefers it, a share of
    problems with p = 0 and one with p = 1 stand beside it. With F(k) = E[(1 - p)^k] of that fit,
        pass@k = 1 - (1 - pass@m) F(k) / F(m),  m = min(n)
    so the curve goes on from the unbiased estimate at m, and the fit only says how fast the problems not
    solved yet will follow. Band: the Bayesian bootstrap over problems, each resample fitted anew.
    Source: the beta-binomial of Skellam 1948; as a law of repeated sampling, Kazdan et al. 2025,
    "Efficient Prediction of Pass@k Scaling in Large Language Models".
    """
    drawn, passed = checked_counts(n, c)
    least = _checked(drawn, passed, ks, resamples)
    tail = (1.0 - checked_fraction(level, "level")) / 2.0
    best = best_fit(drawn, passed)
    inflated = bool(best.never[0] + best.always[0] > 0.0)
    at_least = pass_at_k(drawn, passed, least)
    values = _continued(best, np.array([at_least.mean()]), least, ks)[0]
    # The two half problems of the bootstrap are one that never and one that always passed.
    every = np.vstack([np.column_stack([drawn, passed]), [[least, 0], [least, least]]])
    rows, place = np.unique(every, axis=0, return_inverse=True)
    weights = drawn_weights(np.random.default_rng(seed), resamples, drawn.size)
    together = np.zeros((resamples, len(rows)))
    np.add.at(together.T, place.ravel(), weights.T)
    again = fit(rows[:, 0], rows[:, 1], together, inflated=inflated, start=best)
    starts = weights @ np.concatenate([at_least, [0.0, 1.0]]) / weights.sum(axis=1)
    lows, highs = np.quantile(_continued(again, starts, least, ks), (tail, 1.0 - tail), axis=0)
    return Extrapolation(
        ks=tuple(ks),
        values=_floats(values),
        lows=_floats(np.minimum(lows, values)),
        highs=_floats(np.maximum(highs, values)),
        a=float(best.a[0]),
        b=float(best.b[0]),
        never=float(best.never[0]),
        always=float(best.always[0]),
        check=_check(drawn, passed, inflated, seed),
    )


def _continued(fits: Fits, starts: FloatArray, least: int, ks: Sequence[int]) -> FloatArray:
    """pass@k at ks, shape (fits, ks), from pass@least = starts on."""
    fails = fits.all_fail(max(ks))
    ratio = fails[:, list(ks)] / np.maximum(fails[:, [least]], 1e-300)
    return np.asarray(1.0 - (1.0 - starts[:, None]) * ratio, dtype=np.float64)


def _check(drawn: IntArray, passed: IntArray, inflated: bool, seed: int) -> Check:
    """Fitted on one half of the samples, and held against what the other half then solved."""
    generator = np.random.default_rng(seed)
    least = int(drawn.min())
    half = least // 2
    fair = generator.hypergeometric(passed, drawn - passed, least, size=(SPLITS, drawn.size))
    first = generator.hypergeometric(fair, least - fair, half)
    second = fair - first
    ks = tuple(sorted({half + max(1, round((least - half) * share)) for share in (0.25, 0.5, 0.75, 1.0)}))
    tally = np.zeros((SPLITS, half + 1))
    np.add.at(tally, (np.repeat(np.arange(SPLITS), drawn.size), first.ravel()), 1.0)
    halves = fit(np.full(half + 1, half), np.arange(half + 1), tally, inflated=inflated)
    predicted = _continued(halves, (first > 0).mean(axis=1), half, ks)
    rest = np.full(second.shape, least - half)
    observed = np.column_stack(
        [np.where(first > 0, 1.0, pass_at_k(rest, second, k - half)).mean(axis=1) for k in ks]
    )
    error = np.sqrt(((predicted - observed) ** 2).mean(axis=0))
    return Check(ks, _floats(predicted.mean(axis=0)), _floats(observed.mean(axis=0)), _floats(error), SPLITS)


def _checked(drawn: IntArray, passed: IntArray, ks: Sequence[int], resamples: int) -> int:
    if drawn.ndim != 1 or drawn.size < 2:
        raise StatisticsError(f"Counts of shape {drawn.shape}: one run of 2 or more problems is needed.")
    least = int(drawn.min())
    if least < LEAST_SAMPLES:
        raise StatisticsError(f"n = {least}: extrapolation needs {LEAST_SAMPLES} samples of each problem.")
    if not passed.any():
        raise StatisticsError("No sample passed: what further samples would do is unknown.")
    if not ks or list(ks) != sorted(set(ks)) or ks[0] <= least or ks[-1] > REACH * least:
        raise StatisticsError(f"k must rise from above {least} to at most {REACH * least}.")
    checked_resamples(resamples)
    return least


def _floats(values: FloatArray) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
