"""The scaling fit: against scipy's optimum, and what its band covers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, special

from evaluator.errors import StatisticsError
from evaluator.metrics import scaling
from evaluator.metrics.logistic import lines

SIZES = np.array([12e6, 25e6, 42e6, 85e6, 300e6, 679e6, 2.5e9, 12e9])
CODEX = np.array([2.00, 3.21, 5.06, 8.22, 13.17, 16.22, 21.36, 28.81]) / 100  # Chen et al. 2021, table 1


def test_the_fit_is_the_maximum_of_the_quasi_likelihood():
    x = np.log10(SIZES)

    def misfit(line):
        fitted = special.expit(line[0] + line[1] * (x - x.mean()))
        return -(special.xlogy(CODEX, fitted) + special.xlog1py(1 - CODEX, -fitted)).sum()

    best = optimize.minimize(
        misfit, [0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-14}
    )
    found = scaling(SIZES, CODEX)
    assert found.slope == pytest.approx(best.x[1], rel=5e-3)
    expected = special.expit(best.x[0] + best.x[1] * (x[[0, -1]] - x.mean()))
    assert (found.values[0], found.values[-1]) == pytest.approx(tuple(expected), rel=5e-3)


def test_the_codex_models_lie_close_to_a_sigmoid():
    found = scaling(SIZES, CODEX)
    fitted = np.interp(np.log10(SIZES), np.log10(found.parameters), found.values)
    assert np.abs(fitted - CODEX).max() < 0.035
    assert (found.models, found.sizes) == (8, 8)
    assert 0.6 < found.low < found.slope < found.high < 1.2
    assert found.parameters[0] == pytest.approx(12e6)
    assert found.parameters[-1] == pytest.approx(12e9)
    for low, value, high in zip(found.lows, found.values, found.highs, strict=True):
        assert 0 < low <= value <= high < 1


def test_the_band_covers_the_true_line():
    truth = special.expit(-1.0 + 0.8 * (np.log10(SIZES) - 8.5))
    rng = np.random.default_rng(2)
    covered = slopes = 0
    for board in range(200):
        seen = np.clip(truth + rng.normal(0, 0.25, truth.size) * truth * (1 - truth), 0, 1)
        found = scaling(SIZES, seen, resamples=200, seed=board)
        covered += found.lows[20] <= special.expit(-1.0 + 0.8 * (np.log10(found.parameters[20]) - 8.5))
        covered += found.highs[20] >= special.expit(-1.0 + 0.8 * (np.log10(found.parameters[20]) - 8.5))
        slopes += found.low <= 0.8 <= found.high
    assert covered / 200 - 1 >= 0.90
    assert 0.90 <= slopes / 200 <= 0.99


def test_few_models_give_a_wide_band():
    few, many = scaling(SIZES[::3], CODEX[::3] * [0.8, 1.2, 1.0]), scaling(SIZES, CODEX)
    assert few.high - few.low > 3 * (many.high - many.low)


def test_models_that_all_fail_or_are_split_by_size_still_have_a_finite_line():
    assert all(np.isfinite(scaling([1e6, 1e7, 1e8], [0.0, 0.0, 0.0]).values))
    split = scaling([1e6, 1e7, 1e8, 1e9], [0.0, 0.0, 1.0, 1.0])
    assert np.isfinite([split.slope, split.low, split.high]).all()


def test_weighted_lines_are_lines_through_repeated_points():
    x, y = np.array([1.0, 2.0, 4.0]), np.array([0.2, 0.5, 0.6])
    weighted = lines(x, y, np.array([1.0, 2.0, 1.0]))
    repeated = lines(np.array([1.0, 2.0, 2.0, 4.0]), np.array([0.2, 0.5, 0.5, 0.6]), np.ones(1))
    assert weighted.at(x) == pytest.approx(repeated.at(x), rel=1e-3)


@pytest.mark.parametrize(
    ("parameters", "values"),
    [([1e9, 2e9], [0.1, 0.2]), ([1e9, 1e9, 2e9], [0.1, 0.2, 0.3]), ([0, 1e9, 2e9], [0.1, 0.2, 0.3]),
     ([1e8, 1e9, 2e9], [0.1, 0.2, 1.3]), ([1e8, 1e9, 2e9], [0.1, 0.2]), ([1e8, np.nan, 2e9], [0.1] * 3)],
)  # fmt: skip
def test_scaling_without_three_sizes_is_refused(parameters, values):
    with pytest.raises(StatisticsError):
        scaling(parameters, values)
