"""One row per model: its best run, or for each k the run at its best temperature.

The second is how Chen et al. 2021 report their models (section 3.3): low temperatures win at k = 1, high
ones at large k. Whoever takes the best of several figures flatters the winner a little; the page says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from leaderboard.queries.board import RERANKED_ORIGIN, BoardRow
from leaderboard.queries.runs import Figure
from leaderboard.views.board_choice import BEST_RUN, BEST_TEMPERATURE


def best_rows(rows: Sequence[BoardRow], best: str, rank_k: int) -> list[BoardRow]:
    """The rows of this choice: all of them, or one for each model (and kind: a paper's stay a paper's)."""
    if best not in (BEST_RUN, BEST_TEMPERATURE):
        return list(rows)
    groups: dict[tuple[int, str], list[BoardRow]] = defaultdict(list)
    for row in rows:
        groups[row.run.model_id, row.kind].append(row)
    return [_best(_comparable(group), best, rank_k) for group in groups.values()]


def _comparable(group: list[BoardRow]) -> list[BoardRow]:
    """Runs that leave problems out, or that not everybody sees, win nothing against those that don't."""
    return [row for row in group if row.ranked] or [row for row in group if row.complete] or group


def _best(group: list[BoardRow], best: str, rank_k: int) -> BoardRow:
    winner = max(group, key=lambda row: _place(row.figures.get(rank_k), row))
    if best == BEST_RUN:
        return winner
    best_of = {k: _winner(group, k) for k in sorted({k for row in group for k in row.figures})}
    reranked = max(group, key=lambda row: _place(row.reranked, row))
    return replace(
        winner,
        figures={k: row.figures[k] for k, row in best_of.items()},
        reranked=reranked.reranked,
        origins={k: row.run for k, row in best_of.items()} | {RERANKED_ORIGIN: reranked.run},
    )


def _winner(group: list[BoardRow], k: int) -> BoardRow:
    return max((row for row in group if k in row.figures), key=lambda row: _place(row.figures[k], row))


def _place(figure: Figure | None, row: BoardRow) -> tuple[float, int]:
    """Of equal figures the earlier run's counts."""
    return (figure.value if figure else -1.0, -row.run.pk)
