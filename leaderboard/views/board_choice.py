"""What the leaderboard's address asks for.

?q=codegen params<10B &show=measured,published &k=1,25 &cols=flagged,size &best=temperature
&run=3,7 (for the charts) &sort=-pass1
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict

from leaderboard.forms.board_filter import BoardFilter, board_filter
from leaderboard.queries.board import KINDS, PUBLISHED, BoardRow, ks_of, most_samples
from leaderboard.tables import Column, Order, parse_order
from leaderboard.views.board_columns import (
    CHOSEN_COLUMNS,
    PASS,
    RERANKED,
    SOURCE,
    USUAL_COLUMNS,
    table_columns,
)
from leaderboard.views.choices import Box, address, joined, listed, one_of, picked, text_of

_USUAL_KS = (1, 10, 100)
_MOST_KS = 8  # columns of one table
_MOST_RUNS = 12  # curves of one chart
BEST_RUN, BEST_TEMPERATURE = "run", "temperature"
_BEST = {
    "": "every run",
    BEST_RUN: "best run per model",
    BEST_TEMPERATURE: "best T per model and k",
}


@dataclass(frozen=True, slots=True)
class BoardChoice:
    """`kinds`, `ks` and `shown` (columns) are what is shown of what the board has, `known_…`.

    `best`: one row per model. `runs`: ids of those whose curves are drawn. `refused`: what the address asks
    for and can't have, in sentences.
    """

    text: str
    filter: BoardFilter
    kinds: tuple[str, ...]
    ks: tuple[int, ...]
    shown: tuple[str, ...]
    best: str
    runs: tuple[int, ...]
    order: Order
    known_kinds: tuple[str, ...]
    known_ks: tuple[int, ...]
    usual_kinds: tuple[str, ...]
    usual_columns: tuple[str, ...]
    refused: tuple[str, ...] = ()

    @property
    def rank_k(self) -> int:
        """Ranks are by the pass@k that the table is sorted by, else by the first that it shows."""
        return pass_k(self.order.key) or self.ks[0]

    @property
    def columns(self) -> list[Column]:
        return table_columns(self.ks, self.shown)

    def address(self, path: str, **more: str) -> str:
        order = "" if self.order == _default_order(self.ks) else str(self.order)
        values = {
            "q": self.text,
            "show": joined(self.kinds, self.usual_kinds),
            "k": joined([str(k) for k in self.ks], [str(k) for k in usual_ks(self.known_ks)]),
            "cols": joined(self.shown, self.usual_columns),
            "best": self.best,
            "run": ",".join(map(str, self.runs)),
            "sort": order,
        }
        return address(path, values | more)

    def sorted_by(self, order: Order) -> BoardChoice:
        return replace(self, order=order)

    def kind_boxes(self) -> list[Box]:
        return [Box(kind, kind, kind in self.kinds) for kind in self.known_kinds]

    def column_boxes(self) -> list[Box]:
        return [Box(key, label, key in self.shown) for key, label in CHOSEN_COLUMNS.items()]

    def best_boxes(self) -> list[Box]:
        return [Box(key, label, key == self.best) for key, label in _BEST.items()]

    def k_text(self) -> str:
        return ", ".join(map(str, self.ks))


def board_choice(query: QueryDict, rows: Sequence[BoardRow]) -> BoardChoice:
    """The choice of this address on a board with these rows."""
    known_ks = tuple(ks_of(rows)) or _USUAL_KS
    found = {row.kind for row in rows}
    known_kinds = tuple(kind for kind in KINDS if kind in found)
    text = text_of(query)
    asked = board_filter(text)
    # Published rows are shown on request, which naming a source is too, or where there is nothing else.
    usual_kinds = tuple(kind for kind in known_kinds if kind != PUBLISHED) or known_kinds
    default_kinds = known_kinds if asked.names("source") else usual_kinds
    ks, refused = _ks(query, known_ks, most_samples(rows))
    kinds = picked(query, "show", known_kinds, default_kinds)
    usual_columns = _usual_columns([row for row in rows if row.kind in kinds])
    shown = picked(query, "cols", tuple(CHOSEN_COLUMNS), usual_columns)
    return BoardChoice(
        text=text,
        filter=asked,
        kinds=kinds,
        ks=ks,
        shown=shown,
        best=one_of(query, "best", tuple(_BEST)),
        runs=_runs(query, rows),
        order=parse_order(query.get("sort", ""), table_columns(ks, shown), _default_order(ks)),
        known_kinds=known_kinds,
        known_ks=known_ks,
        usual_kinds=default_kinds,
        usual_columns=usual_columns,
        refused=(*asked.errors, *refused),
    )


def pass_k(key: str) -> int | None:
    """The k of a column `pass10`; None for other columns."""
    k = key.removeprefix(PASS)
    return int(k) if k != key and k.isdecimal() else None


def usual_ks(known: Sequence[int]) -> tuple[int, ...]:
    """The k of these that a table shows unless asked for others."""
    return tuple(k for k in _USUAL_KS if k in known) or tuple(known[:3])


def _usual_columns(rows: Sequence[BoardRow]) -> tuple[str, ...]:
    """Columns that tell these rows something: where all are measured here, no source."""
    also = {RERANKED} if any(row.reranked for row in rows) else set()
    also |= {SOURCE} if any(row.kind == PUBLISHED for row in rows) else set()
    return tuple(key for key in CHOSEN_COLUMNS if key in USUAL_COLUMNS | also)


def _ks(query: QueryDict, known: Sequence[int], most: int) -> tuple[tuple[int, ...], list[str]]:
    """The k of the address in rising order, and why others are refused."""
    ks: set[int] = set()
    refused = []
    for text in listed(query, "k"):
        if not (text.isascii() and text.isdecimal() and len(text) <= 7 and int(text)):
            refused.append(f"k = {text} is left out: k is a whole number from 1 on, such as 1, 10 or 100.")
        elif int(text) > most and int(text) not in known:
            refused.append(_too_large(text, most))
        else:
            ks.add(int(text))
    if len(ks) > _MOST_KS:
        refused.append(f"Of {len(ks)} k the smallest {_MOST_KS} are shown: more columns can't be read.")
    return tuple(sorted(ks)[:_MOST_KS]) or usual_ks(known), refused


def _too_large(k: str, most: int) -> str:
    return (
        f"pass@{k} is left out: it needs {k} samples of each problem or more, "
        f"and no run on this board has more than {most:,}."
    )


def _runs(query: QueryDict, rows: Sequence[BoardRow]) -> tuple[int, ...]:
    known = {row.run.pk for row in rows}
    asked = {int(text) for text in listed(query, "run") if text.isascii() and text.isdecimal()}
    return tuple(sorted(asked & known)[:_MOST_RUNS])


def _default_order(ks: Sequence[int]) -> Order:
    return Order(f"{PASS}{ks[0]}", descending=True)
