"""The leaderboard's questions. None opens a blob: figures stand on the run, counts on its cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import Case, F, Sum, When

from evaluator.metrics import RankInterval, Standing, pass_at_k, rank_intervals
from leaderboard.models import Benchmark, Cell, Run
from leaderboard.queries.progress import ACTIVE
from leaderboard.queries.runs import Figure, figures_of
from leaderboard.queries.visibility import Reader, listed_runs

MEASURED, SYNTHETIC, PUBLISHED = KINDS = ("measured", "synthetic", "published")
# Comparing every pair on every problem is for boards that people read from top to bottom; on longer ones
# ranks come from whether the runs' own intervals overlap.
PAIRED_RUNS = 200


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A run as the board knows it. Shares are fractions; None where there is nothing to know."""

    run: Run
    kind: str
    figures: Mapping[int, Figure]
    complete: bool  # it has samples of every problem of the benchmark

    @property
    def flagged_share(self) -> float | None:
        return self.run.flagged / self.run.samples if self.run.samples else None

    @property
    def ranked(self) -> bool:
        """Runs that everybody sees and that cover the benchmark: others would not be compared fairly."""
        return self.kind != PUBLISHED and self.complete and self.run.visibility == Run.Visibility.PUBLIC


@dataclass(frozen=True, slots=True)
class ActiveRun:
    """A run that waits or is being scored; `share` is the fraction of its programs judged so far."""

    run: Run
    share: float


def board_rows(benchmark: Benchmark, reader: Reader) -> list[BoardRow]:
    """All scored and published runs that this reader's board lists. One query."""
    runs = listed_runs(reader).filter(benchmark=benchmark, status=Run.Status.DONE)
    return [board_row(run, benchmark) for run in runs.select_related("model")]


def active_runs(benchmark: Benchmark, reader: Reader) -> list[ActiveRun]:
    """Runs of this board that are not scored yet, oldest first. One query, two where there are any."""
    listed = listed_runs(reader).filter(benchmark=benchmark, status__in=ACTIVE)
    runs = list(listed.select_related("model").order_by("pk"))
    if not runs:
        return []
    judged = Case(When(status=Cell.Status.DONE, then=F("programs")), default=F("judged"))
    sums = (
        Cell.objects.filter(run__in=runs)
        .values_list("run_id")
        .annotate(done=Sum(judged), all=Sum("programs"))
    )
    shares = {run_id: (done or 0) / (total or 1) for run_id, done, total in sums}
    return [ActiveRun(run, shares.get(run.pk, 0.0)) for run in runs]


def ranks(rows: Sequence[BoardRow], k: int) -> dict[int, RankInterval]:
    """Rank intervals by run id, at this k, among the rows that are ranked. One query."""
    pool = [row for row in rows if row.ranked and k in row.figures]
    standings = [_standing(row.figures[k]) for row in pool]
    per_problem = _per_problem([row.run.pk for row in pool], k) if 1 < len(pool) <= PAIRED_RUNS else None
    intervals = rank_intervals(standings, per_problem)
    return {row.run.pk: interval for row, interval in zip(pool, intervals, strict=True)}


def ks_of(rows: Iterable[BoardRow]) -> list[int]:
    """Every k that some row has a figure for, rising."""
    return sorted({k for row in rows for k in row.figures})


def newest(rows: Iterable[BoardRow]) -> datetime | None:
    """When the last of these rows was scored."""
    return max((row.run.finished_at for row in rows if row.run.finished_at), default=None)


def board_row(run: Run, benchmark: Benchmark) -> BoardRow:
    """The run as the board shows it."""
    return BoardRow(
        run=run,
        kind=_kind(run),
        figures={figure.k: figure for figure in figures_of(run)},
        complete=run.problems_covered >= benchmark.problem_count,
    )


def _kind(run: Run) -> str:
    if run.source == Run.Source.PUBLISHED:
        return PUBLISHED
    return SYNTHETIC if run.synthetic else MEASURED


def _standing(figure: Figure) -> Standing:
    return Standing(figure.value, figure.low, figure.high)


def _per_problem(run_ids: Sequence[int], k: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """pass@k of each run on each problem, shape (runs, problems); NaN where a run has too few samples."""
    cells = Cell.objects.filter(run_id__in=run_ids, n__gte=k).values_list("run_id", "problem_id", "n", "c")
    table = np.array(list(cells), dtype=np.int64).reshape(-1, 4)
    problems, column = np.unique(table[:, 1], return_inverse=True)
    places = {run_id: place for place, run_id in enumerate(run_ids)}
    row = np.array([places[run_id] for run_id in table[:, 0].tolist()], dtype=np.int64)
    matrix = np.full((len(run_ids), len(problems)), np.nan)
    if len(table):
        matrix[row, column] = pass_at_k(table[:, 2], table[:, 3], k)
    return matrix
