"""How pass rates are spread over problems: a beta distribution, with problems never or always solved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluator.errors import StatisticsError
from evaluator.metrics.counts import FloatArray, IntArray

MAX_SAMPLES_FITTED = 4096  # per problem; with more, pass@k is known as far as anybody looks
LOG_LIMIT = 7.0  # of log a and log b: beyond, the beta is a point or two points
SHARE_LIMIT = 12.0  # of the logarithm of a point mass's odds against the beta
STEPS = 60
STEPS_NEARBY = 12  # from a start that is close already
SETTLED = 1e-7  # gain in log-likelihood per problem at which a fit has arrived
DAMPING = 1e-4
AIC_CHARGE = 2.0  # log-likelihood that two more parameters must gain


@dataclass(frozen=True, slots=True)
class Fits:
    """Several fits at once, each of shape (fits,): shares `never` + `always` + the beta's sum to 1."""

    a: FloatArray
    b: FloatArray
    never: FloatArray
    always: FloatArray
    log_likelihood: FloatArray  # mean per problem, without the binomial coefficients

    def only(self, place: int) -> Fits:
        """One of the fits, as a record of one."""
        one = slice(place, place + 1)
        return Fits(self.a[one], self.b[one], self.never[one], self.always[one], self.log_likelihood[one])

    def all_fail(self, most: int) -> FloatArray:
        """E[(1 - p)^k] for k = 0 … most, shape (fits, most + 1): the chance that k samples all fail."""
        j = np.arange(most)
        a, b = self.a[:, None], self.b[:, None]
        logs = np.cumsum(np.log(b + j) - np.log(a + b + j), axis=1)
        fails = np.exp(np.hstack([np.zeros((len(self.a), 1)), logs]))
        between = 1.0 - self.never - self.always
        result = self.never[:, None] + between[:, None] * fails
        result[:, 0] = 1.0
        return np.asarray(result, dtype=np.float64)


def fit_each(n: IntArray, c: IntArray) -> Fits:
    """A beta distribution for each of several runs, all at once: ten times as fast as one by one.

    n, c: shape (runs, problems), n = 0 where a run lacks a problem, else as `fit`; every run has one.
    """
    present = n > 0
    if n.ndim != 2 or not present.any(axis=1).all():
        raise StatisticsError(f"Counts of shape {n.shape}: runs and problems, and none without any.")
    rows, place = np.unique(np.column_stack([n[present], c[present]]), axis=0, return_inverse=True)
    weights = np.zeros((len(n), len(rows)))
    np.add.at(weights, (np.nonzero(present)[0], place.ravel()), 1.0)
    return fit(rows[:, 0], rows[:, 1], weights, inflated=False)


def best_fit(n: IntArray, c: IntArray) -> Fits:
    """One fit to a run: the beta alone, unless two point masses gain more than AIC charges for them.

    n, c: shape (problems,), as `fit`. BIC asks for more than some hundred problems can show: of boards
    with 30 % unsolvable problems and n = 20 it noticed 11 %, AIC 52 %; at 5 n the extrapolation was then
    4.9 points off, with AIC 1.3.
    """
    rows, place = np.unique(np.column_stack([n, c]), axis=0, return_inverse=True)
    counts = np.bincount(place.ravel(), minlength=len(rows)).astype(np.float64)[None, :]
    plain = fit(rows[:, 0], rows[:, 1], counts, inflated=False)
    inflated = fit(rows[:, 0], rows[:, 1], counts, inflated=True)
    gain = n.size * float(inflated.log_likelihood[0] - plain.log_likelihood[0])
    return inflated if gain > AIC_CHARGE else plain


def fit(n: IntArray, c: IntArray, weights: FloatArray, *, inflated: bool, start: Fits | None = None) -> Fits:
    """Maximum-likelihood fits of the pass rates behind (n, c), one per row of `weights`.

    n, c: shape (rows,), 2 <= n <= 4096, 0 <= c <= n; weights: how many problems are like that row, shape
    (fits, rows), >= 0, not all 0. inflated: whether point masses at pass rates 0 and 1 are fitted beside
    Beta(a, b). start: a fit of much the same data (its first one), from which a dozen steps suffice.
    StatisticsError for other n and shapes.
    How: scoring with the outer products of the scores (Berndt, Hall, Hall, Hausman 1974), damped where a
    step does not gain. Source of the model: Skellam 1948, J. Royal Statistical Society B 10.
    """
    if n.shape != c.shape or weights.ndim != 2 or weights.shape[1] != n.size:
        raise StatisticsError(f"Shapes {n.shape}, {c.shape} and {weights.shape} do not belong together.")
    if n.min() < 2 or n.max() > MAX_SAMPLES_FITTED:
        raise StatisticsError(
            f"n from {n.min()} to {n.max()}: pass rates are fitted to 2 … {MAX_SAMPLES_FITTED} samples."
        )
    shares = weights / weights.sum(axis=1, keepdims=True)
    here = _start(n, c, shares, inflated) if start is None else _parameters(start, len(shares))
    free = 4 if inflated else 2
    value, scores = _scores(here, n, c)
    likelihood = (shares * value).sum(axis=1)
    damping = np.full(len(shares), DAMPING)
    for _ in range(STEPS if start is None else STEPS_NEARBY):
        there = _clipped(here, _step(shares, scores[..., :free], damping), inflated)
        new_value, new_scores = _scores(there, n, c)
        new_likelihood = (shares * new_value).sum(axis=1)
        better = new_likelihood >= likelihood
        gain = float(np.where(better, new_likelihood - likelihood, 0.0).max())
        here = np.where(better[:, None], there, here)
        scores = np.where(better[:, None, None], new_scores, scores)
        likelihood = np.where(better, new_likelihood, likelihood)
        damping = np.clip(np.where(better, damping / 10.0, damping * 30.0), 1e-8, 1e8)
        if gain < SETTLED and better.mean() > 0.5:
            break
    return _fits(here, likelihood)


