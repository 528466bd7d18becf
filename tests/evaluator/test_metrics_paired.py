"""Two runs on the same problems: against exact enumeration and scipy."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy import stats

from evaluator.errors import StatisticsError
from evaluator.metrics import holm, mcnemar, mean_of, paired_difference, sign_flip_p, wilson


def two_runs(problems: int, seed: int, gain: float = 0.0):
    rng = np.random.default_rng(seed)
    a = rng.beta(0.6, 0.9, problems)
    return np.clip(a + gain + rng.normal(0, 0.1, problems), 0, 1), a


@pytest.mark.parametrize("seed", range(6))
def test_few_differing_problems_are_enumerated_exactly(seed):
    rng = np.random.default_rng(seed)
    differences = np.concatenate([rng.integers(-5, 6, 9) / 5, np.zeros(40)])
    sums = [abs(np.dot(signs, differences[:9])) for signs in product((1, -1), repeat=9)]
    expected = np.mean([one >= abs(differences.sum()) - 1e-12 for one in sums])
    assert sign_flip_p(differences) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", [0, 1])
def test_many_differing_problems_agree_with_scipys_permutation_test(seed):
    a, b = two_runs(60, seed, gain=0.02)
    ours = sign_flip_p(a - b, seed=3)
    theirs = stats.permutation_test(
        (a - b,), np.sum, permutation_type="samples", n_resamples=20_000, rng=np.random.default_rng(1)
    ).pvalue
    assert ours == pytest.approx(theirs, abs=0.02)
    assert 0 < ours < 1


def test_the_same_seed_gives_the_same_answer_and_no_difference_is_never_zero():
    a, b = two_runs(164, 5, gain=0.4)
    assert paired_difference(a, b, seed=2) == paired_difference(a, b, seed=2)
    found = paired_difference(a, b)
    assert not found.exact
    assert found.p == pytest.approx(1 / 10_001)
    assert 0 < found.low < found.value < found.high


def test_equal_runs_do_not_differ_and_still_have_an_interval():
    found = paired_difference([0.5] * 164, [0.5] * 164)
    assert (found.value, found.p, found.differing, found.exact) == (0.0, 1.0, 0, True)
    assert -0.03 < found.low < 0 < found.high < 0.03


def test_one_problem_that_differs_is_no_proof():
    a = np.zeros(164)
    a[3] = 1.0
    found = paired_difference(a, np.zeros(164))
    assert (found.p, found.differing) == (1.0, 1)
    assert found.low < 0 < found.value < found.high


def test_problems_that_one_run_lacks_are_left_out():
    found = paired_difference([1.0, np.nan, 0.5, 1.0], [0.0, 1.0, np.nan, 1.0])
    assert (found.problems, found.value) == (2, 0.5)


@pytest.mark.parametrize(
    ("a", "b"), [([], []), ([0.1], [0.1, 0.2]), ([np.nan], [1.0]), ([1.5], [0.0]), ([[0.5]], [[0.5]])]
)
def test_runs_that_cannot_be_compared_are_refused(a, b):
    with pytest.raises(StatisticsError):
        paired_difference(a, b)


@pytest.mark.parametrize(("only_a", "only_b"), [(0, 0), (1, 0), (7, 2), (5, 5), (30, 11), (200, 320)])
def test_mcnemar_is_the_exact_binomial_test(only_a, only_b):
    a = np.array([1] * 4 + [1] * only_a + [0] * only_b + [0] * 3)
    b = np.array([1] * 4 + [0] * only_a + [1] * only_b + [0] * 3)
    found = mcnemar(a, b)
    assert (found.both, found.only_a, found.only_b, found.neither) == (4, only_a, only_b, 3)
    trials = only_a + only_b
    expected = stats.binomtest(only_a, trials).pvalue if trials else 1.0
    assert found.p == pytest.approx(expected, rel=1e-9)
    if trials <= 16:
        assert sign_flip_p(a - b) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("a", "b"), [([0, 2], [1, 1]), ([0.5], [1]), ([], []), ([1, 0], [1]), ([np.nan], [1.0])]
)
def test_mcnemar_refuses_more_than_one_sample_per_problem(a, b):
    with pytest.raises(StatisticsError):
        mcnemar(a, b)


def test_holm_by_its_definition():
    found = holm([0.01, 0.04, 0.03, 0.005])
    # sorted 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1; the last may not fall below the one before
    assert found.tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.6]).tolist() == [1.0, 1.0]
    assert holm([]).size == 0


@pytest.mark.parametrize("p_values", [[1.2], [-0.1], [np.nan], [[0.1]]])
def test_holm_refuses_what_is_no_p_value(p_values):
    with pytest.raises(StatisticsError):
        holm(p_values)


def test_the_mean_of_any_per_problem_values_has_the_same_interval_as_a_proportion():
    found = mean_of(np.array([1.0] * 900 + [0.0] * 2100))
    expected = wilson(900, 3000)
    assert (found.value, found.problems) == (0.3, 3000)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=2e-3)


@pytest.mark.parametrize("values", [[], [1.2], [np.nan], [[0.5]]])
def test_a_mean_that_does_not_exist_is_refused(values):
    with pytest.raises(StatisticsError):
        mean_of(values)
