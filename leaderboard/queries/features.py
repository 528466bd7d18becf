"""Where models break: pass rates of runs against what makes problems long or intricate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from functools import lru_cache
from itertools import pairwise

import numpy as np

from evaluator.metrics import Mean, Trend, mean_of, trend
from evaluator.metrics.bins import equal_count_edges
from evaluator.metrics.counts import FloatArray
from evaluator.metrics.decay import LEAST_PROBLEMS, Decay, decay
from evaluator.problem_features import ProblemFeatures, problem_features
from leaderboard.board_cache import remembered
from leaderboard.models import Benchmark, Problem, Run
from leaderboard.queries.board import IMPORTED, PUBLISHED, SYNTHETIC, board_rows
from leaderboard.queries.counts import CountTable, count_table
from leaderboard.queries.visibility import Reader

CHAINED = "chained_operations"
MOST_RUNS = 4
_USUAL_RUNS = 3
# With so few different values each is a bin of its own.
_VALUES = 12
_BINS = 8
# A page waits for them the first time: bounds that move by a twentieth of their width are good enough here.
_RESAMPLES = 500


@dataclass(frozen=True, slots=True)
class Bin:
    """Problems whose feature lies in [low, high], their mean feature, and a run's mean rate on them."""

    low: float
    high: float
    centre: float
    problems: int
    rate: Mean | None  # None where the run has no samples of them


@dataclass(frozen=True, slots=True)
class FeatureOfRun:
    """How a run's pass rate goes with a feature. None where the run has too few problems for it.

    `decay` for chained operations alone: elsewhere nothing suggests that rates fall exponentially.
    """

    bins: tuple[Bin, ...]
    trend: Trend | None
    decay: Decay | None


def features_of(benchmark: Benchmark) -> Mapping[str, FloatArray]:
    """Each feature in which the problems differ, by problem position; NaN where a problem has none.

    One query, none where the process knows this version of the benchmark.
    """
    return _features(benchmark.version, benchmark.pk)


def candidates(benchmark: Benchmark, reader: Reader) -> list[Run]:
    """Runs that can be chosen, the best pass@1 first, imported and synthetic ones last; at most one query."""
    rows = [row for row in board_rows(benchmark, reader) if row.kind != PUBLISHED and 1 in row.figures]
    last = (IMPORTED, SYNTHETIC)
    rows.sort(key=lambda row: (row.kind in last, -row.figures[1].value, row.run.pk))
    return [row.run for row in rows]


def usual_runs(offered: Sequence[Run]) -> list[Run]:
    """The runs that a page shows unless asked for others: the best of each model, of the best models."""
    best: dict[int, Run] = {}
    for run in offered:
        best.setdefault(run.model_id, run)
    return list(best.values())[:_USUAL_RUNS]


def by_feature(benchmark: Benchmark, runs: Sequence[Run]) -> list[Mapping[str, FeatureOfRun]]:
    """For each of these scored runs, each feature of the benchmark. One query for what is not kept."""
    features = features_of(benchmark)
    table: list[CountTable] = []

    def rates(run: Run) -> FloatArray:
        if not table:
            table.append(count_table(runs, benchmark.problem_count))
        return table[0].rates[[known.pk for known in table[0].runs].index(run.pk)]

    return [
        remembered(
            "features",
            (run.pk, str(run.finished_at), benchmark.version),
            lambda run=run: {key: of_run(key, values, rates(run)) for key, values in features.items()},
        )
        for run in runs
    ]


def of_run(key: str, feature: FloatArray, rates: FloatArray) -> FeatureOfRun:
    """One feature against one run's rates, both by problem position; NaN where there is none."""
    known = np.isfinite(feature) & np.isfinite(rates)
    x, y = feature[known], rates[known]
    enough = x.size >= LEAST_PROBLEMS and np.unique(x).size > 1
    return FeatureOfRun(
        bins=tuple(_bins(feature, rates)),
        trend=trend(x, y, resamples=_RESAMPLES) if enough else None,
        decay=decay(x, y, resamples=_RESAMPLES) if key == CHAINED and enough and y.any() else None,
    )


def _bins(feature: FloatArray, rates: FloatArray) -> list[Bin]:
    """The same bins for every run of the benchmark."""
    rising = np.sort(feature[np.isfinite(feature)])
    count = rising.size if np.unique(rising).size <= _VALUES else _BINS
    found = []
    for start, end in pairwise(equal_count_edges(rising, count)):
        low, high, centre = rising[start], rising[end - 1], rising[start:end].mean()
        own = rates[(feature >= low) & (feature <= high) & np.isfinite(rates)]
        rate = mean_of(own, resamples=_RESAMPLES) if own.size else None
        found.append(Bin(float(low), float(high), float(centre), end - start, rate))
    return found


@lru_cache(maxsize=16)
def _features(_version: str, benchmark_id: int) -> Mapping[str, FloatArray]:
    """The version, a hash of the problems, tells benchmarks of one id in two databases apart."""
    problems = Problem.objects.filter(benchmark=benchmark_id).order_by("position")
    rows = [astuple(problem_features(problem.record())) for problem in problems]
    names = [field.name for field in fields(ProblemFeatures)]
    columns = np.array(rows, dtype=np.float64).reshape(-1, len(names)).T
    return {name: column for name, column in zip(names, columns, strict=True) if _differs(column)}


def _differs(column: FloatArray) -> bool:
    known = column[np.isfinite(column)]
    return known.size >= LEAST_PROBLEMS and np.unique(known).size > 1
