"""Picking a sample by a number that the file gives for it: what that gains, ranker by ranker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluator.errors import StatisticsError
from evaluator.metrics import default_ks
from evaluator.metrics.bootstrap import mean_bounds
from evaluator.metrics.counts import FloatArray, IntArray
from evaluator.metrics.rerank import Ranked, auc_within, best_of, calibration, ranked, reranked
from evaluator.records import Verdict

MOST_RANKERS = 8
# Numbers that models commonly give; other fields of a file come after them, by name.
_FIRST = ("mean_logprob", "sum_logprob")

Outcome = tuple[str, Mapping[str, float]]  # a sample's verdict and its rankers


@dataclass(frozen=True, slots=True)
class Point:
    """A share at m with its interval."""

    m: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Samples of similar score, and which share of them passes."""

    low: float
    high: float
    mean: float
    samples: int
    passed: int
    rate_low: float
    rate_high: float


@dataclass(frozen=True, slots=True)
class RankerResult:
    """pass@1 of the sample that the ranker picks: the highest, or with `lowest` the lowest.

    `best_of`: picked among m samples. `auc`: the chance that a passing sample outranks a failing one of
    its problem; None where no problem has both. `bins`: calibration, by rising value of the field.
    """

    name: str
    lowest: bool
    value: float
    low: float
    high: float
    auc: float | None
    best_of: tuple[Point, ...]
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class Rankers:
    """`left_out` numeric fields are beyond MOST_RANKERS."""

    results: tuple[RankerResult, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class _Scored:
    """The judged samples of a run: number of the problem, whether it passed, and the scores by field."""

    problem: IntArray
    passed: NDArray[np.bool_]
    scores: Mapping[str, FloatArray]


def ranker_results(cells: Iterable[Sequence[Outcome]], n_min: int) -> Rankers:
    """Every number that all judged samples have, as a ranker; `n_min` samples has each problem at least.

    `cells`: the samples of each problem. It is read no further than is needed to know that there is none.
    """
    samples = _scored(cells)
    wanted = sorted(samples.scores, key=lambda name: (name not in _FIRST, name))
    found: list[RankerResult] = []
    for name in wanted[:MOST_RANKERS]:
        values = samples.scores[name]
        if values.min() != values.max():  # a constant ranks nothing
            found += _by_field(name, samples, n_min)
    return Rankers(tuple(found), max(0, len(wanted) - MOST_RANKERS))


def points(rows: Iterable[Mapping[str, Any]]) -> tuple[Point, ...]:
    """Points as they came out of JSON."""
    return tuple(Point(**row) for row in rows)


def from_json(rows: Iterable[Mapping[str, Any]]) -> tuple[RankerResult, ...]:
    """Results as they came out of JSON. Raises TypeError or KeyError for data of another form."""
    return tuple(
        RankerResult(
            **{**one, "best_of": points(one["best_of"]), "bins": tuple(Bin(**part) for part in one["bins"])}
        )
        for one in rows
    )


def _scored(cells: Iterable[Sequence[Outcome]]) -> _Scored:
    problem: list[int] = []
    passed: list[bool] = []
    scores: dict[str, list[float]] | None = None
    for place, outcomes in enumerate(cells):
        judged = [one for one in outcomes if one[0] != Verdict.EVALUATOR_ERROR]
        if not judged:
            continue
        names = set.intersection(*(set(given) for _, given in judged))
        if scores is None:
            scores = {name: [] for name in names}
        scores = {name: values for name, values in scores.items() if name in names}
        if not scores:
            break
        for name, values in scores.items():
            values.extend(given[name] for _, given in judged)
        problem += [place] * len(judged)
        passed += [verdict == Verdict.PASSED for verdict, _ in judged]
    arrays = {name: np.array(values, dtype=np.float64) for name, values in (scores or {}).items()}
    return _Scored(np.array(problem, dtype=np.int64), np.array(passed, dtype=np.bool_), arrays)


def _by_field(name: str, samples: _Scored, n_min: int) -> list[RankerResult]:
    """Picking the highest value; where lower values pass more often, picking the lowest, too."""
    problem, values, passed = samples.problem, samples.scores[name], samples.passed
    bins = tuple(
        Bin(one.low, one.high, one.mean, one.samples, one.passed, one.interval.low, one.interval.high)
        for one in calibration(values, passed)
    )
    highest = _picked(name, ranked(problem, values, passed), n_min, bins, lowest=False)
    if highest.auc is None or highest.auc >= 0.5:
        return [highest]
    return [_picked(name, ranked(problem, -values, passed), n_min, bins, lowest=True), highest]


def _picked(name: str, samples: Ranked, n_min: int, bins: tuple[Bin, ...], *, lowest: bool) -> RankerResult:
    ms = default_ks(n_min)
    columns = np.column_stack([best_of(samples, m) for m in ms] + [reranked(samples)])
    bounds, means = mean_bounds(columns), columns.mean(axis=0)
    rows = zip(ms, means[:-1], bounds.low[:-1], bounds.high[:-1], strict=True)
    try:
        auc = auc_within(samples)
    except StatisticsError:
        auc = None  # every problem is passed always or never: any pick is as good
    return RankerResult(
        name=name,
        lowest=lowest,
        value=float(means[-1]),
        low=float(bounds.low[-1]),
        high=float(bounds.high[-1]),
        auc=auc,
        best_of=tuple(Point(m, float(value), float(low), float(high)) for m, value, low, high in rows),
        bins=bins,
    )
