"""What a nominal 95 % interval covers, in 2,000 simulated boards each."""

from __future__ import annotations

import numpy as np
import pytest

from evaluator.metrics import pass_at_k
from evaluator.metrics.bootstrap import mean_bounds
from evaluator.metrics.paired import difference_bounds

BOARDS, PROBLEMS = 2000, 164
A, B = 0.3, 0.9  # latent pass rates from Beta(A, B): some problems hard, some easy, mean 0.25


def latent_rates(seed: int):
    return np.random.default_rng(seed).beta(A, B, (BOARDS, PROBLEMS))


def true_pass_at(k: int) -> float:
    """1 - E[(1 - p)^k] of Beta(A, B)."""
    return 1.0 - float(np.prod([(B + i) / (A + B + i) for i in range(k)]))


@pytest.mark.parametrize(("n", "k"), [(1, 1), (5, 1), (20, 1), (20, 10), (100, 100)])
def test_intervals_of_pass_at_k_cover_the_truth(n, k):
    c = np.random.default_rng(n).binomial(n, latent_rates(1))
    values = pass_at_k(np.full(c.shape, n), c, k)
    bounds = mean_bounds(values.T, resamples=1000)
    covered = ((bounds.low <= true_pass_at(k)) & (true_pass_at(k) <= bounds.high)).mean()
    assert 0.93 <= covered <= 0.97


def test_the_truth_that_coverage_is_measured_against():
    rates = np.random.default_rng(0).beta(A, B, 2_000_000)
    assert (1 - (1 - rates) ** 10).mean() == pytest.approx(true_pass_at(10), abs=1e-3)
    assert true_pass_at(1) == pytest.approx(0.25)


@pytest.mark.parametrize(("n", "k"), [(1, 1), (20, 1), (20, 10)])
def test_intervals_of_paired_differences_cover_the_truth(n, k):
    rng = np.random.default_rng(n + k)
    rates = latent_rates(2)
    others = 1 / (1 + (1 / rates - 1) * np.exp(-0.3 - rng.normal(0, 0.7, rates.shape)))
    a, b = (pass_at_k(np.full(p.shape, n), rng.binomial(n, p), k) for p in (rates, others))
    truth = ((1 - rates) ** k).mean() - ((1 - others) ** k).mean()
    bounds = difference_bounds((b - a).T, resamples=1000)
    covered = ((bounds.low <= truth) & (truth <= bounds.high)).mean()
    assert 0.93 <= covered <= 0.97
