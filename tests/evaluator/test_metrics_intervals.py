"""Intervals: what they cover, and how noise is told apart."""

from __future__ import annotations

import numpy as np
import pytest

from evaluator.errors import StatisticsError
from evaluator.metrics import estimate, estimates, mean_pass_at_k, noise_split, wilson

PROBLEMS = 164


def simulated_board(n: int, seed: int):
    """Passed counts of a board whose problems have latent pass rates from Beta(0.3, 0.9): mean 0.25.

    What intervals cover on many of them: test_metrics_coverage.py.
    """
    rng = np.random.default_rng(seed)
    return rng.binomial(n, rng.beta(0.3, 0.9, PROBLEMS))


def test_one_sample_per_problem_gives_the_jeffreys_interval():
    c = np.array([1] * 30 + [0] * 134)
    one = estimate(np.ones(PROBLEMS, dtype=int), c, 1, resamples=20_000)
    # 2.5 % and 97.5 % points of Beta(30.5, 134.5)
    assert (one.low, one.high) == pytest.approx((0.1291, 0.2464), abs=2e-3)


@pytest.mark.parametrize(("passed", "value"), [(0, 0.0), (20, 1.0)])
def test_a_board_of_nothing_but_failures_or_passes_still_has_an_interval(passed, value):
    one = estimate(np.full(PROBLEMS, 20), np.full(PROBLEMS, passed), 1)
    assert one.value == value
    assert one.low <= value <= one.high
    assert 0.005 < one.high - one.low < 0.04


def test_several_ks_share_their_resamples_and_the_seed_decides_the_bounds():
    n, c = np.full(PROBLEMS, 20), simulated_board(20, seed=2)
    three = estimates(n, c, (1, 5, 10), seed=4)
    assert [one.k for one in three] == [1, 5, 10]
    assert three == estimates(n, c, (1, 5, 10), seed=4)
    assert three != estimates(n, c, (1, 5, 10), seed=5)
    for one in three:
        alone = estimate(n, c, one.k, seed=4)
        assert (one.value, one.low, one.high) == pytest.approx((alone.value, alone.low, alone.high))
        assert one.value == pytest.approx(mean_pass_at_k(n, c, one.k))
        assert one.low < one.value < one.high
        assert one.problems == PROBLEMS


def test_a_higher_level_and_fewer_problems_widen_the_interval():
    n, c = np.full(PROBLEMS, 20), simulated_board(20, seed=6)
    usual, sure, few = estimate(n, c, 1), estimate(n, c, 1, level=0.99), estimate(n[:40], c[:40], 1)
    assert sure.high - sure.low > usual.high - usual.low
    assert few.high - few.low > usual.high - usual.low


def test_weights_are_drawn_in_blocks_without_changing_the_meaning():
    many = 3000
    c = np.random.default_rng(8).binomial(1, 0.3, many)
    one = estimate(np.ones(many, dtype=int), c, 1)
    expected = wilson(int(c.sum()), many)
    assert (one.low, one.high) == pytest.approx((expected.low, expected.high), abs=2e-3)


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (([5], [1], 6), {}),
        (([], [], 1), {}),
        (([[5]], [[1]], 1), {}),
        (([5], [1], 1), {"resamples": 10}),
        (([5], [1], 1), {"level": 1.0}),
    ],
)
def test_intervals_that_do_not_exist_are_refused(arguments, options):
    with pytest.raises(StatisticsError):
        estimate(*arguments, **options)


def test_wilson_agrees_with_worked_values():
    # Newcombe 1998, Statistics in Medicine 17, table I, method 3: 81/263, 15/148, 0/20, 1/29
    assert tuple_of(wilson(81, 263)) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert tuple_of(wilson(15, 148)) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert tuple_of(wilson(0, 20)) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert tuple_of(wilson(1, 29)) == pytest.approx((0.0061, 0.1718), abs=5e-5)
    assert wilson(20, 20).high == 1.0


@pytest.mark.parametrize(("passed", "trials"), [(2, 1), (-1, 5), (0, 0)])
def test_wilson_refuses_impossible_counts(passed, trials):
    with pytest.raises(StatisticsError):
        wilson(passed, trials)


def test_noise_is_split_as_it_was_made():
    rng = np.random.default_rng(9)
    n, problems = 10, 200_000
    rates = rng.beta(2.0, 2.0, problems)  # variance 0.05, mean of r (1 - r) 0.2
    noise = noise_split(np.full(problems, n), rng.binomial(n, rates))
    assert noise.problem_sd == pytest.approx(np.sqrt(0.05 / problems), rel=0.02)
    assert noise.sample_sd == pytest.approx(np.sqrt(0.2 / n / problems), rel=0.02)
    assert noise.sample_share == pytest.approx(0.02 / 0.07, rel=0.03)


def test_problems_that_always_or_never_pass_leave_no_sampling_noise():
    noise = noise_split([5, 5, 5, 5], [0, 5, 5, 0])
    assert noise.sample_sd == 0.0
    assert noise.sample_share == 0.0
    assert noise.problem_sd > 0.2
    assert noise_split([5, 5], [5, 5]).sample_share == 0.0


@pytest.mark.parametrize(("n", "c"), [([1, 5], [1, 2]), ([5], [2]), ([[5, 5]], [[1, 2]])])
def test_noise_is_not_split_where_it_cannot_be(n, c):
    with pytest.raises(StatisticsError):
        noise_split(n, c)


def tuple_of(interval):
    return interval.low, interval.high
