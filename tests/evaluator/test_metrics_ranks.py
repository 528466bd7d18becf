"""Ranks as intervals, and the difference that a benchmark can tell."""

from __future__ import annotations

import numpy as np
import pytest

from evaluator.errors import StatisticsError
from evaluator.metrics import Standing, estimate, minimum_detectable_difference, rank_intervals

NAN = float("nan")


def test_rows_without_bounds_hold_one_place_and_ties_share_it():
    ranks = rank_intervals([Standing(0.3), Standing(0.5), Standing(0.3), Standing(0.1)])
    assert [str(rank) for rank in ranks] == ["2", "1", "2", "4"]


def test_overlapping_intervals_share_places_and_separate_ones_do_not():
    rows = [
        Standing(0.9, 0.85, 0.95),
        Standing(0.5, 0.4, 0.6),
        Standing(0.55, 0.45, 0.65),
        Standing(0.1, 0.05, 0.2),
    ]
    assert [str(rank) for rank in rank_intervals(rows)] == ["1", "2–3", "2–3", "4"]


def test_a_published_figure_stands_as_a_point_among_intervals():
    ranks = rank_intervals([Standing(0.5, 0.4, 0.6), Standing(0.55), Standing(0.7)])
    assert [str(rank) for rank in ranks] == ["2–3", "2", "1"]


def test_shared_problems_tell_apart_what_intervals_alone_cannot():
    rng = np.random.default_rng(1)
    hardness = rng.beta(0.4, 0.4, 164)
    better, worse = np.clip(hardness + 0.05, 0, 1), np.clip(hardness - 0.05, 0, 1)
    passed = [np.round(20 * better).astype(int), np.round(20 * worse).astype(int)]
    found = [estimate(np.full(164, 20), c, 1) for c in passed]
    rows = [Standing(one.value, one.low, one.high) for one in found]
    assert [str(rank) for rank in rank_intervals(rows)] == ["1–2", "1–2"]
    assert [str(rank) for rank in rank_intervals(rows, np.array(passed) / 20)] == ["1", "2"]


def test_a_run_without_a_rivals_problems_is_compared_on_the_shared_ones():
    first = np.array([1.0] * 40 + [0.0] * 40)
    second = np.array([0.0] * 40 + [NAN] * 40)
    published = np.full(80, NAN)
    rows = [Standing(0.5, 0.39, 0.61), Standing(0.0, 0.0, 0.04), Standing(0.2)]
    ranks = rank_intervals(rows, np.array([first, second, published]))
    assert [str(rank) for rank in ranks] == ["1", "3", "2"]


def test_a_true_rank_lies_in_its_interval_nearly_always_and_clear_gaps_are_seen():
    rng = np.random.default_rng(12)
    skills = np.array([-1.5, -0.4, -0.2, 0.0, 1.5])
    held, rows_seen, first_alone, boards = 0, 0, 0, 150
    for _ in range(boards):
        hardness = rng.normal(0, 2, (1, 164))
        own = rng.normal(0, 0.7, (5, 164))
        passed = rng.binomial(20, 1 / (1 + np.exp(hardness + own - skills[:, None]))) / 20
        ranks = rank_intervals([Standing(float(row.mean())) for row in passed], passed)
        held += sum(rank.low <= true <= rank.high for rank, true in zip(ranks, (5, 4, 3, 2, 1), strict=True))
        rows_seen += 5
        first_alone += str(ranks[4]) == "1"
    assert held / rows_seen >= 0.95
    assert first_alone / boards >= 0.9


def test_equal_runs_are_not_told_apart():
    same = np.tile(np.random.default_rng(0).random(164), (3, 1))
    rows = [Standing(float(row.mean())) for row in same]
    assert [str(rank) for rank in rank_intervals(rows, same)] == ["1–3"] * 3


def test_no_rows_have_no_ranks():
    assert rank_intervals([]) == []


@pytest.mark.parametrize(
    ("rows", "matrix"),
    [
        ([Standing(0.5, 0.6, 0.7)], None),
        ([Standing(0.5, 0.4, None)], None),
        ([Standing(NAN)], None),
        ([Standing(0.5)], np.zeros((2, 3))),
        ([Standing(0.5)], np.zeros(3)),
    ],
)
def test_rows_that_make_no_sense_are_refused(rows, matrix):
    with pytest.raises(StatisticsError):
        rank_intervals(rows, matrix)


def test_humaneval_with_one_sample_tells_about_ten_points():
    assert minimum_detectable_difference(164, 1) == pytest.approx(0.109, abs=0.001)
    assert minimum_detectable_difference(164, 20) == pytest.approx(0.054, abs=0.001)


def test_the_promised_power_is_reached_in_a_simulation():
    problems, n = 164, 1
    gap = minimum_detectable_difference(problems, n)
    rng = np.random.default_rng(21)
    boards = 2000
    # Problems are easy or hard with a variance of 0.6 of 0.25 (the rest is the chance of the draw), and
    # the two models agree on 11 of 12: a correlation of 5/6, so 0.5 of the variance is shared, 0.1 own.
    first = np.where(rng.random((boards, problems)) < 0.5, 1.0, -1.0) * np.sqrt(0.6 * 0.25)
    second = np.where(rng.random((boards, problems)) < 1 / 12, -first, first)
    rates = [0.5 + first + gap / 2, 0.5 + second - gap / 2]
    draws = [rng.binomial(n, rate) / n for rate in rates]
    difference = draws[0] - draws[1]
    z = difference.mean(axis=1) / (difference.std(axis=1, ddof=1) / np.sqrt(problems))
    assert (z > 1.96).mean() == pytest.approx(0.8, abs=0.04)


@pytest.mark.parametrize(
    ("problems", "n", "options"),
    [(0, 1, {}), (164, 0, {}), (164, 1, {"p": 0.0}), (164, 1, {"power": 1.0}), (164, 1, {"level": 1.5})],
)
def test_a_resolution_outside_its_bounds_is_refused(problems, n, options):
    with pytest.raises(StatisticsError):
        minimum_detectable_difference(problems, n, **options)
