"""What is computed from a board's counts: pass@k of any k, and ranks. Kept while the board is the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from evaluator.metrics import RankInterval, Standing, pass_at_k, rank_intervals
from evaluator.metrics.bootstrap import mean_bounds
from evaluator.metrics.counts import FloatArray, IntArray
from leaderboard.board_cache import digest, remembered
from leaderboard.models import Benchmark
from leaderboard.queries.board import PUBLISHED, BoardRow, board_of
from leaderboard.queries.counts import count_table
from leaderboard.queries.runs import Figure
from leaderboard.queries.visibility import Reader

# Comparing every pair on every problem is for boards that people read from top to bottom; on longer ones
# ranks come from whether the runs' own intervals overlap.
PAIRED_RUNS = 500


@dataclass(frozen=True, slots=True)
class BoardCounts:
    """Samples drawn and passed of runs × problems; n is 0 where a run has no sample of a problem."""

    places: Mapping[int, int]  # row by run id
    n: IntArray
    c: IntArray

    def per_problem(self, run_ids: Sequence[int], k: int) -> FloatArray:
        """pass@k of these runs on each problem, shape (runs, problems); NaN where n < k."""
        rows = [self.places[run_id] for run_id in run_ids]
        n, c = self.n[rows], self.c[rows]
        enough = n >= k
        values = np.full(n.shape, np.nan)
        if enough.any():
            values[enough] = pass_at_k(n[enough], c[enough], k)
        return values


class BoardFigures:
    """The figures of one reader's board of one benchmark. `rows`: all of its rows."""

    def __init__(self, benchmark: Benchmark, reader: Reader, rows: Sequence[BoardRow]) -> None:
        self._benchmark, self._rows = benchmark, rows
        self._board = board_of(benchmark, reader)
        self._counts: BoardCounts | None = None

    def rows_with(self, ks: Sequence[int]) -> list[BoardRow]:
        """The rows with figures of these k, where they have the samples for them.

        At most one query (of counts), none where every k is stored on the runs or kept.
        """
        added: dict[int, dict[int, Figure]] = {}
        for k in ks:
            if any(_lacks(row, k) for row in self._rows):
                added[k] = remembered("board-pass-at-k", (*self._board, k), partial(self._figures, k))
        if not added:
            return list(self._rows)
        return [_with(row, added) for row in self._rows]

    def ranks(self, rows: Sequence[BoardRow], k: int) -> dict[int, RankInterval]:
        """Rank intervals by run id, at this k, among those of these rows that are ranked.

        Rows of several temperatures are compared by the run that their figure at this k is of.
        """
        pool = [row for row in rows if row.ranked and k in row.figures]
        run_ids = [figure_run_id(row, k) for row in pool]

        def compare() -> dict[int, RankInterval]:
            paired = self.counts().per_problem(run_ids, k) if 1 < len(pool) <= PAIRED_RUNS else None
            intervals = rank_intervals([_standing(row.figures[k]) for row in pool], paired)
            return {row.run.pk: interval for row, interval in zip(pool, intervals, strict=True)}

        parts = (*self._board, k, digest(run_ids, [row.run.pk for row in pool]))
        return remembered("board-ranks", parts, compare)

    def counts(self) -> BoardCounts:
        """Counts of all measured rows. One query, none where they are kept."""
        if self._counts is None:
            self._counts = remembered("board-counts", self._board, self._read_counts)
        return self._counts

    def _read_counts(self) -> BoardCounts:
        runs = [row.run for row in self._rows if row.kind != PUBLISHED]
        table = count_table(runs, self._benchmark.problem_count)
        places = {run.pk: place for place, run in enumerate(runs)}
        return BoardCounts(places, table.n.astype(np.int32), table.c.astype(np.int32))

    def _figures(self, k: int) -> dict[int, Figure]:
        """pass@k of every run that lacks it and has the samples, by run id, with its interval.

        Runs that cover the same problems share their resamples, and so equal what `estimates` gives each.
        """
        run_ids = [row.run.pk for row in self._rows if _lacks(row, k)]
        values = self.counts().per_problem(run_ids, k)
        alike = defaultdict(list)
        for place, covered in enumerate(self.counts().n[[self.counts().places[pk] for pk in run_ids]] > 0):
            alike[covered.tobytes()].append(place)
        figures: dict[int, Figure] = {}
        for places in alike.values():
            columns = values[places]
            columns = columns[:, ~np.isnan(columns[0])].T
            bounds = mean_bounds(columns)
            for column, place in enumerate(places):
                mean = float(columns[:, column].mean())
                low, high = float(bounds.low[column]), float(bounds.high[column])
                figures[run_ids[place]] = Figure(k, mean, low, high)
        return figures


def figure_run_id(row: BoardRow, k: int) -> int:
    """The run that the row's figure at this k is of."""
    return row.origins[k].pk if row.origins and k in row.origins else row.run.pk


def _lacks(row: BoardRow, k: int) -> bool:
    return row.kind != PUBLISHED and k not in row.figures and row.run.n_min >= k


def _with(row: BoardRow, added: Mapping[int, Mapping[int, Figure]]) -> BoardRow:
    more = {k: figures[row.run.pk] for k, figures in added.items() if row.run.pk in figures}
    return replace(row, figures={**row.figures, **more}) if more else row


def _standing(figure: Figure) -> Standing:
    return Standing(figure.value, figure.low, figure.high)
