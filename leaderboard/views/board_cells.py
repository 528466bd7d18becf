"""Rows of the board's table as HTML, column by column, ready to be put in any order.

A row's HTML does not depend on sorting or on the filter, so it is made once and kept with the board.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from evaluator.metrics import RankInterval
from leaderboard import formatting
from leaderboard.models import Run
from leaderboard.queries.board import PUBLISHED, RERANKED_ORIGIN, BoardRow
from leaderboard.queries.runs import Figure
from leaderboard.verdict_words import VERDICT_WORDS
from leaderboard.views.board_rows import Ranks, bar, figure_text, texts_of

_SOURCE_CHARACTERS = 22
_SPARK_WIDTH, _SPARK_HEIGHT = 80, 20
_PLOT = 100  # width of the drawing of a rank's interval

Cell = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """What all rows of a table share."""

    ks: tuple[int, ...]
    shown: tuple[str, ...]  # chosen columns, in the order of the table
    rank_k: int
    problem_count: int


def rows_html(rows: Sequence[BoardRow], ranks: Ranks, table: Table) -> dict[int, SafeString]:
    """The cells of every row by run id, without the box that chooses it."""
    template = get_template("leaderboard/board_row.html")
    runs_of = Counter(row.run.model_id for row in rows)
    lines = _Lines(rows, ranks, table)
    return {
        row.run.pk: mark_safe(  # rendered by a template, which escapes
            template.render({"row": lines.line(place, runs_of[row.run.model_id])})
        )
        for place, row in enumerate(rows)
    }


class _Lines:
    def __init__(self, rows: Sequence[BoardRow], ranks: Ranks, table: Table) -> None:
        self._rows, self._ranks, self._table = rows, ranks, table
        self._ties = Counter(rank.point for rank in ranks.values())
        self._last = max((rank.high for rank in ranks.values()), default=1)
        self._top_k = max((k for row in rows for k in row.figures), default=1)
        columns = [*table.ks, RERANKED_ORIGIN]
        figures = [[figure_text(_figure(row, k)) for k in columns] for row in rows]
        self._figures = formatting.columns_aligned(figures)
        shares = [[figure_text(row.security(name)) for name in ("flagged", "passed_flagged")] for row in rows]
        self._shares = formatting.columns_aligned(shares)

    def line(self, place: int, runs_of_model: int) -> dict[str, Any]:
        row = self._rows[place]
        texts = texts_of(row, self._ranks, self._table.problem_count)
        cells = [self._figure(place, column, k) for column, k in enumerate(self._table.ks)]
        cells += [self._cell(place, name, texts, runs_of_model) for name in self._table.shown]
        return texts | {"id": row.run.pk, "rank": self._rank(row), "cells": cells}

    def _rank(self, row: BoardRow) -> Cell:
        rank = self._ranks.get(row.run.pk)
        if rank is None:
            return {}
        return {
            "point": f"={rank.point}" if self._ties[rank.point] > 1 else str(rank.point),
            "range": f"{rank.low}–{rank.high}" if rank.low != rank.high else "",
            "said": _rank_said(rank, self._ties[rank.point]),
            "start": self._on_plot(rank.low - 1),
            "width": self._on_plot(rank.high - rank.low + 1),
            "at": self._on_plot(rank.point - 0.5),
        }

    def _on_plot(self, places: float) -> str:
        return f"{places / self._last * _PLOT:.1f}"

    def _figure(self, place: int, column: int, k: int) -> Cell:
        row = self._rows[place]
        cell = _figure_cell(self._figures[place][column])
        if k not in row.figures and row.kind != PUBLISHED:
            cell["missing"] = f"n < {k}"
            cell["title"] = f"pass@{k} needs {k} samples of each problem; this run has {row.run.n_min}"
        cell["origin"] = _origin(row, k)
        if column == 0:
            cell |= {"css": "rate", "bar": bar(row, self._table.ks)}
        return cell

    def _cell(self, place: int, name: str, texts: Mapping[str, Any], runs_of_model: int) -> Cell:
        row = self._rows[place]
        makers: dict[str, Callable[[], Cell]] = {
            "reranked": lambda: (
                _figure_cell(self._figures[place][-1]) | {"origin": _origin(row, RERANKED_ORIGIN)}
            ),
            "curve": lambda: self._curve(row),
            "flagged": lambda: _figure_cell(self._shares[place][0]),
            "passflagged": lambda: _figure_cell(self._shares[place][1]),
            "verdicts": lambda: _verdicts(row),
            "temperature": lambda: _number(_temperature(row)),
            "size": lambda: _number(texts["size"]) | _model_link(row, runs_of_model),
            "organisation": lambda: _text(texts["organisation"]),
            "released": lambda: _number(str(row.run.model.released or formatting.MISSING)),
            "source": lambda: _source(texts),
        }
        return makers[name]() if name in makers else _number(texts[name])

    def _curve(self, row: BoardRow) -> Cell:
        """pass@k from 1 to the board's largest k, on a log axis, with its band."""
        ks = sorted(row.figures)
        if len(ks) < 2:
            return _text("")
        xs = {k: math.log(k) / math.log(self._top_k) * _SPARK_WIDTH for k in ks}
        first, last = row.figures[ks[0]], row.figures[ks[-1]]
        band = []
        if all(row.figures[k].low is not None for k in ks):
            band = [(k, row.figures[k].high) for k in ks] + [(k, row.figures[k].low) for k in reversed(ks)]
        return {
            "line": _points([(xs[k], row.figures[k].value) for k in ks]),
            "band": _points([(xs[k], value or 0.0) for k, value in band]),
            "said": f"pass@{first.k} {first.value * 100:.1f} % to pass@{last.k} {last.value * 100:.1f} %",
        }


