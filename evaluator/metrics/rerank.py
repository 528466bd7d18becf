"""Picking one sample by a score: what it gains over a random pick, and how far from the best one it stays."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluator.errors import StatisticsError
from evaluator.metrics.bins import equal_count_edges
from evaluator.metrics.counts import FloatArray, IntArray
from evaluator.metrics.intervals import Interval, wilson
from evaluator.metrics.pass_at_k import pass_at_k

BINS = 10


@dataclass(frozen=True, slots=True)
class Ranked:
    """Samples of a run sorted by problem, then by score, each group of equal scores once.

    problems: the distinct problem numbers, rising. The other arrays are per group: place of its problem,
    samples in it, how many of them pass, samples of its problem with a lower score, samples of its problem.
    """

    problems: IntArray
    place: IntArray
    size: IntArray
    passed: IntArray
    below: IntArray
    drawn: IntArray


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Samples whose score lies in [low, high]: their mean score and how many of them pass."""

    low: float
    high: float
    mean: float
    samples: int
    passed: int
    interval: Interval

    @property
    def rate(self) -> float:
        return self.passed / self.samples


def ranked(problem: ArrayLike, score: ArrayLike, passed: ArrayLike) -> Ranked:
    """The samples of a run in the form that `best_of` and `auc_within` read.

    problem: any integers, the problem of each sample; score: finite numbers, higher is picked first;
    passed: booleans. All of shape (samples,), in any order, at least one sample. StatisticsError
    otherwise: a sample without a score cannot be ranked.
    """
    numbers = np.asarray(problem, dtype=np.int64)
    scores, outcomes = _checked(score, passed)
    if numbers.shape != scores.shape:
        raise StatisticsError(f"{numbers.size} problem numbers for {scores.size} samples.")
    order = np.lexsort((scores, numbers))
    numbers, scores, outcomes = numbers[order], scores[order], outcomes[order]
    new_problem = np.concatenate([[True], numbers[1:] != numbers[:-1]])
    first = np.flatnonzero(new_problem | np.concatenate([[True], scores[1:] != scores[:-1]]))
    starts = np.flatnonzero(new_problem)
    place = np.cumsum(new_problem)[first] - 1
    per_problem = np.diff(np.append(starts, numbers.size))
    return Ranked(
        problems=numbers[starts],
        place=place,
        size=np.diff(np.append(first, numbers.size)),
        passed=np.add.reduceat(outcomes.astype(np.int64), first),
        below=first - starts[place],
        drawn=per_problem[place],
    )


def reranked(samples: Ranked) -> FloatArray:
    """pass@1 of each problem when the sample of highest score is picked, in the order of `problems`.

    Shape (problems,), in [0, 1]; equal highest scores are picked from evenly, so a tie counts as the mean
    of its samples. `mean_of` gives the mean and its interval. `best_of` with m = n.
    """
    top = samples.below + samples.size == samples.drawn
    return np.asarray(samples.passed[top] / samples.size[top], dtype=np.float64)


def random_pick(samples: Ranked) -> FloatArray:
    """pass@1 of each problem, shape (problems,): the mean over its samples, what no ranker falls behind."""
    drawn, passed = _totals(samples)
    return np.asarray(passed / drawn, dtype=np.float64)


def oracle(samples: Ranked) -> FloatArray:
    """pass@n of each problem, shape (problems,): 1 where any sample passes, the most a ranker can reach."""
    return np.asarray(_totals(samples)[1] > 0, dtype=np.float64)


