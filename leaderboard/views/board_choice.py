"""What the leaderboard's address asks for: `?q=…&show=measured,published&k=1,10&sort=-pass1`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict

from leaderboard.queries.board import KINDS, BoardRow, ks_of
from leaderboard.tables import Column, Order, parse_order
from leaderboard.views.choices import Box, address, joined, picked, text_of

_USUAL_KS = (1, 10, 100)
_PASS = "pass"


@dataclass(frozen=True, slots=True)
class BoardChoice:
    """`kinds` and `ks` are what is shown of `known_kinds` and `known_ks`, which the board has."""

    text: str
    kinds: tuple[str, ...]
    ks: tuple[int, ...]
    order: Order
    known_kinds: tuple[str, ...]
    known_ks: tuple[int, ...]

    @property
    def rank_k(self) -> int:
        """Ranks are by the pass@k that the table is sorted by, else by the first that it shows."""
        key = self.order.key.removeprefix(_PASS)
        return int(key) if key.isdecimal() else self.ks[0]

    def address(self, path: str, **more: str) -> str:
        order = "" if self.order == _default_order(self.ks) else str(self.order)
        ks = joined([str(k) for k in self.ks], [str(k) for k in usual_ks(self.known_ks)])
        show = joined(self.kinds, self.known_kinds)
        return address(path, {"q": self.text, "show": show, "k": ks, "sort": order, **more})

    def sorted_by(self, order: Order) -> BoardChoice:
        return replace(self, order=order)

    def kind_boxes(self) -> list[Box]:
        return [Box(kind, kind, kind in self.kinds) for kind in self.known_kinds]

    def k_boxes(self) -> list[Box]:
        return [Box(str(k), str(k), k in self.ks) for k in self.known_ks]


def board_choice(query: QueryDict, rows: Sequence[BoardRow]) -> BoardChoice:
    """The choice of this address on a board with these rows."""
    known_ks = tuple(ks_of(rows)) or _USUAL_KS
    found = {row.kind for row in rows}
    known_kinds = tuple(kind for kind in KINDS if kind in found)
    names = [str(k) for k in known_ks]
    ks = tuple(int(k) for k in picked(query, "k", names, map(str, usual_ks(known_ks))))
    ks = ks or usual_ks(known_ks)
    return BoardChoice(
        text=text_of(query),
        kinds=picked(query, "show", known_kinds, known_kinds),
        ks=ks,
        order=parse_order(query.get("sort", ""), columns(ks), _default_order(ks)),
        known_kinds=known_kinds,
        known_ks=known_ks,
    )


def columns(ks: Sequence[int]) -> list[Column]:
    """The board's columns with these k."""
    return [
        Column("rank", "Rank", falling=False, hint="rank"),
        Column("model", "Model", numeric=False, falling=False),
        *(Column(f"{_PASS}{k}", f"pass@{k}", "%", hint="passk" if k == ks[0] else "") for k in ks),
        Column("flagged", "Flagged", "%", hint="flagged"),
        Column("temperature", "T"),
        Column("top_p", "top_p"),
        Column("n", "n"),
        Column("size", "Parameters"),
        Column("organisation", "Organisation", numeric=False, falling=False),
        Column("date", "Date"),
        Column("source", "Source", numeric=False, falling=False),
    ]


def pass_k(key: str) -> int | None:
    """The k of a column `pass10`; None for other columns."""
    k = key.removeprefix(_PASS)
    return int(k) if k != key and k.isdecimal() else None


def usual_ks(known: Sequence[int]) -> tuple[int, ...]:
    """The k of these that a table shows unless asked for others."""
    return tuple(k for k in _USUAL_KS if k in known) or tuple(known[:3])


def _default_order(ks: Sequence[int]) -> Order:
    return Order(f"{_PASS}{ks[0]}", descending=True)
