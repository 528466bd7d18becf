"""The best temperature for each k, without flattering the winner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evaluator.errors import StatisticsError
from evaluator.metrics.bootstrap import RESAMPLES, mean_bounds, resampled_means
from evaluator.metrics.counts import FloatArray, IntArray, checked_counts
from evaluator.metrics.pass_at_k import pass_at_k

SPLITS = 200  # halvings of the problems over which the honest figure is averaged
LEAST_PROBLEMS = 10  # half of fewer chooses by luck


@dataclass(frozen=True, slots=True)
class BestSetting:
    """Which of several runs of a model has the highest pass@k, and how sure that is.

    run: place of the winner. naive: its mean pass@k, which flatters it, as it was chosen for being high.
    value, low, high: what choosing is worth on problems that had no say in the choice. wins: share of
    resamples that each run wins, 0 for runs with fewer than k samples; they sum to 1.
    """

    k: int
    run: int
    naive: float
    value: float
    low: float
    high: float
    wins: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Mean pass@k and bounds per run and k, each of shape (runs, ks); NaN where a run has n < k."""

    ks: tuple[int, ...]
    values: FloatArray
    lows: FloatArray
    highs: FloatArray


def setting_grid(n: ArrayLike, c: ArrayLike, ks: Sequence[int], *, seed: int = 0) -> Grid:
    """Mean pass@k of several runs at several k, each with its 95 % interval (`mean_bounds`).

    n, c: samples drawn and passed, integers, shape (runs, problems), the same problems for all, n >= 1.
    ks: each >= 1. StatisticsError otherwise.
    """
    drawn, passed = _checked(n, c)
    shape = (len(drawn), len(ks))
    values, lows, highs = np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan)
    for column, k in enumerate(ks):
        able = _able(drawn, k)
        if not able.size:
            continue
        per_problem = pass_at_k(drawn[able], passed[able], k)
        bounds = mean_bounds(per_problem.T, seed=seed)
        values[able, column] = per_problem.mean(axis=1)
        lows[able, column], highs[able, column] = bounds.low, bounds.high
    return Grid(tuple(ks), values, lows, highs)


def best_setting(
    n: ArrayLike, c: ArrayLike, k: int, *, resamples: int = RESAMPLES, seed: int = 0
) -> BestSetting:
    """The run of highest mean pass@k, such as the best temperature of a model, as Codex' paper reports it.

    n, c: samples drawn and passed, integers, shape (runs, problems), at least 10 problems, the same for
    all runs; k: at most n of some run (runs with fewer samples take no part). Seeded. StatisticsError
    otherwise.

    The honest value is split-half: on a random half of the problems the best run is chosen, on the other
    half its pass@k is read; the mean over 200 halvings and both ways round. Its interval is that of the
    winner's own mean, moved down by as much as the winner was flattered. wins: the Bayesian bootstrap
    over problems, all runs on the same resample.
    Source: Chen et al. 2021, section 3.3 (best temperature per k); splitting against the winner's curse,
    e.g. Varma, Simon 2006, "Bias in Error Estimation When Using Cross-Validation for Model Selection".
    """
    drawn, passed = _checked(n, c)
    problems = drawn.shape[1]
    if problems < LEAST_PROBLEMS:
        raise StatisticsError(f"{problems} problems: choosing on a half needs {LEAST_PROBLEMS} or more.")
    able = _able(drawn, k)
    if not able.size:
        raise StatisticsError(f"No run has the {k} samples of every problem that pass@{k} needs.")
    per_problem = pass_at_k(drawn[able], passed[able], k)
    means = per_problem.mean(axis=1)
    winner = int(means.argmax())
    naive = float(means[winner])
    value = min(naive, _split_half(per_problem, np.random.default_rng(seed)))
    bounds = mean_bounds(per_problem[winner][:, None], resamples=resamples, seed=seed)
    flattery = naive - value
    wins = np.zeros(len(drawn))
    first = resampled_means(per_problem.T, resamples, seed).argmax(axis=1)
    wins[able] = np.bincount(first, minlength=able.size) / resamples
    return BestSetting(
        k=k,
        run=int(able[winner]),
        naive=naive,
        value=value,
        low=max(0.0, float(bounds.low[0]) - flattery),
        high=float(bounds.high[0]) - flattery,
        wins=tuple(wins.tolist()),
    )


def _split_half(per_problem: FloatArray, generator: np.random.Generator) -> float:
    """Mean pass@k on one half of the problems of the run that is best on the other half."""
    problems = per_problem.shape[1]
    orders = generator.permuted(np.tile(np.arange(problems), (SPLITS, 1)), axis=1)
    chosen = np.zeros((SPLITS, problems))
    np.put_along_axis(chosen, orders[:, : problems // 2], 1.0, axis=1)
    one, other = _half_means(per_problem, chosen), _half_means(per_problem, 1.0 - chosen)
    splits = np.arange(SPLITS)
    both = other[one.argmax(axis=0), splits].mean() + one[other.argmax(axis=0), splits].mean()
    return float(both) / 2.0


def _half_means(per_problem: FloatArray, chosen: FloatArray) -> FloatArray:
    return np.asarray(per_problem @ chosen.T / chosen.sum(axis=1), dtype=np.float64)


def _able(drawn: IntArray, k: int) -> IntArray:
    return np.flatnonzero(drawn.min(axis=1) >= k)


def _checked(n: ArrayLike, c: ArrayLike) -> tuple[IntArray, IntArray]:
    drawn, passed = checked_counts(n, c)
    if drawn.ndim != 2:
        raise StatisticsError(f"Counts of shape {drawn.shape}: runs and problems are needed.")
    return drawn, passed
