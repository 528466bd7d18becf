"""The factor by which pass rates fall per step."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from evaluator.errors import StatisticsError
from evaluator.metrics.decay import decay

STEPS = np.repeat(np.arange(1.0, 11.0), 13)


def drawn(factor: float, seed: int, n: int = 10) -> np.ndarray:
    """Rates of problems of different difficulty whose mean falls by this factor per step."""
    rng = np.random.default_rng(seed)
    mean = 0.9 * factor ** -(STEPS - 1)
    rates = rng.beta(4 * mean, 4 * (1 - mean))
    return rng.binomial(n, rates) / n


def test_exact_rates_give_the_exact_factor() -> None:
    rates = 0.8 * 2.5 ** -(STEPS - 1)
    found = decay(STEPS, rates)
    assert found.factor == pytest.approx(2.5, rel=1e-4)
    assert found.values[0] == pytest.approx(0.8, rel=1e-3)
    assert found.low <= found.factor <= found.high


def test_the_fit_is_the_maximum_of_the_poisson_pseudo_likelihood() -> None:
    rates = drawn(1.6, seed=1)

    def cost(line: np.ndarray) -> float:
        logs = line[0] + line[1] * STEPS
        return float((np.exp(logs) - rates * logs).sum())

    best = optimize.minimize(cost, [0.0, -0.1], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12})
    assert decay(STEPS, rates).factor == pytest.approx(np.exp(-best.x[1]), rel=1e-4)


def test_intervals_cover_the_true_factor() -> None:
    covered = 0
    for seed in range(200):
        found = decay(STEPS, drawn(1.5, seed), resamples=200, seed=seed)
        covered += found.low <= 1.5 <= found.high
    assert 0.91 <= covered / 200 <= 0.99


def test_rising_rates_have_a_factor_below_one() -> None:
    assert decay(STEPS, STEPS / 10).factor < 1


def test_rates_that_end_at_once_give_a_finite_interval() -> None:
    found = decay(STEPS, STEPS == 1)
    assert found.factor > 3
    assert np.isfinite([found.low, found.factor, found.high, *found.highs]).all()


def test_the_same_seed_gives_the_same_interval() -> None:
    rates = drawn(2.0, seed=5)
    assert decay(STEPS, rates, seed=3) == decay(STEPS, rates, seed=3)


@pytest.mark.parametrize(
    ("steps", "rates"),
    [
        (range(5), [0.5] * 5),
        ([1] * 20, [0.5] * 20),
        (range(20), [0.0] * 20),
        (range(20), [1.1] * 20),
        (range(20), [0.5] * 19),
        ([np.nan] * 20, [0.5] * 20),
    ],
)
def test_what_cannot_decay_is_refused(steps: list[float], rates: list[float]) -> None:
    with pytest.raises(StatisticsError):
        decay(list(steps), rates)
