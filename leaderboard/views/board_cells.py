"""Rows of the board's table as HTML, column by column, ready to be put in any order.

Made by `format_html` and not by a template: of 200 rows with a dozen columns a template takes ten times as
long. All but the rank depends neither on sorting nor on what is looked for, so it is kept with the board.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from evaluator.metrics import RankInterval
from leaderboard import formatting
from leaderboard.models import Run
from leaderboard.queries.board import PUBLISHED, RERANKED_ORIGIN, BoardRow
from leaderboard.queries.runs import Figure
from leaderboard.verdict_words import VERDICT_WORDS
from leaderboard.views.board_rows import Ranks, bar, figure_text, page_address, shared_with, texts_of

_SOURCE_CHARACTERS = 22
_SPARK_WIDTH, _SPARK_HEIGHT = 80, 20
_PLOT = 100  # width of the drawing of a rank's interval

_NOTHING = mark_safe("")
_LINE = (
    '<tr><td class="pick"><input type="checkbox" form="filter" name="run" id="c{id}" value="{id}"'
    ' aria-label="Choose {name}, run {id}"{checked}></td>{rank}{cells}</tr>\n'
)
_RANK = (
    '<td class="num rank" title="{said}">{point}<span class="pad interval">{range}</span><svg class="place"'
    ' viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true"><rect x="{start}" width="{width}"'
    ' height="2"/></svg></td>'
)
_NAME = '<th scope="row" class="first name"><a href="{}">{}</a>{}</th>'
_TAG = ' <span class="tag" title="{1}">{0}</span>'
_TOO_FEW = (
    '<td class="num{css}" title="pass@{k} needs {k} samples of each problem; this run has {n}">'
    '<span class="missing">n &lt; {k}</span><span class="interval"></span></td>'
)
_BAR = (
    '<svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">'
    '<rect width="{}" height="1"/></svg>'
)
_ORIGIN = '<a class="of" href="{}">T {}</a>'
_CURVE = (
    '<td class="spark"><svg viewBox="0 -1 80 22" role="img"><title>{said}</title>{band}'
    '<polyline points="{line}"/></svg></td>'
)
_VERDICTS = (
    '<td class="mix"><svg class="verdicts" viewBox="0 0 100 1" preserveAspectRatio="none" role="img">'
    "<title>{said}</title>{pieces}</svg></td>"
)
_PIECE = '<rect class="v-{}" x="{}" width="{}" height="1"/>'
_TITLE = ' title="{}"'


@dataclass(frozen=True, slots=True)
class Table:
    """What all rows of a table share."""

    ks: tuple[int, ...]
    shown: tuple[str, ...]  # chosen columns, in the order of the table
    problem_count: int


def lines_html(
    rows: Sequence[BoardRow], cells: Mapping[int, SafeString], ranks: Ranks, chosen: Collection[int]
) -> list[SafeString]:
    """The whole rows: the box that chooses a run for the charts (these are chosen), its rank, its cells."""
    ties = Counter(rank.point for rank in ranks.values())
    last = max((rank.high for rank in ranks.values()), default=1)
    checked = mark_safe(" checked")
    return [
        format_html(
            _LINE,
            id=row.run.pk,
            name=row.run.model.name,
            checked=checked if row.run.pk in chosen else _NOTHING,
            rank=_rank(ranks.get(row.run.pk), ties, last),
            cells=cells[row.run.pk],
        )
        for row in rows
    ]


def cells_html(rows: Sequence[BoardRow], table: Table) -> dict[int, SafeString]:
    """The cells of every row right of its rank, by run id."""
    cells = _Cells(rows, table)
    return {row.run.pk: cells.of(place) for place, row in enumerate(rows)}


class _Cells:
    """Cells of a table's rows, by their places: figures are aligned with those of the other rows."""

    def __init__(self, rows: Sequence[BoardRow], table: Table) -> None:
        self._rows, self._table = rows, table
        self._top_k = max((k for row in rows for k in row.figures), default=1)
        self._runs_of = Counter(row.run.model_id for row in rows)
        columns = [*table.ks, RERANKED_ORIGIN]
        self._figures = formatting.columns_aligned(
            [[figure_text(_figure(row, k)) for k in columns] for row in rows]
        )
        self._shares = formatting.columns_aligned(
            [[figure_text(row.security(name)) for name in ("flagged", "passed_flagged")] for row in rows]
        )

    def of(self, place: int) -> SafeString:
        row = self._rows[place]
        texts = texts_of(row, self._table.problem_count)
        cells = [_name(texts)]
        cells += [self._pass_at_k(place, column, k) for column, k in enumerate(self._table.ks)]
        cells += [self._chosen(place, name, texts) for name in self._table.shown]
        return mark_safe("".join(cells))  # each made by format_html

    def _pass_at_k(self, place: int, column: int, k: int) -> SafeString:
        row = self._rows[place]
        css = mark_safe(" rate") if column == 0 else _NOTHING
        if k not in row.figures and row.kind != PUBLISHED:
            return format_html(_TOO_FEW, css=css, k=k, n=row.run.n_min)
        drawn = format_html(_BAR, bar(row, self._table.ks)) if column == 0 and k in row.figures else _NOTHING
        return _figure_html(self._figures[place][column], css, drawn, _origin(row, k))

    def _chosen(self, place: int, name: str, texts: Mapping[str, Any]) -> SafeString:
        row = self._rows[place]
        match name:
            case "reranked":
                return _figure_html(self._figures[place][-1], origin=_origin(row, RERANKED_ORIGIN))
            case "curve":
                return self._curve(row)
            case "flagged":
                return _figure_html(self._shares[place][0])
            case "passflagged":
                return _figure_html(self._shares[place][1])
            case "verdicts":
                return _verdicts(row)
            case "temperature":
                return _number(_temperature(row))
            case "size":
                return _size(row, texts["size"], self._runs_of[row.run.model_id])
            case "organisation":
                return _words(texts["organisation"])
            case "shared":
                return _words(shared_with(row))
            case "released":
                return _number(str(row.run.model.released or formatting.MISSING))
            case "source":
                return _source(texts)
        return _number(texts[name])

    def _curve(self, row: BoardRow) -> SafeString:
        """pass@k from 1 to the board's largest k, on a log axis, with its band."""
        ks = sorted(row.figures)
        if len(ks) < 2:
            return mark_safe("<td></td>")
        figures = [row.figures[k] for k in ks]
        xs = [math.log(k) / math.log(self._top_k) * _SPARK_WIDTH for k in ks]
        lows = [(x, figure.low) for x, figure in zip(xs, figures, strict=True)]
        highs = [(x, figure.high) for x, figure in zip(xs, figures, strict=True)]
        edge = _points([*highs, *reversed(lows)])
        first, last = figures[0], figures[-1]
        return format_html(
            _CURVE,
            said=f"pass@{first.k} {first.value * 100:.1f} % to pass@{last.k} {last.value * 100:.1f} %",
            band=format_html('<polygon points="{}"/>', edge) if edge else _NOTHING,
            line=_points([(x, figure.value) for x, figure in zip(xs, figures, strict=True)]),
        )


