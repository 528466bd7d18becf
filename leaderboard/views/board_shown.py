"""What an address shows of a board: its rows in order, their ranks, and the HTML of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.safestring import SafeString

from leaderboard.board_cache import digest, remembered
from leaderboard.forms.board_filter import BoardFilter
from leaderboard.models import Benchmark
from leaderboard.queries.board import SYNTHETIC, BoardRow, board_of, board_rows
from leaderboard.queries.board_figures import BoardFigures, figure_run_id
from leaderboard.queries.visibility import Reader
from leaderboard.views.board_best import best_rows
from leaderboard.views.board_cells import Table, cells_html
from leaderboard.views.board_choice import BoardChoice, board_choice
from leaderboard.views.board_match import kept
from leaderboard.views.board_rows import Ranks, ordered

# What differs between the runs of one model: where one row stands for a model, these terms choose among its
# runs, and the others among the models.
_OF_A_RUN = frozenset(
    {"T", "top_p", "n", "flagged", "passing_flagged", "date", "source", "visibility", "shared"}
)


@dataclass(frozen=True, slots=True)
class Board:
    """`rows` in the order of the table; `compared`: those and the ones that the filter leaves out."""

    benchmark: Benchmark
    choice: BoardChoice
    rows: Sequence[BoardRow]
    compared: Sequence[BoardRow]
    ranks: Ranks
    total: int


def shown_board(query: QueryDict, benchmark: Benchmark, reader: Reader) -> Board:
    """At most two queries: the runs, and their counts where they are needed; none where both are kept."""
    rows = board_rows(benchmark, reader)
    choice = board_choice(query, rows)
    figures = BoardFigures(benchmark, reader, rows)
    wanted = {*choice.ks, *(term.k for term in choice.filter.terms if term.k)}
    # Ranks do not depend on what is looked for, only on whether demo runs are among the ranked.
    compared = [
        row for row in figures.rows_with(sorted(wanted)) if row.kind != SYNTHETIC or SYNTHETIC in choice.kinds
    ]
    asked = choice.filter
    if choice.best:
        of_a_run, asked = _parted(asked)
        compared = best_rows(kept(compared, of_a_run, {}), choice.best, choice.rank_k)
    ranks = figures.ranks(compared, choice.rank_k)
    found = kept([row for row in compared if row.kind in choice.kinds], asked, ranks)
    return Board(benchmark, choice, ordered(found, choice.order, ranks), compared, ranks, len(rows))


def html_of(board: Board, reader: Reader) -> dict[int, SafeString]:
    """The cells of every compared row by run id, as HTML. Sorting and looking for rows make none anew."""
    choice = board.choice
    table = Table(choice.ks, choice.shown, board.benchmark.problem_count)
    figures = [[row.run.pk, *(figure_run_id(row, k) for k in choice.ks)] for row in board.compared]
    parts = (*board_of(board.benchmark, reader), repr(table), choice.best, digest(figures))
    return remembered("board-html", parts, lambda: cells_html(board.compared, table))


def _parted(asked: BoardFilter) -> tuple[BoardFilter, BoardFilter]:
    """The terms about a run, and all that is about its model."""
    of_a_run = tuple(term for term in asked.terms if term.field in _OF_A_RUN)
    others = tuple(term for term in asked.terms if term.field not in _OF_A_RUN)
    return BoardFilter(terms=of_a_run), BoardFilter(words=asked.words, terms=others)