def _scores(parameters: FloatArray, n: IntArray, c: IntArray) -> tuple[FloatArray, FloatArray]:
    """Log-likelihood (fits, rows) and its derivatives (fits, rows, 4) by log a, log b and the two odds."""
    a, b = np.exp(parameters[:, :1]), np.exp(parameters[:, 1:2])
    never, always, between = _shares(parameters)
    j = np.arange(int(n.max()))
    grown = _sums(np.log(a + j))[:, c] + _sums(np.log(b + j))[:, n - c] - _sums(np.log(a + b + j))[:, n]
    top = np.log(between)[:, None] + grown
    masses = np.where(c == 0, never[:, None], 0.0) + np.where(c == n, always[:, None], 0.0)
    value = np.logaddexp(top, np.log(np.maximum(masses, 1e-300)))
    mine = np.exp(top - value)
    slope_n = _sums(1.0 / (a + b + j))[:, n]
    by_a = mine * a * (_sums(1.0 / (a + j))[:, c] - slope_n)
    by_b = mine * b * (_sums(1.0 / (b + j))[:, n - c] - slope_n)
    by_never = np.where(c == 0, 1.0 - mine, 0.0) - never[:, None]
    by_always = np.where(c == n, 1.0 - mine, 0.0) - always[:, None]
    return value, np.stack([by_a, by_b, by_never, by_always], axis=-1)


def _step(shares: FloatArray, scores: FloatArray, damping: FloatArray) -> FloatArray:
    slope = np.einsum("fr,frp->fp", shares, scores)
    information = np.einsum("fr,frp,frq->fpq", shares, scores, scores)
    size = np.einsum("fpp->fp", information)
    diagonal = damping[:, None] * size + 1e-10
    places = np.arange(slope.shape[1])
    information[:, places, places] += diagonal
    step = np.linalg.solve(information, slope[..., None])[..., 0]
    return np.asarray(np.clip(step, -2.0, 2.0), dtype=np.float64)


def _clipped(here: FloatArray, step: FloatArray, inflated: bool) -> FloatArray:
    there = here.copy()
    there[:, : step.shape[1]] += step
    there[:, :2] = np.clip(there[:, :2], -LOG_LIMIT, LOG_LIMIT)
    if inflated:
        there[:, 2:] = np.clip(there[:, 2:], -SHARE_LIMIT, SHARE_LIMIT)
    return there


def _start(n: IntArray, c: IntArray, shares: FloatArray, inflated: bool) -> FloatArray:
    """Moments of the rates, and half of the extreme problems as point masses."""
    rates = c / n
    mean = np.clip((shares * rates).sum(axis=1), 0.01, 0.99)
    spread = (shares * (rates - mean[:, None]) ** 2).sum(axis=1)
    size = np.clip(mean * (1.0 - mean) / np.maximum(spread, 1e-6) - 1.0, 0.2, 50.0)
    never = (shares * (c == 0)).sum(axis=1) / 2.0 if inflated else np.zeros(len(shares))
    always = (shares * (c == n)).sum(axis=1) / 2.0 if inflated else np.zeros(len(shares))
    return _parameters(Fits(mean * size, (1.0 - mean) * size, never, always, mean), len(shares))


def _parameters(fits: Fits, count: int) -> FloatArray:
    between = 1.0 - fits.never - fits.always
    odds = [np.log(np.maximum(share, 1e-300) / between) for share in (fits.never, fits.always)]
    floor = [np.where(share > 0.0, np.maximum(one, -SHARE_LIMIT), -np.inf)
             for one, share in zip(odds, (fits.never, fits.always), strict=True)]  # fmt: skip
    one = np.column_stack([np.log(fits.a), np.log(fits.b), *floor])
    return np.repeat(one[:1], count, axis=0) if len(one) != count else one


def _shares(parameters: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    never, always = np.exp(parameters[:, 2]), np.exp(parameters[:, 3])
    total = 1.0 + never + always
    return never / total, always / total, 1.0 / total


def _fits(parameters: FloatArray, likelihood: FloatArray) -> Fits:
    never, always, _ = _shares(parameters)
    return Fits(np.exp(parameters[:, 0]), np.exp(parameters[:, 1]), never, always, likelihood)


def _sums(terms: FloatArray) -> FloatArray:
    """Running sums with a leading 0, shape (fits, terms + 1)."""
    return np.hstack([np.zeros((len(terms), 1)), np.cumsum(terms, axis=1)])
