"""Which rows of the board a filter keeps."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from evaluator.metrics import RankInterval
from leaderboard.forms.board_filter import BoardFilter, Period, Term, Value, Word
from leaderboard.queries.board import PUBLISHED, SYNTHETIC, BoardRow
from leaderboard.queries.runs import Figure

Ranks = Mapping[int, RankInterval]

_COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SAME = 1e-9  # 0.1 + 0.2 in a file is 0.3 to a reader


def kept(rows: Sequence[BoardRow], asked: BoardFilter, ranks: Ranks) -> list[BoardRow]:
    """The rows that every word and every term of the filter holds for."""
    return [
        row
        for row in rows
        if all(_has(row, word) for word in asked.words)
        and all(_holds(row, term, ranks) for term in asked.terms)
    ]


def scored_on(row: BoardRow) -> Period | None:
    """The day it was scored; of a published row, the year."""
    if row.kind == PUBLISHED:
        year = row.run.citation.get("year")
        return Period(date(int(year), 1, 1), date(int(year), 12, 31)) if year else None
    return _day(row.run.finished_at)


def _has(row: BoardRow, word: Word) -> bool:
    model = row.run.model
    return (word.text in f"{model.name} {model.organisation}".casefold()) is not word.left_out


def _holds(row: BoardRow, term: Term, ranks: Ranks) -> bool:
    return _matches(_known(row, term, ranks), term.operator, term.value) is not term.left_out


def _matches(known: Value, compared: str, wanted: Value) -> bool:
    """Rows that do not know a field match no comparison, neither < nor >; only `none` finds them."""
    if wanted is None or known is None:
        same = known is None and wanted is None
        return not same if compared == "!=" and wanted is None else same
    if compared == "!=":
        return not _equal(known, "=", wanted)
    if compared in ("=", ":"):
        return _equal(known, compared, wanted)
    if isinstance(known, Period) and isinstance(wanted, Period):
        return _before_or_after(known, compared, wanted)
    assert isinstance(known, int | float)
    assert isinstance(wanted, int | float)
    near = abs(known - wanted) < _SAME
    return "=" in compared if near else _COMPARED[compared](known, wanted)


def _equal(known: Value, compared: str, wanted: Value) -> bool:
    if isinstance(known, Period) and isinstance(wanted, Period):
        return wanted.first <= known.first and known.last <= wanted.last
    if isinstance(known, tuple) and isinstance(wanted, tuple):
        return not set(known).isdisjoint(wanted)
    if isinstance(known, tuple) and isinstance(wanted, str):
        return any(_equal(name, compared, wanted) for name in known)
    if isinstance(known, str) and isinstance(wanted, str):
        return wanted == known if compared == "=" else wanted in known
    assert isinstance(known, int | float)
    assert isinstance(wanted, int | float)
    return abs(known - wanted) < _SAME


def _before_or_after(known: Period, compared: str, wanted: Period) -> bool:
    """A month is after a year when all of it is; `>=` counts from the first day on."""
    if compared == "<":
        return known.last < wanted.first
    if compared == "<=":
        return known.last <= wanted.last
    return known.first > wanted.last if compared == ">" else known.first >= wanted.first


def _known(row: BoardRow, term: Term, ranks: Ranks) -> Value:
    return _value(row.figures.get(term.k)) if term.k is not None else _KNOWN[term.field](row, ranks)


def _value(figure: Figure | None) -> float | None:
    return figure.value if figure else None


def _sources(row: BoardRow) -> tuple[str, ...]:
    """A published or synthetic row is only that; a measured or imported one is also uploaded, or sampled."""
    if row.kind in (PUBLISHED, SYNTHETIC):
        return (row.kind,)
    return (row.kind, row.run.source)


def _shared_with(row: BoardRow) -> tuple[str, ...] | None:
    """The word in its address, which stays when it is renamed, and its name."""
    found = row.run.organisation
    return (found.slug, found.name.casefold()) if found else None


def _day(moment: date | None) -> Period | None:
    if moment is None:
        return None
    day = moment.date() if isinstance(moment, datetime) else moment
    return Period(day, day)


_KNOWN: Mapping[str, Callable[[BoardRow, Ranks], Value]] = {
    "params": lambda row, _: row.run.model.parameters,
    "org": lambda row, _: row.run.model.organisation.casefold() or None,
    "model": lambda row, _: row.run.model.name.casefold(),
    "shared": lambda row, _: _shared_with(row),
    "T": lambda row, _: row.run.temperature,
    "top_p": lambda row, _: row.run.top_p,
    "n": lambda row, _: row.run.n_min or None,
    "reranked": lambda row, _: _value(row.reranked),
    "flagged": lambda row, _: _value(row.security("flagged")),
    "passing_flagged": lambda row, _: _value(row.security("passed_flagged")),
    "rank": lambda row, ranks: ranks[row.run.pk].point if row.run.pk in ranks else None,
    "date": lambda row, _: scored_on(row),
    "released": lambda row, _: _day(row.run.model.released),
    "source": lambda row, _: _sources(row),
    "visibility": lambda row, _: (row.run.visibility,),
}
