"""Pass rates fitted by a beta-binomial, and pass@k beyond the samples drawn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from evaluator.errors import StatisticsError
from evaluator.metrics import extrapolate, mean_pass_at_k
from evaluator.metrics.beta_binomial import fit, fit_each

PROBLEMS = 164


def board(n: int, a: float, b: float, seed: int = 0, never: float = 0.0, problems: int = PROBLEMS):
    rng = np.random.default_rng(seed)
    rates = rng.beta(a, b, problems) * (rng.random(problems) >= never)
    return np.full(problems, n), rng.binomial(n, rates), rates


def all_fail(a: float, b: float, k: int) -> float:
    return float(np.prod([(b + i) / (a + b + i) for i in range(k)]))


@pytest.mark.parametrize(("n", "a", "b"), [(5, 0.3, 1.5), (20, 0.3, 0.9), (100, 0.5, 2.0), (200, 0.2, 0.2)])
def test_the_fit_is_scipys_maximum_of_the_likelihood(n, a, b):
    drawn, passed, _ = board(n, a, b)

    def misfit(logs):
        return -stats.betabinom.logpmf(passed, n, *np.exp(logs)).sum()

    theirs = np.exp(optimize.minimize(misfit, [0.0, 0.0], method="Nelder-Mead", tol=1e-8).x)
    ours = fit(drawn, passed, np.ones((1, PROBLEMS)), inflated=False)
    assert (ours.a[0], ours.b[0]) == pytest.approx(tuple(theirs), rel=1e-3)
    assert ours.all_fail(7)[0, 7] == pytest.approx(all_fail(ours.a[0], ours.b[0], 7), rel=1e-9)


def test_a_weighted_fit_is_a_fit_to_repeated_problems_also_with_unequal_n():
    rng = np.random.default_rng(4)
    drawn = rng.integers(4, 12, 60)
    passed = rng.binomial(drawn, rng.beta(0.5, 1.0, 60))
    twice = fit(drawn, passed, np.where(np.arange(60) < 30, 2.0, 1.0)[None, :], inflated=False)
    longer = np.concatenate([np.arange(60), np.arange(30)])
    repeated = fit(drawn[longer], passed[longer], np.ones((1, 90)), inflated=False)
    assert (twice.a[0], twice.b[0]) == pytest.approx((repeated.a[0], repeated.b[0]), rel=1e-6)


def test_several_runs_are_fitted_at_once_as_one_by_one_without_the_problems_that_they_lack():
    n, c = (
        np.stack(pair) for pair in zip(*[board(10, 0.3, 0.9, seed)[:2] for seed in range(4)], strict=True)
    )
    n[2, :50] = c[2, :50] = 0
    together = fit_each(n, c)
    for run in range(4):
        has = n[run] > 0
        alone = fit(n[run, has], c[run, has], np.ones((1, has.sum())), inflated=False)
        found = together.only(run)
        assert (found.a[0], found.b[0]) == pytest.approx((alone.a[0], alone.b[0]), rel=1e-3)
    with pytest.raises(StatisticsError):
        fit_each(np.zeros((2, 5), dtype=int), np.zeros((2, 5), dtype=int))


def test_problems_that_are_never_solved_are_found_where_there_are_enough():
    drawn, passed, _ = board(60, 1.5, 2.0, never=0.35, problems=1500)
    found = extrapolate(drawn, passed, [300])
    assert found.never == pytest.approx(0.35, abs=0.04)
    assert (found.a, found.b) == pytest.approx((1.5, 2.0), rel=0.25)
    assert found.values[0] == pytest.approx(0.65, abs=0.04)
    plain = extrapolate(*board(60, 0.3, 0.9, problems=400)[:2], [300])
    assert plain.never == 0.0


@pytest.mark.parametrize("seed", range(3))
def test_extrapolation_comes_close_to_what_more_samples_really_bring(seed):
    drawn, passed, rates = board(20, 0.3, 0.9, seed)
    found = extrapolate(drawn, passed, [40, 100, 200], seed=seed)
    truth = [float(1 - ((1 - rates) ** k).mean()) for k in found.ks]
    assert found.values == pytest.approx(truth, abs=0.06)
    start = mean_pass_at_k(drawn, passed, 20)
    assert start < found.values[0] < found.values[1] < found.values[2] < 1
    for low, value, high in zip(found.lows, found.values, found.highs, strict=True):
        assert 0 < low < value < high < 1


def test_it_goes_on_from_the_unbiased_estimate_without_a_step():
    drawn, passed, _ = board(50, 0.3, 0.9, problems=4000)
    step = extrapolate(drawn, passed, [51]).values[0] - mean_pass_at_k(drawn, passed, 50)
    before = mean_pass_at_k(drawn, passed, 50) - mean_pass_at_k(drawn, passed, 49)
    assert 0.8 * before < step < 1.2 * before


def test_the_check_predicts_one_half_from_the_other_and_says_by_how_much_it_was_off():
    drawn, passed, _ = board(40, 0.3, 0.9)
    check = extrapolate(drawn, passed, [80]).check
    assert check.ks == (25, 30, 35, 40)
    # Over halvings, "solved by the first half or by k - 20 of the second" has the mean pass@k of all 40.
    expected = [mean_pass_at_k(drawn, passed, k) for k in check.ks]
    assert check.observed == pytest.approx(expected, abs=0.01)
    for predicted, observed, error in zip(check.predicted, check.observed, check.error, strict=True):
        assert abs(predicted - observed) <= error < 0.05


def test_a_fit_that_does_not_hold_shows_in_the_check():
    drawn = np.full(PROBLEMS, 40)
    passed = np.array([1] * (PROBLEMS // 2) + [40] * (PROBLEMS // 2))  # half of them just once
    good = extrapolate(*board(40, 0.3, 0.9)[:2], [80]).check
    bad = extrapolate(drawn, passed, [80]).check
    assert bad.error[-1] > 2 * good.error[-1]


def test_the_same_seed_gives_the_same_band_and_all_solved_stays_solved():
    drawn, passed, _ = board(10, 0.3, 0.9)
    assert extrapolate(drawn, passed, [20], seed=3) == extrapolate(drawn, passed, [20], seed=3)
    assert extrapolate(drawn, drawn, [20]).values == (1.0,)


@pytest.mark.parametrize(
    ("n", "c", "ks"),
    [
        ([3, 3], [1, 2], [5]),
        ([10, 10], [0, 0], [20]),
        ([10, 10], [1, 2], [10]),
        ([10, 10], [1, 2], [101]),
        ([10, 10], [1, 2], []),
        ([10, 10], [1, 2], [30, 20]),
        ([10], [1], [20]),
        ([5000, 5000], [1, 2], [6000]),
    ],
)
def test_extrapolations_without_a_ground_are_refused(n, c, ks):
    with pytest.raises(StatisticsError):
        extrapolate(n, c, ks)