def _figure(row: BoardRow, k: int) -> Figure | None:
    return row.reranked if k == RERANKED_ORIGIN else row.figures.get(k)


def _rank(rank: RankInterval | None, ties: Mapping[int, int], last: int) -> SafeString:
    """The place, the places that it could be, and these as a line from 1 to the last: ties lie abreast."""
    if rank is None:
        return mark_safe('<td class="num rank"></td>')
    shared = ties[rank.point]
    return format_html(
        _RANK,
        said=_rank_said(rank, shared),
        point=f"={rank.point}" if shared > 1 else rank.point,
        range=f"{rank.low}–{rank.high}" if rank.low != rank.high else "",
        start=f"{(rank.low - 1) / last * _PLOT:.1f}",
        width=f"{(rank.high - rank.low + 1) / last * _PLOT:.1f}",
    )


def _name(texts: Mapping[str, Any]) -> SafeString:
    return format_html(_NAME, texts["address"], texts["name"], format_html_join("", _TAG, texts["tags"]))


def _figure_html(
    text: formatting.FigureText,
    css: SafeString = _NOTHING,
    drawn: SafeString = _NOTHING,
    origin: SafeString = _NOTHING,
) -> SafeString:
    """Put together by hand: a table has hundreds, and `format_html` would look at every part of each."""
    wide = " wide" if text.wide else ""
    title = format_html(_TITLE, text.bounds) if text.bounds else ""
    return mark_safe(
        f'<td class="num{css}{wide}"{title}>{drawn}{escape(text.whole)}<span class="part">{escape(text.part)}'
        f'</span><span class="interval">{escape(text.interval)}</span>{origin}</td>'
    )


