"""What a plan rests on: how the pass rates of a benchmark's runs are spread, and how alike runs are."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from statistics import median

import numpy as np

from evaluator.errors import StatisticsError
from evaluator.metrics import assumed_rates, pass_at_k, rates_behind, spread, true_correlation
from evaluator.metrics.beta_binomial import MAX_SAMPLES_FITTED, Fits, fit_each
from evaluator.metrics.counts import IntArray
from evaluator.metrics.resolution import OWN, SHARED
from leaderboard.board_cache import remembered
from leaderboard.models import Benchmark
from leaderboard.queries.board import IMPORTED, PUBLISHED, SYNTHETIC, BoardRow, board_of, board_rows
from leaderboard.queries.counts import count_table
from leaderboard.queries.visibility import Reader

CORRELATED_AT = (1, 2, 5, 10, 20, 50, 100)
_COMPARED = 8  # runs of other models that the likeness is taken from, the nearest by pass@1
_SHARED_PROBLEMS = 10


@dataclass(frozen=True, slots=True)
class Likeness:
    """Correlation of two models' true pass@k over the problems: median and quartiles over pairs."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Basis:
    """`run`: whose spread the plan takes, None where none shows one and a usual one is assumed.

    `pairs`: how many other runs the likeness was measured with, 0: assumed. `likeness` is by k.
    """

    run: BoardRow | None
    rates: Fits
    problems: int
    pairs: int
    likeness: dict[int, Likeness]

    def at(self, k: int) -> Likeness:
        """The likeness at this k, or at the largest one below it at which it could be measured."""
        return self.likeness[max(known for known in self.likeness if known <= k)]


def plannable(benchmark: Benchmark, reader: Reader) -> list[BoardRow]:
    """The runs of this reader's board that show how their pass rates are spread, by name."""
    rows = [row for row in board_rows(benchmark, reader) if _shows_spread(row)]
    return sorted(rows, key=lambda row: (row.run.model.name.casefold(), row.run.temperature or 0, row.run.pk))


def basis_of(benchmark: Benchmark, reader: Reader, run_id: int | None) -> Basis:
    """What a plan rests on, for a run like this one; else the board's middle one. At most two queries."""
    rows = plannable(benchmark, reader)
    chosen = next((row for row in rows if row.run.pk == run_id), None) or _middle(rows)
    parts = (*board_of(benchmark, reader), chosen.run.pk if chosen else None)
    return remembered("plan-basis", parts, lambda: _basis(benchmark, chosen, rows))


def _basis(benchmark: Benchmark, chosen: BoardRow | None, rows: Sequence[BoardRow]) -> Basis:
    usual = {1: _assumed()}
    if chosen is None:
        return Basis(None, assumed_rates(0.5), benchmark.problem_count, 0, usual)
    pool = [chosen, *_nearest(chosen, rows)]
    table = count_table([row.run for row in pool], benchmark.problem_count)
    having = table.n[0] > 0
    try:
        rates = rates_behind(table.n[0, having], table.c[0, having])
    except StatisticsError:  # every sample fared alike
        return Basis(None, assumed_rates(0.5), benchmark.problem_count, 0, usual)
    found: dict[int, list[float]] = {k: [] for k in CORRELATED_AT}
    others = fit_each(table.n[1:], table.c[1:]) if len(pool) > 1 else None
    for place in range(1, len(pool)):
        pair = [rates, others.only(place - 1)] if others else []
        _correlate(found, pair, table.n[[0, place]], table.c[[0, place]])
    likeness = {k: _likeness(values) for k, values in found.items() if values}
    pairs = len(found[1])
    return Basis(chosen, rates, benchmark.problem_count, pairs, likeness if pairs else usual)


def _correlate(found: dict[int, list[float]], rates: Sequence[Fits], n: IntArray, c: IntArray) -> None:
    """Adds the correlation of two runs, shape (2, problems), at each k that both can be measured at."""
    shared = (n > 0).all(axis=0)
    if shared.sum() < _SHARED_PROBLEMS:
        return
    drawn, passed = n[:, shared], c[:, shared]
    for k in CORRELATED_AT:
        if k <= drawn.min():
            values = pass_at_k(drawn, passed, k)
            between = [spread(one, k, k).between for one in rates]
            with suppress(StatisticsError):  # one of them is alike on all problems
                found[k].append(true_correlation(values[0], values[1], *between))


def _likeness(values: Sequence[float]) -> Likeness:
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75)).tolist()
    return Likeness(low, middle, high)


def _assumed() -> Likeness:
    usual = SHARED / (SHARED + OWN)
    return Likeness(usual, usual, usual)


def _middle(rows: Sequence[BoardRow]) -> BoardRow | None:
    """The run whose pass@1 is nearest to the middle one; imported and demo runs only where there is nothing
    else."""
    real = [row for row in rows if row.kind not in (IMPORTED, SYNTHETIC)] or list(rows)
    if not real:
        return None
    middle = median(row.figures[1].value for row in real)
    return min(real, key=lambda row: (abs(row.figures[1].value - middle), -row.run.n_min, row.run.pk))


def _nearest(chosen: BoardRow, rows: Sequence[BoardRow]) -> list[BoardRow]:
    """Runs of other models, at most one of each, the nearest in pass@1 first."""
    found: dict[int, BoardRow] = {}
    own = chosen.figures[1].value
    kinds = {chosen.kind, *({row.kind for row in rows} - {IMPORTED, SYNTHETIC})}
    for row in sorted(rows, key=lambda row: (abs(row.figures[1].value - own), row.run.pk)):
        if row.run.model_id != chosen.run.model_id and row.kind in kinds:
            found.setdefault(row.run.model_id, row)
    return list(found.values())[:_COMPARED]


def _shows_spread(row: BoardRow) -> bool:
    enough = row.run.n_min >= 2 and row.run.n_max <= MAX_SAMPLES_FITTED
    return row.kind != PUBLISHED and 1 in row.figures and enough and 0 < row.figures[1].value < 1