def best_of(samples: Ranked, m: int) -> FloatArray:
    """pass@1 of each problem when the best-scored of m samples is picked; expectation over all picks of m.

    1 <= m <= samples of every problem, StatisticsError otherwise. Shape (problems,), in [0, 1], exact:
    of C(N, m) sets, C(L + g, m) - C(L, m) have their highest score in a group of g samples with L lower
    ones, and within it each sample is equally likely. m = 1 is `random_pick`, m = N `reranked`.
    Source: order statistics of drawing without replacement, e.g. David, Nagaraja 2003, section 3.7.
    """
    up_to = 1.0 - pass_at_k(samples.drawn, samples.drawn - samples.below - samples.size, m)
    under = 1.0 - pass_at_k(samples.drawn, samples.drawn - samples.below, m)
    chance = (up_to - under) * samples.passed / samples.size
    return np.asarray(np.bincount(samples.place, weights=chance), dtype=np.float64).clip(0.0, 1.0)


def auc_within(samples: Ranked) -> float:
    """The chance that a passing sample scores above a failing one of the same problem; ties count half.

    In [0, 1], 0.5 is no better than chance. All such pairs of all problems count alike. StatisticsError
    where no problem has both. This is what a reranker lives on; `auc` also credits telling easy problems
    from hard ones. Source: Mann, Whitney 1947, Annals of Mathematical Statistics 18.
    """
    failed = samples.size - samples.passed
    before = np.concatenate([[0], np.cumsum(failed)[:-1]])
    starts = np.flatnonzero(samples.below == 0)
    lower = before - before[starts][samples.place]
    drawn, passed = _totals(samples)
    pairs = float((passed * (drawn - passed)).sum())
    if pairs == 0:
        raise StatisticsError("No problem has both a passing and a failing sample: nothing to tell apart.")
    return float((samples.passed * (lower + failed / 2.0)).sum()) / pairs


def auc(score: ArrayLike, passed: ArrayLike) -> float:
    """The chance that a passing sample scores above a failing one, of whatever problems; ties count half.

    score: finite, passed: boolean, both of shape (samples,), with a sample of each outcome;
    StatisticsError otherwise. In [0, 1]. Source as `auc_within`.
    """
    scores, outcomes = _checked(score, passed)
    return auc_within(ranked(np.zeros(scores.size, dtype=np.int64), scores, outcomes))


def calibration(score: ArrayLike, passed: ArrayLike, bins: int = BINS) -> list[CalibrationBin]:
    """Share that passes by score, in at most `bins` bins of equal counts as far as equal scores allow.

    score: finite, passed: boolean, both of shape (samples,); bins >= 1; StatisticsError otherwise.
    Samples of one score share a bin, so fewer bins may come back. Wilson's interval takes the samples as
    independent, which samples of one problem are not: with many per problem it is too narrow.
    Source: reliability diagrams, DeGroot, Fienberg 1983, The Statistician 32.
    """
    scores, outcomes = _checked(score, passed)
    order = np.argsort(scores, kind="stable")
    scores, outcomes = scores[order], outcomes[order]
    found = []
    for start, end in pairwise(equal_count_edges(scores, bins)):
        hits = int(outcomes[start:end].sum())
        part = scores[start:end]
        bounds = wilson(hits, part.size)
        found.append(
            CalibrationBin(float(part[0]), float(part[-1]), float(part.mean()), part.size, hits, bounds)
        )
    return found


def _totals(samples: Ranked) -> tuple[IntArray, IntArray]:
    starts = np.flatnonzero(samples.below == 0)
    return samples.drawn[starts], np.add.reduceat(samples.passed, starts)


def _checked(score: ArrayLike, passed: ArrayLike) -> tuple[FloatArray, NDArray[np.bool_]]:
    scores, outcomes = np.asarray(score, dtype=np.float64), np.asarray(passed)
    if scores.ndim != 1 or scores.size == 0 or scores.shape != outcomes.shape:
        raise StatisticsError(f"{scores.shape} scores and {outcomes.shape} outcomes: one of each per sample.")
    if not np.isfinite(scores).all():
        raise StatisticsError("A sample has no score: leave out rankers that do not score every sample.")
    if outcomes.dtype.kind not in "biu" or not np.isin(outcomes, (0, 1)).all():
        raise StatisticsError("Outcomes must be 0 or 1: a sample passes or not.")
    return scores, outcomes.astype(np.bool_)