def _figure(row: BoardRow, k: int) -> Figure | None:
    return row.reranked if k == RERANKED_ORIGIN else row.figures.get(k)


def _figure_cell(text: formatting.FigureText) -> Cell:
    return {"figure": text, "css": "wide" if text.wide else "", "title": text.bounds}


def _origin(row: BoardRow, k: int) -> dict[str, str] | None:
    """Which of a model's runs the figure is of, where the row stands for several."""
    run: Run | None = row.origins.get(k) if row.origins else None
    if run is None or _figure(row, k) is None:
        return None
    temperature = "?" if run.temperature is None else f"{run.temperature:g}"
    return {"text": f"T {temperature}", "address": reverse("run", args=[run.pk])}


def _temperature(row: BoardRow) -> str:
    """Of a row at its best temperatures: from the lowest to the highest of them."""
    if not row.origins:
        return formatting.plain_number(row.run.temperature)
    known = [run.temperature for run in row.origins.values() if run.temperature is not None]
    if not known or min(known) == max(known):
        return formatting.plain_number(min(known, default=None))
    return f"{min(known):g}–{max(known):g}"


def _verdicts(row: BoardRow) -> Cell:
    counts = row.run.verdict_counts
    pieces = formatting.segments(counts, VERDICT_WORDS)
    total = sum(piece.count for piece in pieces)
    said = ", ".join(
        f"{VERDICT_WORDS[piece.name].word} {100 * piece.count / total:.1f} %" for piece in pieces
    )
    return {"segments": pieces, "said": said} if pieces else _text(formatting.MISSING)


def _model_link(row: BoardRow, runs_of_model: int) -> Cell:
    model = row.run.model
    count = formatting.counted(runs_of_model, "row")
    return {"address": reverse("model", args=[model.slug]), "title": f"{model.name}: {count}", "way": "way"}


def _source(texts: Mapping[str, Any]) -> Cell:
    cell = _text(formatting.shortened(texts["source"], _SOURCE_CHARACTERS)) | {"title": texts["source"]}
    if texts["source_address"]:
        cell |= {"address": texts["source_address"], "outside": True}
    return cell


def _number(text: str) -> Cell:
    return {"text": text, "css": "num"}


def _text(text: str) -> Cell:
    return {"text": text, "css": "sub nowrap"}


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{(1 - value) * _SPARK_HEIGHT:.1f}" for x, value in places)


def _rank_said(rank: RankInterval, ties: int) -> str:
    shared = f", shared by {ties} runs" if ties > 1 else ""
    if rank.low == rank.high:
        return f"Place {rank.point}{shared}"
    return f"Place {rank.point}{shared}; the data do not rule out {rank.low} to {rank.high}"
