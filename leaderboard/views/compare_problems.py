"""The problems of the opened pair: who solves which, as a table of four fields and as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import mark_safe

from leaderboard import formatting
from leaderboard.queries.compare import Comparison, SharedProblem
from leaderboard.queries.compare_pairs import (
    ANY,
    BOTH,
    FIRST,
    GROUPS,
    MAJORITY,
    NEITHER,
    RATE,
    SECOND,
    groups_of_pair,
    single_sample,
)
from leaderboard.tables import Order, Value, head_cells, in_order
from leaderboard.views.compare_choice import CompareChoice, problem_columns
from leaderboard.views.compare_words import points
from leaderboard.views.run_rows import problem_paths

_RULE_WORDS = {
    MAJORITY: ("most samples pass", "A run solves a problem when more than half of its samples pass."),
    ANY: ("at least one sample passes", "A run solves a problem when at least one of its samples passes."),
    RATE: ("who passes more often", "Problems are divided by which run passes them more often."),
}


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One shared problem: the pass rate of each run, and who of the opened pair solves it."""

    problem: SharedProblem
    rates: Sequence[float]
    counts: Sequence[str]
    difference: float
    group: str


def compared_rows(comparison: Comparison, choice: CompareChoice) -> list[ComparedRow]:
    """Every shared problem, in the benchmark's order."""
    first, second = choice.pair
    groups = groups_of_pair(comparison, first, second, choice.rule)
    rates, passed, drawn = comparison.rates.T.tolist(), comparison.c.T.tolist(), comparison.n.T.tolist()
    return [
        ComparedRow(
            problem=problem,
            rates=rates[place],
            counts=[f"{c} / {n}" for c, n in zip(passed[place], drawn[place], strict=True)],
            difference=rates[place][first] - rates[place][second],
            group=groups[place],
        )
        for place, problem in enumerate(comparison.problems)
    ]


def chosen_rows(rows: Sequence[ComparedRow], choice: CompareChoice) -> list[ComparedRow]:
    """The rows of this choice, in its order."""
    kept = [
        row
        for row in rows
        if choice.group in ("", row.group) and choice.text.casefold() in row.problem.task_id.casefold()
    ]
    return in_order(
        kept,
        choice.order,
        lambda row, key: _value(row, key, choice),
        tie=lambda row: row.problem.position,
    )


def problem_table(
    comparison: Comparison, names: Sequence[str], rows: Sequence[ComparedRow], choice: CompareChoice
) -> dict[str, Any]:
    """The four fields and the rows of the opened pair."""
    path = reverse("compare")
    words = group_words(names, choice)
    wanted = chosen_rows(rows, choice)

    def sorted_by(order: Order) -> str:
        return replace(choice, order=order).address(path)

    return {
        "path": path,
        "first": names[choice.pair[0]],
        "second": names[choice.pair[1]],
        "rules": _rules(comparison, choice, path),
        "rule_said": "" if single_sample(comparison, choice.pair) else _RULE_WORDS[choice.rule][1],
        "crossed": choice.rule != RATE,
        "fields": _fields(rows, words, choice, path),
        "head": head_cells(problem_columns(comparison.runs), choice.order, sorted_by),
        "rows": list(_lines(comparison, wanted, words, choice)),
        "counts": formatting.counted(len(wanted), "problem"),
        "total": len(rows),
        "unfiltered": replace(choice, group="", text="").address(path),
    }


def record(comparison: Comparison, row: ComparedRow) -> dict[str, Any]:
    """The problem with raw values: pass rates by run id, the pair's difference as a fraction."""
    rates = {f"pass_rate_run_{run.pk}": rate for run, rate in zip(comparison.runs, row.rates, strict=True)}
    return {"task_id": row.problem.task_id, **rates, "difference": row.difference, "solved_by": row.group}


def record_columns(comparison: Comparison) -> list[str]:
    """The keys of `record`, for a table without rows."""
    rates = [f"pass_rate_run_{run.pk}" for run in comparison.runs]
    return ["task_id", *rates, "difference", "solved_by"]


def group_words(names: Sequence[str], choice: CompareChoice) -> dict[str, str]:
    """What each group is called under the chosen rule."""
    first, second = (names[place] for place in choice.pair)
    if choice.rule == RATE:
        return {
            BOTH: "equally often",
            FIRST: f"{first} more often",
            SECOND: f"{second} more often",
            NEITHER: "neither ever",
        }
    return {BOTH: "both", FIRST: f"only {first}", SECOND: f"only {second}", NEITHER: "neither"}


def samples_address(task_id: str, choice: CompareChoice) -> str:
    """Where the runs' samples of this problem stand side by side."""
    return choice.address(reverse("compare-samples", args=[task_id]))


def _fields(
    rows: Sequence[ComparedRow], words: Mapping[str, str], choice: CompareChoice, path: str
) -> dict[str, dict[str, Any]]:
    total = len(rows) or 1
    counts = {group: sum(row.group == group for row in rows) for group in GROUPS}
    return {
        group: {
            "word": words[group],
            "count": counts[group],
            "share": formatting.percent(counts[group] / total),
            "address": replace(choice, group="" if choice.group == group else group).address(path),
            "open": choice.group == group,
        }
        for group in GROUPS
    }


def _rules(comparison: Comparison, choice: CompareChoice, path: str) -> list[dict[str, Any]]:
    """The rules to choose from; none where each run has one sample of a problem, and all agree."""
    if single_sample(comparison, choice.pair):
        return []
    return [
        {
            "word": word,
            "address": replace(choice, rule=rule, group="").address(path),
            "open": rule == choice.rule,
        }
        for rule, (word, _) in _RULE_WORDS.items()
    ]


def _lines(
    comparison: Comparison, rows: Sequence[ComparedRow], words: Mapping[str, str], choice: CompareChoice
) -> Iterator[dict[str, Any]]:
    """What the table's template prints, row by row."""
    failures = [problem_paths("failures", run.pk) for run in comparison.runs]
    samples, query = problem_paths("compare-samples"), choice.address("")
    for row in rows:
        task_id = row.problem.task_id
        cells = zip(row.rates, row.counts, failures, strict=True)
        yield {
            "task_id": task_id,
            "address": samples(task_id) + query,
            "rates": mark_safe("".join(_rate_cell(*cell[:2], cell[2](task_id)) for cell in cells)),
            "difference": points(row.difference),
            "group": words[row.group],
        }


def _rate_cell(rate: float, counts: str, address: str) -> str:
    """A pass rate that leads to the failures behind it, as markup: six runs have a thousand of them."""
    text = formatting.percent(rate)
    bar = f'<rect width="{text}" height="1"/>' if rate else ""
    return (
        f'<td class="num rate" title="{counts} samples passed">'
        f'<svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">{bar}</svg>'
        f'<a class="way" href="{escape(address)}">{text}</a></td>'
    )


def _value(row: ComparedRow, key: str, choice: CompareChoice) -> Value:
    if key.startswith("run"):
        place = {f"run{pk}": place for place, pk in enumerate(choice.runs)}[key]
        return row.rates[place]
    values: dict[str, Value] = {
        "problem": row.problem.position,
        "difference": row.difference,
        "group": GROUPS.index(row.group),
    }
    return values[key]
