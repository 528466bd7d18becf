"""Sortable tables: columns, the order that the address names, header links and sorted rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

Row = TypeVar("Row")


class Sortable(Protocol):
    def __lt__(self, other: Any, /) -> bool: ...


Value = Sortable | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `key` names it in the address, `hint` the help text behind its "?"."""

    key: str
    label: str
    unit: str = ""
    numeric: bool = True
    falling: bool = True  # the order of the first click: largest first
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """Sorted by this column; in the address "rate", or "-rate" for largest first."""

    key: str
    descending: bool

    def __str__(self) -> str:
        return f"-{self.key}" if self.descending else self.key


@dataclass(frozen=True, slots=True)
class HeadCell:
    """A column's header: where a click on it leads and what `aria-sort` says (empty: not sorted by it)."""

    column: Column
    address: str
    aria_sort: str


def parse_order(text: str, columns: Iterable[Column], default: Order) -> Order:
    """The order that an address names; `default` where it names no column of these."""
    key = text.removeprefix("-")
    known = any(column.key == key for column in columns)
    return Order(key, text.startswith("-")) if known else default


def head_cells(columns: Iterable[Column], order: Order, address_of: Callable[[Order], str]) -> list[HeadCell]:
    """Header cells: a click sorts by the column, another one turns the order round."""
    return [_head_cell(column, order, address_of) for column in columns]


def in_order(
    rows: Iterable[Row], order: Order, value_of: Callable[[Row, str], Value], tie: Callable[[Row], Value]
) -> list[Row]:
    """Sorted rows: equal ones by `tie` whichever way it goes, rows without a value last."""
    by_tie: Sequence[Row] = sorted(rows, key=tie)  # type: ignore[arg-type]
    having = [row for row in by_tie if value_of(row, order.key) is not None]
    without = [row for row in by_tie if value_of(row, order.key) is None]
    # `reverse` keeps equal rows in the order they came in.
    having.sort(key=lambda row: value_of(row, order.key), reverse=order.descending)  # type: ignore[arg-type,return-value]
    return having + without


def _head_cell(column: Column, order: Order, address_of: Callable[[Order], str]) -> HeadCell:
    if column.key != order.key:
        return HeadCell(column, address_of(Order(column.key, column.falling)), "")
    aria_sort = "descending" if order.descending else "ascending"
    return HeadCell(column, address_of(Order(column.key, not order.descending)), aria_sort)
