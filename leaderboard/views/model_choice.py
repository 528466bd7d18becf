"""What the address of a model's page asks for.

?sort=-pass1 &benchmark=humaneval&table=best&format=csv
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict

from leaderboard.queries.board import PUBLISHED, BoardRow
from leaderboard.tables import Column, Order, Value, in_order, parse_order
from leaderboard.views.board_choice import pass_k
from leaderboard.views.choices import address, one_of

RUNS, BEST, CELLS = TABLES = ("runs", "best", "settings")
_BY_TEMPERATURE = Order("temperature", descending=False)


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """`table`: which table a file holds, of the benchmark of this slug."""

    order: Order
    benchmark: str
    table: str

    def address(self, path: str, **more: str) -> str:
        order = "" if self.order == _BY_TEMPERATURE else str(self.order)
        return address(path, {"sort": order, **more})

    def sorted_by(self, order: Order) -> ModelChoice:
        return replace(self, order=order)


def model_choice(query: QueryDict, ks: Sequence[int]) -> ModelChoice:
    """The choice of this address, for tables with these k."""
    return ModelChoice(
        order=parse_order(query.get("sort", ""), run_columns(ks), _BY_TEMPERATURE),
        benchmark=query.get("benchmark", ""),
        table=one_of(query, "table", TABLES),
    )


def run_columns(ks: Sequence[int]) -> list[Column]:
    """The columns of the table of runs."""
    return [
        Column("run", "Run", numeric=False, falling=False),
        *(Column(f"pass{k}", f"pass@{k}", "%", hint="passk") for k in ks),
        Column("flagged", "Flagged", "%", hint="flagged"),
        Column("temperature", "T", falling=False),
        Column("top_p", "top_p", falling=False),
        Column("n", "n"),
        Column("date", "Date"),
        Column("source", "Source", numeric=False, falling=False),
    ]


def ordered(rows: Sequence[BoardRow], order: Order) -> list[BoardRow]:
    """Measured runs first, each group in this order; a k that a table lacks sorts by the run alone."""
    found = in_order(rows, order, _value, tie=lambda row: row.run.pk)
    return sorted(found, key=lambda row: row.kind == PUBLISHED)


def _value(row: BoardRow, key: str) -> Value:
    run = row.run
    if (k := pass_k(key)) is not None:
        return row.figures[k].value if k in row.figures else None
    flagged = row.security("flagged")
    values: dict[str, Value] = {
        "run": run.pk,
        "flagged": flagged.value if flagged else None,
        "temperature": run.temperature,
        "top_p": run.top_p,
        "n": run.n_max or None,
        "date": run.finished_at,
        "source": row.kind,
    }
    return values[key]
