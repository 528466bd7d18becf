"""The board's charts: which rows they show, as figures and as tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.http import Http404
from django.urls import reverse

from leaderboard import charts, formatting, size_chart
from leaderboard.queries.board import PUBLISHED, BoardRow
from leaderboard.views.board_rows import label

_CURVES = 6  # more lie upon each other


def figure(name: str, rows: Sequence[BoardRow], k: int, width: int) -> str:
    """The figure of this name as JSON, for a plot of this width. Raises Http404 for another name."""
    if name == "size":
        return size_chart.size_figure([_point(row, k) for row in _sized(rows, k)], k, width)
    if name == "curves":
        return charts.curve_figure([curve(row) for row in _curved(rows)], width)
    raise Http404(f"There is no chart “{name}”.")


def boxes(rows: Sequence[BoardRow], k: int, address_of: Callable[[str], str]) -> list[charts.ChartBox]:
    """The charts that these rows have enough data for."""
    sized, curved = _sized(rows, k), _curved(rows)
    found = []
    if len({row.run.model.parameters for row in sized}) > 1:
        note = "measured filled, published hollow" if _both_kinds(sized) else ""
        columns, table = _size_table(sized, k)
        found.append(charts.ChartBox(f"pass@{k} by size", note, address_of("size"), columns, table))
    if curved:
        some = len(curved) < sum(len(row.figures) > 1 for row in rows)
        note = f"first {len(curved)} rows of the table that have one" if some else ""
        found.append(charts.ChartBox("pass@k", note, address_of("curves"), *curve_table(curved)))
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


def _point(row: BoardRow, k: int) -> size_chart.SizePoint:
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


def _sized(rows: Sequence[BoardRow], k: int) -> list[BoardRow]:
    return [row for row in rows if row.run.model.parameters and k in row.figures and _plain(row)]


def _curved(rows: Sequence[BoardRow]) -> list[BoardRow]:
    return [row for row in rows if len(row.figures) > 1][:_CURVES]


def _plain(row: BoardRow) -> bool:
    """Figures of another method (reranking) are not pass@k and stay out of charts of it."""
    return row.kind != PUBLISHED or row.run.method in ("", "pass@k")


def _both_kinds(rows: Sequence[BoardRow]) -> bool:
    return len({row.kind == PUBLISHED for row in rows}) == 2


def _size_table(rows: Sequence[BoardRow], k: int) -> tuple[list[str], list[list[str]]]:
    table = [
        [label(row), formatting.size_text(row.run.model.parameters), _figure_text(row, k), row.kind]
        for row in sorted(rows, key=lambda row: row.run.model.parameters or 0)
    ]
    return ["Run", "Parameters", f"pass@{k}, %", "Source"], table


def curve_table(rows: Sequence[BoardRow]) -> tuple[list[str], list[list[str]]]:
    """The curves of these rows as columns and rows of strings."""
    ks = sorted({k for row in rows for k in row.figures})
    return ["Run", *(f"pass@{k}, %" for k in ks)], [
        [label(row), *(_figure_text(row, k) for k in ks)] for row in rows
    ]


def _figure_text(row: BoardRow, k: int) -> str:
    figure = row.figures.get(k)
    if figure is None:
        return formatting.MISSING
    return str(formatting.figure_text(figure.value, figure.low, figure.high, figure.printed))
