"""The run page's problem table: what the address asks for, the rows as strings and as records for files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from leaderboard.formatting import counted, percent, signed
from leaderboard.models import Run
from leaderboard.queries.runs import ProblemRow, totals
from leaderboard.tables import Column, Order, Value, head_cells, in_order, parse_order
from leaderboard.verdict_svg import verdict_svg
from leaderboard.verdict_words import FAILURES, VERDICT_WORDS, WAITING
from leaderboard.views import choices
from leaderboard.views.run_rows import problem_paths

COLUMNS = (
    Column("problem", "Problem", numeric=False, falling=False),
    Column("rate", "Passed", "%"),
    Column("n", "c / n"),
    Column("mix", "Verdicts", numeric=False),
    Column("failure", "Most frequent failure", numeric=False, falling=False),
    Column("flagged", "Flagged", hint="flagged"),
    Column("surprise", "Surprise", falling=False, hint="surprise"),
)
RECORD_COLUMNS = ("task_id", "n", "c", "pass_rate", *VERDICT_WORDS, "flagged", "expected_rate", "surprise")
DEFAULT_ORDER = Order("problem", descending=False)
# What a box of the filter line keeps.
UNSOLVED, FLAGGED = "unsolved", "flagged"


@dataclass(frozen=True, slots=True)
class ProblemChoice:
    """Which problems are shown, in which order."""

    text: str = ""
    verdict: str = ""
    only: tuple[str, ...] = ()
    order: Order = DEFAULT_ORDER

    def address(self, path: str, **other: str) -> str:
        """The shortest address of this choice."""
        sort = "" if self.order == DEFAULT_ORDER else str(self.order)
        values = {"q": self.text, "verdict": self.verdict, "only": ",".join(self.only), "sort": sort}
        return choices.address(path, values | other)

    @property
    def boxes(self) -> list[choices.Box]:
        labels = {UNSOLVED: "unsolved", FLAGGED: "flagged"}
        return [choices.Box(value, label, value in self.only) for value, label in labels.items()]


def parse_choice(query: QueryDict) -> ProblemChoice:
    """What an address asks for; unknown values count as absent."""
    return ProblemChoice(
        text=choices.text_of(query),
        verdict=choices.one_of(query, "verdict", ["", *VERDICT_WORDS]),
        only=choices.picked(query, "only", (UNSOLVED, FLAGGED), ()),
        order=parse_order(query.get("sort", ""), COLUMNS, DEFAULT_ORDER),
    )


def chosen(rows: Sequence[ProblemRow], choice: ProblemChoice) -> list[ProblemRow]:
    """The rows of this choice, in its order."""
    kept = [row for row in rows if _wanted(row, choice)]
    return in_order(kept, choice.order, _value, tie=lambda row: row.position)


def context(run: Run, rows: Sequence[ProblemRow], choice: ProblemChoice) -> dict[str, Any]:
    """What the table's template needs."""
    path = reverse("run", args=[run.pk])
    wanted = chosen(rows, choice)
    compared = any(row.residual is not None for row in rows)
    columns = COLUMNS if compared else COLUMNS[:-1]
    paths, query = problem_paths("failures", run.pk), choices.address("", {"verdict": choice.verdict})
    return {
        "path": path,
        "choice": choice,
        "head": head_cells(columns, choice.order, lambda order: replace(choice, order=order).address(path)),
        "compared": compared,
        "rows": [_texts(row, paths(row.task_id) + query) for row in wanted],
        "counts": counted(len(wanted), "problem"),
        "total": len(rows),
        "verdicts": [VERDICT_WORDS[name] for name in totals(rows) if name != WAITING],
        "csv": choice.address(path, format="csv"),
        "json": choice.address(path, format="json"),
    }


def record(row: ProblemRow) -> dict[str, Any]:
    """The row with raw values, for CSV and JSON; samples by verdict, the pass rate as a fraction."""
    verdicts = {name: row.verdicts.get(name, 0) for name in VERDICT_WORDS}
    known = {"task_id": row.task_id, "n": row.n, "c": row.c, "pass_rate": row.rate}
    expected = {"expected_rate": row.expected, "surprise": row.residual}
    return known | verdicts | {"flagged": row.flagged} | expected


def _texts(row: ProblemRow, address: str) -> Mapping[str, Any]:
    return {
        "task_id": row.task_id,
        "address": address,
        "rate": percent(row.rate),
        "width": percent(row.rate) if row.rate else "",
        "counts": f"{row.c} / {row.n}" if row.scored else f"– / {row.n}",
        "mix": verdict_svg(row.verdicts),
        "failure": VERDICT_WORDS[row.failure] if row.failure else None,
        "failure_count": f"{row.verdicts.get(row.failure, 0)}",
        "flagged": f"{row.flagged}" if row.flagged else "",
        "surprise": "" if row.residual is None else signed(row.residual),
        "expected": percent(row.expected, 0),
    }


def _value(row: ProblemRow, key: str) -> Value:
    values: Mapping[str, Value] = {
        "problem": row.position,
        "rate": row.rate,
        "n": row.n,
        "mix": sum(count > 0 for count in row.verdicts.values()),  # in how many ways its samples end
        "failure": FAILURES.index(row.failure) if row.failure else None,
        "flagged": row.flagged,
        "surprise": row.residual,
    }
    return values[key]


def _wanted(row: ProblemRow, choice: ProblemChoice) -> bool:
    return (
        choice.text.casefold() in row.task_id.casefold()
        and (not choice.verdict or row.verdicts.get(choice.verdict, 0) > 0)
        and (UNSOLVED not in choice.only or (row.scored and row.c == 0))
        and (FLAGGED not in choice.only or row.flagged > 0)
    )
