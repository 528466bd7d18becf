"""Pass rates against a feature of the problems."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from evaluator.errors import StatisticsError
from evaluator.metrics import binned, mean_of, trend


def problems(slope: float, seed: int, count: int = 164, n: int = 10):
    rng = np.random.default_rng(seed)
    feature = rng.gamma(3.0, 40.0, count).round()
    rates = special.expit(0.5 + slope * (feature - 120) + rng.normal(0, 1.0, count))
    return feature, rng.binomial(n, rates) / n


def test_the_slope_is_that_of_a_logistic_regression_on_every_sample():
    feature, rates = problems(-0.01, 1)
    found = trend(feature, rates)
    # At the optimum the residuals are orthogonal to 1 and to the feature.
    fitted = np.interp(feature, found.xs, found.values)
    assert (rates - fitted).sum() == pytest.approx(0, abs=0.3)
    assert np.corrcoef(rates - fitted, feature)[0, 1] == pytest.approx(0, abs=0.01)
    assert found.low < found.slope < found.high < 0
    assert found.p < 0.01


def test_slope_intervals_cover_and_p_values_are_fair():
    covered, small = 0, 0
    for seed in range(100):
        feature, rates = problems(0.0, seed)
        found = trend(feature, rates, resamples=100, seed=seed)
        covered += found.low <= 0 <= found.high
        small += found.p <= 0.05
    assert 0.91 <= covered / 100 <= 0.99
    assert 0.01 <= small / 100 <= 0.11


def test_p_agrees_with_scipys_permutation_of_the_correlation():
    feature, rates = problems(-0.002, 3, count=40)
    away = rates - rates.mean()
    theirs = stats.permutation_test(
        (feature,), lambda x, axis: np.abs((x * away).sum(axis=axis)), permutation_type="pairings",
        n_resamples=5000, alternative="greater", vectorized=True, rng=np.random.default_rng(0),
    ).pvalue  # fmt: skip
    assert trend(feature, rates).p == pytest.approx(theirs, abs=0.03)


def test_bins_hold_each_problem_once_and_equal_features_together():
    feature, rates = problems(-0.01, 4)
    found = binned(feature, rates)
    assert sum(one.rate.problems for one in found) == 164
    assert len(found) == 8
    first = rates[feature <= found[0].high]
    assert found[0].rate == mean_of(np.sort(first)) or found[0].rate.value == pytest.approx(first.mean())
    assert found[0].rate.value > found[-1].rate.value
    counts = binned([1, 1, 1, 1, 2, 2, 3], [0, 1, 0, 1, 1, 1, 0.5], bins=3)
    assert [(one.low, one.high, one.rate.problems) for one in counts] == [(1, 1, 4), (2, 3, 3)]


def test_the_same_seed_gives_the_same_trend_and_extreme_rates_a_finite_one():
    feature, rates = problems(-0.01, 5)
    assert trend(feature, rates, seed=1) == trend(feature, rates, seed=1)
    flat = trend(feature, np.zeros(164))
    assert flat.p == 1.0
    assert np.isfinite([flat.slope, flat.low, flat.high]).all()
    split = trend(np.arange(20), np.arange(20) >= 10)
    assert np.isfinite([split.slope, split.low, split.high]).all()


@pytest.mark.parametrize(
    ("feature", "rates"),
    [([1.0] * 20, [0.5] * 20), (range(5), [0.5] * 5), ([np.nan] * 20, [0.5] * 20), (range(20), [1.5] * 20),
     (range(20), [0.5] * 19), ([], [])],
)  # fmt: skip
def test_trends_without_a_ground_are_refused(feature, rates):
    with pytest.raises(StatisticsError):
        trend(list(feature), rates)
