"""Two runs on the same problems: how far apart they are, and whether chance alone would do it."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluator.errors import StatisticsError
from evaluator.metrics.bootstrap import RESAMPLES, Bounds, mean_bounds
from evaluator.metrics.counts import FloatArray

EXACT_UP_TO = 16  # problems that differ: 65,536 ways to flip their signs are all looked at
FLIPS = 10_000  # ways that are drawn where there are more
ROUNDING = 1e-9  # two sums of differences that are this close are equal


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """Mean of a - b over `problems` shared problems, of which `differing` differ.

    -1 <= low <= value <= high <= 1; `p` in (0, 1] is the two-sided sign-flip permutation test's, and
    `exact` tells whether every flip was looked at.
    """

    value: float
    low: float
    high: float
    p: float
    exact: bool
    problems: int
    differing: int


@dataclass(frozen=True, slots=True)
class McNemar:
    """Problems by who solves them, one sample each, and the exact two-sided p-value."""

    both: int
    only_a: int
    only_b: int
    neither: int
    p: float


def paired_difference(
    a: ArrayLike, b: ArrayLike, *, resamples: int = RESAMPLES, seed: int = 0, level: float = 0.95
) -> PairedDifference:
    """The mean difference of two runs over the problems that both have, with interval and p-value.

    a, b: a figure per problem in [0, 1], such as pass@k, shape (problems,), the same problems in the same
    order; pairs with NaN on a side are left out. resamples >= 100; level in (0, 1); the same seed gives
    the same answer. StatisticsError outside these bounds and where no problem is shared.

    Interval: see `difference_bounds`. p: see `sign_flip_p`.
    """
    difference = _shared_difference(a, b)
    bounds = difference_bounds(difference[:, None], resamples=resamples, seed=seed, level=level)
    differing = int((np.abs(difference) > ROUNDING).sum())
    return PairedDifference(
        value=float(difference.mean()),
        low=float(bounds.low[0]),
        high=float(bounds.high[0]),
        p=sign_flip_p(difference, seed=seed),
        exact=differing <= EXACT_UP_TO,
        problems=difference.size,
        differing=differing,
    )


def difference_bounds(
    differences: FloatArray, *, resamples: int = RESAMPLES, seed: int = 0, level: float = 0.95
) -> Bounds:
    """Interval of each column's mean difference, from one set of resamples.

    differences: per problem and pair of runs, in [-1, 1], shape (problems, pairs). Other arguments and
    errors as `mean_bounds`. The Bayesian bootstrap over problems (Rubin 1981), with half a problem added
    at the pair's largest difference and half a problem at its negative, so that few differing problems
    are not taken for certainty; where no problem differs, at 1 and -1.
    """
    if differences.ndim != 2 or differences.size == 0:
        raise StatisticsError(f"Differences of shape {differences.shape}: problems and pairs are needed.")
    widest = np.abs(differences).max(axis=0)
    widest = np.where(widest > 0.0, widest, 1.0)
    scaled = np.clip((differences / widest + 1.0) / 2.0, 0.0, 1.0)  # half problems are added at 0 and 1
    bounds = mean_bounds(scaled, resamples=resamples, seed=seed, level=level)
    means = differences.mean(axis=0)  # scaling there and back may round past it
    return Bounds(
        np.minimum((2.0 * bounds.low - 1.0) * widest, means),
        np.maximum((2.0 * bounds.high - 1.0) * widest, means),
    )


def sign_flip_p(differences: ArrayLike, *, seed: int = 0) -> float:
    """Two-sided p-value of "the two runs are interchangeable on every problem".

    differences: shape (problems,), at least one, no NaN; StatisticsError otherwise. If the runs were
    interchangeable, each difference could as well have the other sign: p is the share of all ways to flip
    signs whose sum is at least as far from 0 as the observed one. Every way is looked at where at most 16
    problems differ; else 10,000 are drawn, and (1 + hits) / (1 + draws) is returned, so p is never 0.
    With one sample per problem this is the exact McNemar test.
    Source: Fisher 1935, "The Design of Experiments", section 21; Phipson, Smyth 2010 for the 1 + …
    """
    values = np.asarray(differences, dtype=np.float64)
    if values.ndim != 1 or values.size == 0 or np.isnan(values).any():
        raise StatisticsError("Differences must be a plain list of numbers, at least one.")
    moved = np.abs(values[np.abs(values) > ROUNDING])
    observed = abs(float(values.sum())) - ROUNDING
    if moved.size == 0:
        return 1.0
    if moved.size <= EXACT_UP_TO:
        return float((np.abs(_all_sums(moved)) >= observed).mean())
    drawn = np.random.default_rng(seed).bytes(FLIPS * moved.size)
    up = np.frombuffer(drawn, dtype=np.uint8).reshape(FLIPS, moved.size) < 128
    sums = 2.0 * (up.astype(np.float64) @ moved) - moved.sum()
    return float((1 + (np.abs(sums) >= observed).sum()) / (1 + FLIPS))


def mcnemar(a: ArrayLike, b: ArrayLike) -> McNemar:
    """The discordant table of two runs with one sample per problem, and McNemar's exact test.

    a, b: 1 or True where the sample passed, else 0, shape (problems,), the same problems in the same
    order. StatisticsError for other values, other shapes, no problems.
    p = min(1, 2 P(X <= min(only_a, only_b))) with X ~ Binomial(only_a + only_b, 1/2), exact; 1 where
    no problem is discordant. Source: McNemar 1947, Psychometrika 12; exact form, Liddell 1976.
    """
    first, second = _outcomes(a, "a"), _outcomes(b, "b")
    if first.shape != second.shape:
        raise StatisticsError(f"{first.size} and {second.size} problems: compare the same ones.")
    only_a = int((first & ~second).sum())
    only_b = int((second & ~first).sum())
    return McNemar(
        both=int((first & second).sum()),
        only_a=only_a,
        only_b=only_b,
        neither=int((~first & ~second).sum()),
        p=_binomial_p(only_a, only_b),
    )


def _binomial_p(only_a: int, only_b: int) -> float:
    trials = only_a + only_b
    tail = sum(comb(trials, i) for i in range(min(only_a, only_b) + 1))
    return min(1.0, 2 * tail / (1 << trials))


def _all_sums(values: FloatArray) -> FloatArray:
    """The sums of `values` under every choice of signs, shape (2 ** values,)."""
    sums = np.zeros(1)
    for value in values:
        sums = np.concatenate([sums + value, sums - value])
    return sums


def _shared_difference(a: ArrayLike, b: ArrayLike) -> FloatArray:
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if first.ndim != 1 or first.shape != second.shape:
        raise StatisticsError(
            f"Shapes {first.shape} and {second.shape}: one figure per problem, the same problems."
        )
    shared = ~(np.isnan(first) | np.isnan(second))
    if not shared.any():
        raise StatisticsError("The two runs share no problem: there is nothing to compare.")
    both = np.concatenate([first[shared], second[shared]])
    if both.min() < 0.0 or both.max() > 1.0:
        raise StatisticsError("A figure per problem lies in [0, 1].")
    return np.asarray(first[shared] - second[shared], dtype=np.float64)


def _outcomes(values: ArrayLike, name: str) -> NDArray[np.bool_]:
    array = np.asarray(values)
    if array.ndim != 1 or array.size == 0:
        raise StatisticsError(f"{name} of shape {array.shape}: one outcome per problem is needed.")
    if not np.isin(array, (0, 1)).all():
        raise StatisticsError(f"{name} must hold 0 and 1 only: McNemar's test is for one sample per problem.")
    return array.astype(np.bool_)
