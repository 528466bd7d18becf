"""How many samples a comparison needs, and what more of them would bring."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from evaluator.errors import StatisticsError
from evaluator.metrics.beta_binomial import Fits, best_fit
from evaluator.metrics.counts import FloatArray, checked_counts, checked_fraction
from evaluator.metrics.pass_at_k import pass_at_k
from evaluator.metrics.resolution import OWN, SHARED

MOST_SAMPLES = 4096  # per problem, of a plan
CLOSEST = 0.98  # correlation of two models' true rates; closer ones would be one model


@dataclass(frozen=True, slots=True)
class Spread:
    """Variances of pass@k over a benchmark's problems, in units of pass@k squared.

    between: of the problems' true pass@k; stays with endless samples. within: of the estimates around it,
    mean over the problems; falls as n grows.
    """

    between: float
    within: float

    def standard_error(self, problems: int) -> float:
        """Of the mean pass@k over `problems` problems."""
        return sqrt((self.between + self.within) / problems)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models like this one on the same problems. correlation: of their true pass@k over the problems,
    in [0, 0.98]; 0 plans an unpaired comparison. power and level in (0, 1), two-sided."""

    problems: int
    correlation: float
    power: float = 0.8
    level: float = 0.95

    @property
    def factor(self) -> float:
        """z(level) + z(power): how many standard errors a difference must have to be found."""
        quantile = NormalDist().inv_cdf
        at_level = quantile(0.5 + checked_fraction(self.level, "level") / 2.0)
        return max(0.0, at_level + quantile(checked_fraction(self.power, "power")))


def rates_behind(n: ArrayLike, c: ArrayLike) -> Fits:
    """How a run's pass rates are spread over the problems, for the functions below.

    n, c: samples drawn and passed, integers, shape (problems,), n from 2 to 4096, some of all passed and
    some failed; StatisticsError otherwise: one sample per problem can't tell a hard problem from an
    unlucky draw. Source: `best_fit`.
    """
    drawn, passed = checked_counts(n, c)
    if drawn.ndim != 1 or drawn.size < 2:
        raise StatisticsError(f"Counts of shape {drawn.shape}: one run of 2 or more problems is needed.")
    if not 0 < passed.sum() < drawn.sum():
        raise StatisticsError("All samples fared alike: they show no spread to plan with.")
    return best_fit(drawn, passed)


def assumed_rates(p: float) -> Fits:
    """The spread that `minimum_detectable_difference` assumes, for a run of pass@1 = p in (0, 1).

    A beta distribution whose variance is the SHARED and OWN parts of p (1 - p).
    """
    checked_fraction(p, "p")
    size = 1.0 / (SHARED + OWN) - 1.0
    one = np.ones(1)
    return Fits(one * p * size, one * (1.0 - p) * size, 0.0 * one, 0.0 * one, 0.0 * one)


def spread(rates: Fits, n: int, k: int) -> Spread:
    """Variances of pass@k estimated from n samples per problem, 1 <= k <= n <= 4096.

    With F(k) = E[(1 - p)^k] over the problems, between = F(2k) - F(k)²; the whole variance is that of
    1 - C(n-c, k) / C(n, k) under the beta-binomial of c, summed over c = 0 … n; within is the rest.
    StatisticsError for other n and k.
    """
    if n > MOST_SAMPLES:
        raise StatisticsError(f"n = {n}: plans reach to {MOST_SAMPLES} samples per problem.")
    values = pass_at_k(np.full(n + 1, max(n, 1)), np.arange(n + 1), k)
    fails = rates.all_fail(2 * k)[0]
    between = max(0.0, float(fails[2 * k] - fails[k] ** 2))
    chances = _chances(rates, n)
    mean = float(chances @ values)
    whole = float(chances @ (values - mean) ** 2)
    return Spread(between, max(0.0, whole - between))


def resolvable(one: Spread, plan: Comparison) -> float:
    """The smallest true difference in pass@k that the comparison finds with probability `power`.

    (z(level) + z(power)) √(2 (between (1 - correlation) + within) / problems), at most 1.
    StatisticsError for no problems and correlations outside [0, 0.98]. Source: the sample-size formula
    for paired means, e.g. Miller 2024, "Adding Error Bars to Evals", section 5.
    """
    if plan.problems < 1 or not 0.0 <= plan.correlation <= CLOSEST:
        raise StatisticsError(f"{plan}: at least one problem, and a correlation from 0 to {CLOSEST}.")
    variance = 2.0 * (one.between * (1.0 - plan.correlation) + one.within)
    return min(1.0, plan.factor * sqrt(variance / plan.problems))


def samples_needed(rates: Fits, k: int, difference: float, plan: Comparison) -> int | None:
    """The fewest samples per problem, k or more, with which `difference` is resolvable; None where even
    4096 are too few and only more problems help. difference in (0, 1); StatisticsError otherwise."""
    checked_fraction(difference, "difference")
    low, high = k - 1, k
    while resolvable(spread(rates, high, k), plan) > difference:
        if high == MOST_SAMPLES:
            return None
        low, high = high, min(2 * high, MOST_SAMPLES)
    while high - low > 1:
        middle = (low + high) // 2
        enough = resolvable(spread(rates, middle, k), plan) <= difference
        low, high = (low, middle) if enough else (middle, high)
    return high


def problems_needed(one: Spread, difference: float, plan: Comparison) -> int:
    """The fewest problems of this kind with which `difference`, in (0, 1), is resolvable."""
    found = resolvable(one, Comparison(1_000_000, plan.correlation, plan.power, plan.level))
    return max(1, ceil(1_000_000 * (found / checked_fraction(difference, "difference")) ** 2))


def true_correlation(a: ArrayLike, b: ArrayLike, between_a: float, between_b: float) -> float:
    """Correlation of two runs' true pass@k over the problems that both have, in [0, 0.98].

    a, b: their unbiased estimates, shape (problems,), 2 or more, the same problems in the same order;
    between: as `spread` gives it. StatisticsError for other shapes and where either is 0.
    Samples of two runs are drawn apart, so the covariance of the estimates is that of the true values;
    dividing by the true spread takes the attenuation out (Spearman 1904).
    """
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if first.ndim != 1 or first.shape != second.shape or first.size < 2:
        raise StatisticsError(f"Shapes {first.shape} and {second.shape}: the same problems, 2 or more.")
    if between_a <= 0.0 or between_b <= 0.0:
        raise StatisticsError("A run whose pass@k is alike on all problems correlates with nothing.")
    covariance = float(((first - first.mean()) * (second - second.mean())).sum()) / (first.size - 1)
    return min(CLOSEST, max(0.0, covariance / sqrt(between_a * between_b)))


def _chances(rates: Fits, n: int) -> FloatArray:
    """Probability of c = 0 … n passed samples on a problem."""
    j = np.arange(n)
    a, b = rates.a[0], rates.b[0]
    ways = np.cumsum(np.log(n - j) - np.log(j + 1.0))
    grown = np.concatenate([[0.0], ways])
    grown = grown + np.concatenate([[0.0], np.cumsum(np.log(a + j))])
    grown = grown + np.concatenate([[0.0], np.cumsum(np.log(b + j))])[::-1]
    grown = grown - np.log(a + b + j).sum()
    between = 1.0 - rates.never[0] - rates.always[0]
    chances = between * np.exp(grown)
    chances[0] += rates.never[0]
    chances[n] += rates.always[0]
    return np.asarray(chances / chances.sum(), dtype=np.float64)
