"""Reranking: against every subset of small cases, and scipy."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from scipy import stats

from evaluator.errors import StatisticsError
from evaluator.metrics import (
    auc,
    auc_within,
    best_of,
    calibration,
    oracle,
    pass_at_k,
    random_pick,
    ranked,
    reranked,
)


def some_samples(seed: int, problems: int = 5, most: int = 7, levels: int = 4):
    """Few distinct scores, so that ties are common; problems in a mixed order."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(3, most + 1, problems)
    problem = rng.permutation(np.repeat(np.arange(10, 10 + problems), counts))
    score = rng.integers(0, levels, problem.size) / 3
    return problem, score, rng.random(problem.size) < 0.2 + 0.4 * score


def by_enumeration(problem, score, passed, m: int):
    values = []
    for one in np.unique(problem):
        scores, outcomes = score[problem == one], passed[problem == one]
        picks = [list(pick) for pick in combinations(range(scores.size), m)]
        values.append(np.mean([outcomes[p][scores[p] == scores[p].max()].mean() for p in picks]))
    return values


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("m", [1, 2, 3])
def test_best_of_m_is_the_mean_over_every_pick_of_m_samples(seed, m):
    problem, score, passed = some_samples(seed)
    found = best_of(ranked(problem, score, passed), m)
    assert found == pytest.approx(by_enumeration(problem, score, passed, m), abs=1e-12)


def test_between_a_random_pick_and_the_whole_reranked():
    problem, score, passed = some_samples(3, problems=40, most=3)  # three samples each
    samples = ranked(problem, score, passed)
    n, c = np.full(40, 3), np.array([passed[problem == one].sum() for one in samples.problems])
    assert best_of(samples, 1) == pytest.approx(random_pick(samples), abs=1e-12)
    assert best_of(samples, 3) == pytest.approx(reranked(samples), abs=1e-12)
    assert random_pick(samples) == pytest.approx(pass_at_k(n, c, 1), abs=1e-12)
    assert oracle(samples) == pytest.approx(pass_at_k(n, c, 3), abs=1e-12)
    assert random_pick(samples).mean() < reranked(samples).mean() < oracle(samples).mean()


def test_ties_at_the_top_count_as_their_mean():
    samples = ranked([1, 1, 1, 2, 2], [0.5, 0.9, 0.9, -1.0, -2.0], [True, True, False, False, True])
    assert reranked(samples).tolist() == [0.5, 0.0]
    assert samples.problems.tolist() == [1, 2]


@pytest.mark.parametrize("seed", range(4))
def test_auc_is_mann_whitneys(seed):
    _, score, passed = some_samples(seed, problems=20)
    expected = stats.mannwhitneyu(score[passed], score[~passed]).statistic / (passed.sum() * (~passed).sum())
    assert auc(score, passed) == pytest.approx(expected, abs=1e-12)


def test_auc_within_compares_samples_of_one_problem_only():
    problem, score, passed = some_samples(1, problems=12)
    wins = pairs = 0.0
    for one in np.unique(problem):
        good, bad = score[(problem == one) & passed], score[(problem == one) & ~passed]
        wins += (good[:, None] > bad).sum() + (good[:, None] == bad).sum() / 2
        pairs += good.size * bad.size
    assert auc_within(ranked(problem, score, passed)) == pytest.approx(wins / pairs, abs=1e-12)
    # A score that knows the problem and nothing else tells no sample from its neighbour.
    by_problem = [0.0, 0.0, 1.0, 1.0], [False, True, True, True]
    assert auc_within(ranked([0, 0, 1, 1], *by_problem)) == 0.5
    assert auc(*by_problem) > 0.8


def test_calibration_bins_hold_equal_counts_and_every_sample_once():
    rng = np.random.default_rng(0)
    score = rng.random(1003)
    passed = rng.random(1003) < score
    bins = calibration(score, passed)
    assert {one.samples for one in bins} == {100, 101}
    assert sum(one.samples for one in bins) == 1003
    assert sum(one.passed for one in bins) == passed.sum()
    for one, following in pairwise(bins):
        assert one.low <= one.mean <= one.high < following.low
        assert one.interval.low <= one.rate <= one.interval.high


def test_a_calibrated_score_lies_within_its_bins_intervals():
    rng = np.random.default_rng(1)
    score = rng.random(20_000)
    bins = calibration(score, rng.random(20_000) < score, bins=200)
    inside = np.mean([one.interval.low <= one.mean <= one.interval.high for one in bins])
    assert 0.91 <= inside <= 0.99


def test_equal_scores_share_a_bin():
    bins = calibration([1.0] * 90 + [2.0] * 10, [True] * 45 + [False] * 45 + [True] * 10)
    assert [(one.low, one.high, one.samples, one.rate) for one in bins] == [(1, 1, 90, 0.5), (2, 2, 10, 1.0)]


@pytest.mark.parametrize(
    ("problem", "score", "passed"),
    [
        ([], [], []),
        ([1], [np.nan], [True]),
        ([1], [np.inf], [True]),
        ([1, 1], [0.5], [True]),
        ([1], [0.5, 0.6], [True, False]),
        ([1], [0.5], [2]),
        ([1], [0.5], [0.5]),
    ],
)
def test_samples_that_cannot_be_ranked_are_refused(problem, score, passed):
    with pytest.raises(StatisticsError):
        ranked(problem, score, passed)


def test_figures_of_rankers_that_do_not_exist_are_refused():
    samples = ranked([1, 1, 2], [0.1, 0.2, 0.3], [True, True, False])
    with pytest.raises(StatisticsError, match="pass@2 does not exist"):
        best_of(samples, 2)
    with pytest.raises(StatisticsError, match="nothing to tell apart"):
        auc_within(samples)
    with pytest.raises(StatisticsError, match="bins"):
        calibration([0.1], [True], bins=0)
