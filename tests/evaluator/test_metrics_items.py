"""Problems judged by runs: difficulty, discrimination, suspects, surprise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from evaluator.errors import StatisticsError
from evaluator.metrics import item_statistics, surprises, suspects


def simulated(runs: int, problems: int, n: int, seed: int = 0, own: float = 0.5):
    rng = np.random.default_rng(seed)
    strength, ease = rng.normal(0, 1, (runs, 1)), rng.normal(0, 1.5, (1, problems))
    rates = 1 / (1 + np.exp(-(strength + ease + rng.normal(0, own, (runs, problems)))))
    return np.full((runs, problems), n), rng.binomial(n, rates)


def test_discrimination_is_the_correlation_with_the_rest_of_the_problems():
    n, c = simulated(12, 30, 5)
    rates = c / n
    found = item_statistics(rates)
    for problem in range(30):
        rest = np.delete(rates, problem, axis=1).mean(axis=1)
        expected = stats.pearsonr(rates[:, problem], rest)
        assert found.discrimination[problem] == pytest.approx(expected.statistic, abs=1e-9)
        bounds = expected.confidence_interval(0.95)
        assert found.discrimination_low[problem] == pytest.approx(bounds.low, abs=1e-6)
        assert found.discrimination_high[problem] == pytest.approx(bounds.high, abs=1e-6)


def test_runs_that_lack_a_problem_do_not_count_for_it():
    n, c = simulated(9, 12, 4, seed=1)
    rates = c / n
    rates[[0, 4], 3] = np.nan
    found = item_statistics(rates)
    kept = np.delete(rates, [0, 4], axis=0)
    rest = np.delete(kept, 3, axis=1).mean(axis=1)
    assert found.runs[3] == 7
    assert found.difficulty[3] == pytest.approx(1 - kept[:, 3].mean())
    assert found.discrimination[3] == pytest.approx(np.corrcoef(kept[:, 3], rest)[0, 1])


def test_difficulty_has_the_jeffreys_interval_over_runs():
    found = item_statistics([[1.0, 0.0]] * 3 + [[0.0, 0.0]] * 7, resamples=20_000)
    assert found.difficulty.tolist() == pytest.approx([0.7, 1.0])
    low, high = stats.beta(7.5, 3.5).ppf([0.025, 0.975])
    assert (found.difficulty_low[0], found.difficulty_high[0]) == pytest.approx((low, high), abs=0.01)
    assert 0.7 < found.difficulty_low[1] < found.difficulty_high[1] == 1.0


def test_what_does_not_exist_is_nan():
    two = item_statistics([[1.0, 0.0, 0.5], [0.0, 0.0, 0.5]])
    assert np.isnan(two.discrimination).all()
    alike = item_statistics([[0.5, 0.1], [0.5, 0.4], [0.5, 0.9]])
    assert np.isnan(alike.discrimination[0])
    assert np.isnan(alike.discrimination_low).all()


def test_a_problem_that_strong_runs_fail_and_weak_ones_pass_is_the_first_suspect():
    n, c = simulated(20, 40, 10, own=0.1)
    rates = c / n
    strength = np.argsort(rates.mean(axis=1))
    rates[strength[10:], 7] = 0.1
    rates[strength[:10], 7] = 0.9
    found = suspects(rates)
    assert found[0].problem == 7
    assert found[0].p < 0.002
    assert (found[0].strong_rate, found[0].weak_rate) == pytest.approx((0.1, 0.9))
    assert found[0].discrimination < -0.5
    assert len(found) < 5
    assert suspects(rates[:2]) == []


def test_the_permutation_p_of_unsuspicious_problems_is_not_small_too_often():
    rng = np.random.default_rng(5)
    rates = (rng.random((12, 400)) < 0.5).astype(float)
    assert np.mean([one.p < 0.05 for one in suspects(rates)]) < 0.16  # about 5 % of 400, half are negative


@pytest.mark.parametrize("rates", [[], [0.5], [[1.5]], [[np.nan, np.nan]], [[0.5, np.nan], [0.5, np.nan]]])
def test_item_statistics_of_nothing_are_refused(rates):
    with pytest.raises(StatisticsError):
        item_statistics(rates)


@pytest.mark.parametrize("n", [1, 4, 50])
def test_residuals_have_a_standard_deviation_of_one(n):
    found = surprises(*simulated(25, 164, n))
    assert np.sqrt((found.residual**2).mean()) == pytest.approx(1.0, abs=0.08)
    assert abs(found.residual.mean()) < 0.1
    assert (np.abs(found.residual) > 3).mean() < 0.02


def test_an_odd_failure_is_the_most_surprising_and_its_sign_is_negative():
    n, c = simulated(15, 60, 20, own=0.1)
    run, problem = int(c.mean(axis=1).argmax()), int(c.mean(axis=0).argmax())
    c[run, problem] = 0
    found = surprises(n, c)
    assert found.residual[run].argmin() == problem
    assert found.residual[run, problem] < -3
    assert found.expected[run, problem] > 0.9


def test_few_runs_are_not_believed_to_the_end():
    found = surprises([[1, 1], [1, 1]], [[1, 0], [1, 0]])
    assert ((found.expected > 0.01) & (found.expected < 0.99)).all()
    assert np.isfinite(found.residual).all()
    extremes = surprises([[5, 5], [5, 5]], [[0, 0], [0, 0]])
    assert np.isfinite(extremes.residual).all()


def test_a_run_that_lacks_a_problem_has_no_surprise_there_and_changes_none_of_the_others_ease():
    n, c = simulated(6, 10, 5)
    n[2, 4] = c[2, 4] = 0
    found = surprises(n, c)
    assert np.isnan(found.residual[2, 4])
    assert np.isnan(found.expected[2, 4])
    assert np.isfinite(np.delete(found.residual.ravel(), 24)).all()


def test_a_run_that_lacks_a_problem_may_pass_all_others():
    found = surprises([[7, 2, 2], [3, 0, 2]], [[1, 2, 0], [1, 0, 2]])
    assert np.isnan(found.expected[1, 1])
    known = np.delete(found.expected.ravel(), 4)
    assert ((known > 0) & (known < 1)).all()


@pytest.mark.parametrize(
    ("n", "c"),
    [([[5, 5]], [[1, 2]]), ([[5], [5]], [[1], [2]]), ([[5, 5], [0, 0]], [[1, 2], [0, 0]]),
     ([[5, 5], [5, 5]], [[6, 2], [1, 1]]), ([[5, 0], [5, 5]], [[1, 2], [1, 1]])],
)  # fmt: skip
def test_surprises_without_a_ground_are_refused(n, c):
    with pytest.raises(StatisticsError):
        surprises(n, c)
