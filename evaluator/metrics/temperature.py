"""The best temperature for each k, without flattering the winner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

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
    values, lows, highs = (np.full((len(drawn), len(ks)), np.nan) for _ in range(3))
    able = [_able(drawn, k) for k in ks]
    if any(runs.size for runs in able):
        columns = [
            pass_at_k(drawn[runs], passed[runs], k) for runs, k in zip(able, ks, strict=True) if runs.size
        ]
        per_problem = np.vstack(columns)
        bounds = mean_bounds(per_problem.T, seed=seed)
        rows = np.concatenate(able)
        place = np.repeat(np.arange(len(ks)), [runs.size for runs in able])
        values[rows, place] = per_problem.mean(axis=1)
        lows[rows, place], highs[rows, place] = bounds.low, bounds.high
    return Grid(tuple(ks), values, lows, highs)


def best_setting(
    n: ArrayLike, c: ArrayLike, k: int, *, resamples: int = RESAMPLES, seed: int = 0
) -> BestSetting:
    """`best_settings` for one k. StatisticsError, too, where no run has k samples of every problem."""
    found = best_settings(n, c, (k,), resamples=resamples, seed=seed)
    if not found:
        raise StatisticsError(f"No run has the {k} samples of every problem that pass@{k} needs.")
    return found[0]


def best_settings(
    n: ArrayLike, c: ArrayLike, ks: Sequence[int], *, resamples: int = RESAMPLES, seed: int = 0
) -> list[BestSetting]:
    """The run of highest mean pass@k for each k, such as the best temperature of a model.

    n, c: samples drawn and passed, integers, shape (runs, problems), at least 10 problems, the same for
    all runs; ks: each >= 1. Runs with fewer than k samples take no part; a k that no run has is left out.
    resamples >= 100; seeded. StatisticsError otherwise.

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
    able = {k: runs for k in ks if (runs := _able(drawn, k)).size}
    if not able:
        return []
    halves = _random_halves(problems, np.random.default_rng(seed))
    per_problem = {k: pass_at_k(drawn[runs], passed[runs], k) for k, runs in able.items()}
    together = resampled_means(np.vstack(list(per_problem.values())).T, resamples, seed)
    ends = np.cumsum([runs.size for runs in able.values()])
    found = []
    for (k, runs), resampled in zip(able.items(), np.split(together, ends[:-1], axis=1), strict=True):
        wins = np.zeros(len(drawn))
        wins[runs] = np.bincount(resampled.argmax(axis=1), minlength=runs.size) / resamples
        best = _best(k, per_problem[k], resampled, halves)
        found.append(replace(best, run=int(runs[best.run]), wins=tuple(wins.tolist())))
    return found


def _best(k: int, per_problem: FloatArray, resampled: FloatArray, halves: FloatArray) -> BestSetting:
    """Among the rows of `per_problem`; `wins` is filled in by the caller."""
    means = per_problem.mean(axis=1)
    winner = int(means.argmax())
    naive = float(means[winner])
    value = min(naive, _split_half(per_problem, halves))
    low, high = np.quantile(resampled[:, winner], (0.025, 0.975))
    flattery = naive - value
    return BestSetting(
        k=k,
        run=winner,
        naive=naive,
        value=value,
        low=max(0.0, min(naive, float(low)) - flattery),
        high=max(naive, float(high)) - flattery,
        wins=(),
    )


def _random_halves(problems: int, generator: np.random.Generator) -> FloatArray:
    """1 for the problems of one half, 0 for the others, shape (SPLITS, problems)."""
    orders = generator.permuted(np.tile(np.arange(problems), (SPLITS, 1)), axis=1)
    chosen = np.zeros((SPLITS, problems))
    np.put_along_axis(chosen, orders[:, : problems // 2], 1.0, axis=1)
    return chosen


def _split_half(per_problem: FloatArray, chosen: FloatArray) -> float:
    """Mean pass@k on one half of the problems of the run that is best on the other half."""
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
