"""A benchmark's problems, judged by the runs on them: how hard, how telling, how odd."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluator.errors import StatisticsError
from evaluator.metrics.bootstrap import drawn_weights
from evaluator.metrics.counts import FloatArray, IntArray

LEAST_RUNS = 3  # a correlation over fewer is always 1, -1 or nothing
LEAST_RUNS_FOR_BOUNDS = 4  # Fisher's z has the variance 1 / (runs - 3)
RESAMPLES = 500
SHUFFLES = 2000
Z_95 = 1.959964


@dataclass(frozen=True, slots=True)
class Items:
    """Per problem, each of shape (problems,). NaN where a value does not exist.

    runs: how many have the problem. difficulty: 1 - the mean of their pass rates, in [0, 1], with the
    interval over models like these. discrimination: in [-1, 1], NaN with under 3 runs and where all runs
    fare alike; its bounds need 4 runs.
    """

    runs: IntArray
    difficulty: FloatArray
    difficulty_low: FloatArray
    difficulty_high: FloatArray
    discrimination: FloatArray
    discrimination_low: FloatArray
    discrimination_high: FloatArray


@dataclass(frozen=True, slots=True)
class Suspect:
    """A problem on which the stronger half of the runs fares worse than the weaker half.

    problem: its column. Rates in [0, 1]. p: one-sided, the chance of so negative a discrimination if
    strength did not matter; with many problems some have a small p by luck, so it is a hint to look.
    """

    problem: int
    strong_rate: float
    weak_rate: float
    discrimination: float
    p: float


def item_statistics(rates: ArrayLike, *, resamples: int = RESAMPLES, seed: int = 0) -> Items:
    """Difficulty and discrimination of each problem.

    rates: pass rates in [0, 1], shape (runs, problems), NaN where a run lacks a problem; every problem
    with at least one run. StatisticsError otherwise.
    Difficulty's interval is the Bayesian bootstrap over runs, with half a run that always fails and half
    a run that always passes. Discrimination is the corrected item-total correlation: over the runs, of
    their rate on the problem with their mean rate on all others (the point-biserial one where rates are
    0 or 1). Its bounds are Fisher's z at 95 %.
    Source: Lord, Novick 1968, "Statistical Theories of Mental Test Scores", section 15.5.
    """
    matrix = _checked(rates)
    present = ~np.isnan(matrix)
    filled = np.nan_to_num(matrix)
    runs = present.sum(axis=0)
    if runs.min() < 1:
        raise StatisticsError("A problem has no run: leave it out.")
    weights = drawn_weights(np.random.default_rng(seed), resamples, len(matrix))
    own = weights[:, :-2]
    solved = (own @ filled + weights[:, -1:]) / (own @ present + weights[:, -2:].sum(axis=1, keepdims=True))
    difficulty = 1.0 - filled.sum(axis=0) / runs
    lows, highs = np.quantile(1.0 - solved, (0.025, 0.975), axis=0)
    correlation = _rest_correlation(matrix)
    spread = Z_95 / np.sqrt(np.maximum(runs - 3, 1))
    z = np.arctanh(np.clip(correlation, -0.999999, 0.999999))
    bounded = runs >= LEAST_RUNS_FOR_BOUNDS
    return Items(
        runs=runs,
        difficulty=difficulty,
        difficulty_low=np.minimum(lows, difficulty),
        difficulty_high=np.maximum(highs, difficulty),
        discrimination=correlation,
        discrimination_low=np.where(bounded, np.tanh(z - spread), np.nan),
        discrimination_high=np.where(bounded, np.tanh(z + spread), np.nan),
    )


def suspects(rates: ArrayLike, *, seed: int = 0) -> list[Suspect]:
    """Problems that strong runs fail while weak ones pass, the most negative discrimination first.

    rates: as `item_statistics`. Fewer than 3 runs: none. p is a permutation test's: the strengths are
    shuffled 2,000 times over the runs that have the problem, (1 + hits) / (1 + shuffles).
    """
    matrix = _checked(rates)
    correlation = _rest_correlation(matrix)
    generator = np.random.default_rng(seed)
    found = []
    for problem in np.flatnonzero(correlation < 0.0):
        here, rest = _with_rest(matrix, int(problem))
        order = np.argsort(rest, kind="stable")
        half = here.size // 2
        weak, strong = float(here[order[:half]].mean()), float(here[order[-half:]].mean())
        if strong >= weak:
            continue
        shuffled = generator.permuted(np.tile(rest - rest.mean(), (SHUFFLES, 1)), axis=1) @ here
        hits = int((shuffled <= (rest - rest.mean()) @ here + 1e-12).sum())
        p = (1 + hits) / (1 + SHUFFLES)
        found.append(Suspect(int(problem), strong, weak, float(correlation[problem]), p))
    return sorted(found, key=lambda one: one.discrimination)


def _rest_correlation(matrix: FloatArray) -> FloatArray:
    """Correlation over the runs of each problem's rate with the mean rate on the run's other problems."""
    present = ~np.isnan(matrix)
    filled = np.nan_to_num(matrix)
    others = present.sum(axis=1, keepdims=True) - 1
    rest = (filled.sum(axis=1, keepdims=True) - filled) / np.maximum(others, 1)
    used = present & (others > 0)
    count = used.sum(axis=0)
    x = np.where(used, matrix - _means(filled, used), 0.0)
    y = np.where(used, rest - _means(rest, used), 0.0)
    squares = (x**2).sum(axis=0) * (y**2).sum(axis=0)
    known = (count >= LEAST_RUNS) & (squares > 1e-18)
    value = (x * y).sum(axis=0) / np.sqrt(np.where(known, squares, 1.0))
    return np.where(known, np.clip(value, -1.0, 1.0), np.nan)


def _means(values: FloatArray, used: NDArray[np.bool_]) -> FloatArray:
    total = np.where(used, values, 0.0).sum(axis=0)
    return np.asarray(total / np.maximum(used.sum(axis=0), 1), dtype=np.float64)


def _with_rest(matrix: FloatArray, problem: int) -> tuple[FloatArray, FloatArray]:
    """(rates on the problem, mean rates on all others) of the runs that have both."""
    rest = np.delete(matrix, problem, axis=1)
    runs = ~np.isnan(matrix[:, problem]) & ~np.isnan(rest).all(axis=1)
    return matrix[runs, problem], np.nanmean(rest[runs], axis=1)


def _checked(rates: ArrayLike) -> FloatArray:
    matrix = np.asarray(rates, dtype=np.float64)
    if matrix.ndim != 2 or matrix.size == 0:
        raise StatisticsError(f"Rates of shape {matrix.shape}: runs and problems are needed.")
    known = matrix[~np.isnan(matrix)]
    if known.size == 0 or known.min() < 0.0 or known.max() > 1.0:
        raise StatisticsError("Pass rates must lie in [0, 1], or be NaN where a run lacks a problem.")
    return matrix