def _origin(row: BoardRow, k: int) -> SafeString:
    """Which of a model's runs the figure is of, where the row stands for several."""
    run: Run | None = row.origins.get(k) if row.origins else None
    if run is None or _figure(row, k) is None:
        return _NOTHING
    temperature = "?" if run.temperature is None else f"{run.temperature:g}"
    return format_html(_ORIGIN, page_address("run", run.pk), temperature)


def _temperature(row: BoardRow) -> str:
    """Of a row at its best temperatures: from the lowest to the highest of them."""
    if not row.origins:
        return formatting.plain_number(row.run.temperature)
    known = [run.temperature for run in row.origins.values() if run.temperature is not None]
    if not known or min(known) == max(known):
        return formatting.plain_number(min(known, default=None))
    return f"{min(known):g}–{max(known):g}"


def _verdicts(row: BoardRow) -> SafeString:
    pieces = formatting.segments(row.run.verdict_counts, VERDICT_WORDS)
    if not pieces:
        return _number(formatting.MISSING)
    total = sum(piece.count for piece in pieces)
    shares = (f"{VERDICT_WORDS[piece.name].word} {100 * piece.count / total:.1f} %" for piece in pieces)
    drawn = format_html_join("", _PIECE, ((piece.name, piece.start, piece.width) for piece in pieces))
    return format_html(_VERDICTS, said=", ".join(shares), pieces=drawn)


def _size(row: BoardRow, size: str, runs: int) -> SafeString:
    """The way to the model's page."""
    model = row.run.model
    title = f"{model.name}: {formatting.counted(runs, 'row')}"
    cell = '<td class="num"><a class="way" href="{}" title="{}">{}</a></td>'
    return format_html(cell, page_address("model", model.slug), title, size)


def _source(texts: Mapping[str, Any]) -> SafeString:
    text: str = formatting.shortened(texts["source"], _SOURCE_CHARACTERS)
    if texts["source_address"]:
        text = format_html('<a href="{}" rel="external noopener">{}</a>', texts["source_address"], text)
    return format_html('<td class="sub nowrap source" title="{}">{}</td>', texts["source"], text)


def _words(text: str) -> SafeString:
    return format_html('<td class="sub nowrap">{}</td>', text)


def _number(text: str) -> SafeString:
    return format_html('<td class="num">{}</td>', text)


def _points(places: Sequence[tuple[float, float | None]]) -> str:
    """Points of an SVG line; empty where a value is not known."""
    if any(value is None for _, value in places):
        return ""
    return " ".join(f"{x:.1f},{(1 - (value or 0.0)) * _SPARK_HEIGHT:.1f}" for x, value in places)


def _rank_said(rank: RankInterval, ties: int) -> str:
    shared = f", shared by {ties} runs" if ties > 1 else ""
    if rank.low == rank.high:
        return f"Place {rank.point}{shared}"
    return f"Place {rank.point}{shared}; the data do not rule out {rank.low} to {rank.high}"
