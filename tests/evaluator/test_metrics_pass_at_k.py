"""pass@k against exact fractions, and what it refuses."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.errors import StatisticsError
from evaluator.metrics import curve, default_ks, mean_pass_at_k, pass_at_k, secure_pass_at_k


def exact(n: int, c: int, k: int) -> Fraction:
    return 1 - Fraction(comb(n - c, k), comb(n, k))


@given(st.data())
def test_equals_the_exact_fraction_within_1e_12(data):
    n = data.draw(st.integers(1, 400))
    c = data.draw(st.integers(0, n))
    k = data.draw(st.integers(1, n))
    assert abs(Fraction(float(pass_at_k([n], [c], k)[0])) - exact(n, c, k)) < Fraction(1, 10**12)


def test_stays_exact_with_many_samples():
    n, k = 20_000, 100
    values = pass_at_k(n, [0, 1, 5, 150, 10_000, 19_901, n], k)
    expected = [float(exact(n, c, k)) for c in (0, 1, 5, 150, 10_000, 19_901, n)]
    assert np.abs(values - expected).max() < 1e-12


def test_is_the_plain_pass_rate_at_k_1_and_all_or_nothing_at_k_n():
    c = np.arange(21)
    assert pass_at_k(20, c, 1) == pytest.approx(c / 20, abs=1e-15)
    assert pass_at_k(20, c, 20).tolist() == [0.0] + [1.0] * 20


def test_the_worked_example_of_the_documentation():
    assert mean_pass_at_k([100], [30], 1) == pytest.approx(0.30)
    assert mean_pass_at_k([100], [30], 10) == pytest.approx(0.97708, abs=5e-6)


def test_problems_may_differ_in_their_number_of_samples():
    n, c = np.array([20, 5, 20, 100]), np.array([3, 5, 0, 30])
    expected = [float(exact(int(a), int(b), 5)) for a, b in zip(n, c, strict=True)]
    assert pass_at_k(n, c, 5) == pytest.approx(expected, abs=1e-12)


def test_a_board_of_runs_is_answered_at_once():
    rng = np.random.default_rng(3)
    n = np.repeat([[20], [100], [20]], 164, axis=1)
    c = rng.integers(0, n + 1)
    rows = [mean_pass_at_k(n[run], c[run], 10) for run in range(3)]
    assert pass_at_k(n, c, 10).mean(axis=-1) == pytest.approx(rows, abs=1e-15)


@pytest.mark.parametrize(
    ("n", "c", "k", "says"),
    [
        ([5], [1], 0, "at least 1"),
        ([5], [1], -3, "at least 1"),
        ([5], [1], True, "at least 1"),
        ([5], [1], 1.0, "not an integer"),
        ([5], [1], 6, r"pass@6 does not exist with n = 5"),
        ([9, 5], [9, 5], 6, r"pass@6 does not exist with n = 5"),
        ([5], [-1], 1, "never negative"),
        ([5, 5], [5, 6], 1, "c = 6 > n = 5 at position 1"),
        ([0], [0], 1, "at least one sample"),
        ([], [], 1, "No problems"),
        ([5.0], [1], 1, "n must hold integers"),
        ([5], [1.5], 1, "c must hold integers"),
        ([5], [True], 1, "c must hold integers"),
        ([10**9], [1], 1, "at most"),
    ],
)
def test_figures_that_do_not_exist_are_refused(n, c, k, says):
    with pytest.raises(StatisticsError, match=says):
        pass_at_k(n, c, k)


def test_a_sure_pass_is_never_claimed_with_fewer_samples_than_k():
    with pytest.raises(StatisticsError):
        mean_pass_at_k([3], [3], 10)


def test_the_curve_never_falls_and_holds_the_usual_ks():
    rng = np.random.default_rng(5)
    c = rng.integers(0, 201, 164)
    line = curve(np.full(164, 200), c)
    assert {1, 10, 100, 200} <= set(line.ks)
    assert list(line.ks) == sorted(set(line.ks))
    assert np.all(np.diff(line.values) >= 0)
    assert line.values[line.ks.index(10)] == mean_pass_at_k(np.full(164, 200), c, 10)


def test_the_curve_ends_at_the_smallest_number_of_samples():
    assert curve([20, 7], [3, 3]).ks == (1, 2, 3, 4, 6, 7)
    assert default_ks(1) == (1,)


def test_the_curve_takes_ks_in_any_order_and_refuses_what_is_too_large():
    assert curve([20], [3], ks=[10, 1, 10]).ks == (1, 10)
    with pytest.raises(StatisticsError):
        curve([20], [3], ks=[1, 21])


def test_secure_pass_at_k_counts_samples_that_pass_and_are_clean():
    n, passed, flagged = [10, 10, 10], [4, 4, 0], [1, 4, 0]
    assert secure_pass_at_k(n, passed, flagged, 2).tolist() == pytest.approx(
        [float(exact(10, 3, 2)), 0.0, 0.0], abs=1e-15
    )
    assert (secure_pass_at_k(n, passed, flagged, 2) <= pass_at_k(n, passed, 2)).all()
    with pytest.raises(StatisticsError):
        secure_pass_at_k(10, 2, 3, 1)
