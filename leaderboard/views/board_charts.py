"""The board's charts: which rows they show, as figures and as tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.http import Http404
from django.urls import reverse

from evaluator.metrics.scaling import LEAST_SIZES, Scaling, scaling
from leaderboard import charts, flag_chart, formatting, size_chart
from leaderboard.queries.board import PUBLISHED, BoardRow
from leaderboard.views.board_best import best_rows
from leaderboard.views.board_choice import BEST_RUN
from leaderboard.views.board_rows import figure_text, label
from leaderboard.views.board_shown import Board

_CURVES = 6  # more lie upon each other

BoxTable = tuple[list[str], list[list[str]]]


def figure(name: str, board: Board, width: int) -> str:
    """The figure of this name as JSON, for a plot of this width. Raises Http404 for another name."""
    rows, k = board.rows, board.choice.rank_k
    if name == "size":
        sized = sized_rows(rows, k)
        return size_chart.size_figure([_size_point(row, k) for row in sized], k, width, size_fit(sized, k))
    if name == "curves":
        return charts.curve_figure([curve(row) for row in _curved(board)], width)
    if name == "flagged":
        return flag_chart.flag_figure([_flag_point(row, k) for row in _flagged(rows, k)], k, width)
    raise Http404(f"There is no chart “{name}”.")


def boxes(board: Board, address_of: Callable[[str], str]) -> list[charts.ChartBox]:
    """The charts that these rows have enough data for."""
    rows, k = board.rows, board.choice.rank_k
    sized, curved, flagged = sized_rows(rows, k), _curved(board), _flagged(rows, k)
    found = []
    if curved:
        note = _curve_note(board, len(curved))
        found.append(charts.ChartBox("pass@k by k", note, address_of("curves"), *curve_table(curved)))
    if len({row.run.model.parameters for row in sized}) > 1:
        note = _size_note(sized, k)
        found.append(charts.ChartBox(f"pass@{k} by size", note, address_of("size"), *_size_table(sized, k)))
    if len(flagged) > 1:
        title = f"pass@{k} against share flagged"
        found.append(charts.ChartBox(title, "", address_of("flagged"), *_flag_table(flagged, k)))
    return found


def curve(row: BoardRow) -> charts.Curve:
    """The row's figures as a curve."""
    figures = [row.figures[k] for k in sorted(row.figures)]
    return charts.Curve(
        label=label(row),
        ks=[figure.k for figure in figures],
        values=[figure.value for figure in figures],
        lows=[figure.low for figure in figures],
        highs=[figure.high for figure in figures],
        series=row.run.pk,
        address=reverse("run", args=[row.run.pk]),
        published=row.kind == PUBLISHED,
    )


def curve_table(rows: Sequence[BoardRow]) -> BoxTable:
    """The curves of these rows as columns and rows of strings."""
    ks = sorted({k for row in rows for k in row.figures})
    return ["Run", *(f"pass@{k}, %" for k in ks)], [
        [label(row), *(_text(row, k) for k in ks)] for row in rows
    ]


def _size_point(row: BoardRow, k: int) -> size_chart.SizePoint:
    figure = row.figures[k]
    return size_chart.SizePoint(
        label=label(row),
        parameters=row.run.model.parameters or 0,
        value=figure.value,
        low=figure.low,
        high=figure.high,
        series=row.run.pk,
        address=reverse("run", args=[row.run.pk]),
        published=row.kind == PUBLISHED,
    )


def _flag_point(row: BoardRow, k: int) -> flag_chart.FlagPoint:
    flagged = row.security("flagged")
    assert flagged is not None, "only rows that have one are drawn"
    return flag_chart.FlagPoint(
        label(row), flagged, row.figures[k], row.run.pk, reverse("run", args=[row.run.pk])
    )


def _curved(board: Board) -> list[BoardRow]:
    """The rows that the reader chose; else the first ones of the table."""
    having = [row for row in board.rows if len(row.figures) > 1]
    chosen = [row for row in having if row.run.pk in board.choice.runs]
    return chosen or having[:_CURVES]


def _curve_note(board: Board, drawn: int) -> str:
    if any(row.run.pk in board.choice.runs for row in board.rows):
        return "of the rows you chose"
    if drawn < sum(len(row.figures) > 1 for row in board.rows):
        return f"of the first {drawn} rows; tick others to choose"
    return ""


def sized_rows(rows: Sequence[BoardRow], k: int) -> list[BoardRow]:
    return [row for row in rows if row.run.model.parameters and k in row.figures and _comparable(row)]


def size_fit(sized: Sequence[BoardRow], k: int) -> Scaling | None:
    """The scaling fit through each model's best run, as Chen et al. 2021 draw theirs; None for few sizes."""
    best = best_rows(sized, BEST_RUN, k)
    if len({row.run.model.parameters for row in best}) < LEAST_SIZES:
        return None
    return scaling([row.run.model.parameters or 0 for row in best], [row.figures[k].value for row in best])


def _size_note(sized: Sequence[BoardRow], k: int) -> str:
    fit = size_fit(sized, k)
    kinds = "measured filled, published hollow" if _both_kinds(sized) else ""
    return ". ".join(part for part in (kinds, size_chart.fit_text(fit) if fit else "") if part)


def _flagged(rows: Sequence[BoardRow], k: int) -> list[BoardRow]:
    return [row for row in rows if k in row.figures and row.security("flagged") and row.complete]


def _comparable(row: BoardRow) -> bool:
    """Figures of fewer problems, or by another method, are other figures: charts leave them out."""
    return row.complete if row.kind != PUBLISHED else row.run.method in ("", "pass@k")


def _both_kinds(rows: Sequence[BoardRow]) -> bool:
    return len({row.kind == PUBLISHED for row in rows}) == 2


def _size_table(rows: Sequence[BoardRow], k: int) -> BoxTable:
    table = [
        [label(row), formatting.size_text(row.run.model.parameters), _text(row, k), row.kind]
        for row in sorted(rows, key=lambda row: row.run.model.parameters or 0)
    ]
    return ["Run", "Parameters", f"pass@{k}, %", "Source"], table


def _flag_table(rows: Sequence[BoardRow], k: int) -> BoxTable:
    table = [[label(row), str(figure_text(row.security("flagged"))), _text(row, k)] for row in rows]
    return ["Run", "Flagged, %", f"pass@{k}, %"], table


def _text(row: BoardRow, k: int) -> str:
    return str(figure_text(row.figures.get(k)))
