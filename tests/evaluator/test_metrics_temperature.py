"""The best of several runs of a model: chosen on one half, read on the other."""

from __future__ import annotations

import numpy as np
import pytest

from evaluator.errors import StatisticsError
from evaluator.metrics import best_setting, estimate, mean_pass_at_k, setting_grid

PROBLEMS = 164


def runs_of_rates(rates, n: int, seed: int):
    rates = np.asarray(rates)
    return np.full(rates.shape, n), np.random.default_rng(seed).binomial(n, rates)


def test_equal_runs_flatter_their_winner_and_the_split_takes_it_back():
    rng = np.random.default_rng(0)
    naive, honest = [], []
    for seed in range(60):
        rates = np.tile(rng.beta(0.5, 0.8, PROBLEMS), (8, 1))  # eight settings that do not differ
        found = best_setting(*runs_of_rates(rates, 1, seed), 1, resamples=100, seed=seed)
        naive.append(found.naive - rates.mean())
        honest.append(found.value - rates.mean())
    assert np.mean(naive) > 0.025
    assert abs(np.mean(honest)) < 0.008


def test_a_clear_winner_keeps_its_figure_and_wins_every_resample():
    rates = np.array([[0.2] * PROBLEMS, [0.6] * PROBLEMS, [0.3] * PROBLEMS])
    found = best_setting(*runs_of_rates(rates, 20, 1), 1)
    assert found.run == 1
    assert found.value == pytest.approx(found.naive, abs=1e-9)
    assert found.wins == (0.0, 1.0, 0.0)
    assert 0.55 < found.low < found.value < found.high < 0.65


def test_wins_share_out_what_is_not_decided():
    rates = np.tile(np.random.default_rng(2).beta(0.5, 0.8, PROBLEMS), (3, 1))
    found = best_setting(*runs_of_rates(rates, 5, 3), 1)
    assert sum(found.wins) == pytest.approx(1.0)
    assert max(found.wins) < 0.97
    assert found.wins[found.run] == max(found.wins)


def test_each_k_may_have_another_best_run():
    """A steady run solves half the problems always; a varied one solves all of them now and then."""
    steady = [1.0] * (PROBLEMS // 2) + [0.0] * (PROBLEMS // 2)
    n, c = runs_of_rates([steady, [0.3] * PROBLEMS], 20, 0)
    assert [best_setting(n, c, k).run for k in (1, 10)] == [0, 1]


def test_runs_with_too_few_samples_take_no_part():
    n = np.array([[2] * PROBLEMS, [10] * PROBLEMS])
    c = np.array([[2] * PROBLEMS, [4] * PROBLEMS])
    assert best_setting(n, c, 1).run == 0
    found = best_setting(n, c, 5)
    assert (found.run, found.wins) == (1, (0.0, 1.0))
    grid = setting_grid(n, c, [1, 5, 11])
    assert np.isnan(grid.values[0, 1:]).all()
    assert np.isnan(grid.values[:, 2]).all()
    with pytest.raises(StatisticsError, match="pass@11"):
        best_setting(n, c, 11)


def test_the_grid_agrees_with_the_estimates_of_each_run():
    n, c = runs_of_rates(np.random.default_rng(4).beta(0.5, 0.8, (3, PROBLEMS)), 10, 5)
    grid = setting_grid(n, c, [1, 10])
    for run in range(3):
        one = estimate(n[run], c[run], 10)
        assert grid.values[run, 0] == pytest.approx(mean_pass_at_k(n[run], c[run], 1))
        found = grid.values[run, 1], grid.lows[run, 1], grid.highs[run, 1]
        assert found == pytest.approx((one.value, one.low, one.high))


@pytest.mark.parametrize(
    ("n", "c", "k"), [([5] * 20, [1] * 20, 1), ([[5] * 9], [[1] * 9], 1), ([[5] * 20], [[1] * 20], 0)]
)
def test_choices_that_cannot_be_made_are_refused(n, c, k):
    with pytest.raises(StatisticsError):
        best_setting(n, c, k)
