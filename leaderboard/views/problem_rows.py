"""Rows of the problem list and of one problem's page: strings, sorting values, records for files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from leaderboard import formatting
from leaderboard.models import Problem
from leaderboard.queries.behaviours import RunOnProblem, SharedFailure
from leaderboard.queries.failures import FailureGroup
from leaderboard.queries.items import Bounded
from leaderboard.queries.problems import ProblemSummary
from leaderboard.tables import Value, in_order
from leaderboard.verdict_svg import verdict_svg
from leaderboard.verdict_words import FAILURES, VERDICT_WORDS
from leaderboard.views.failure_place import behaviour_address
from leaderboard.views.failure_rows import summary
from leaderboard.views.problem_choice import ProblemsChoice

RECORD = (
    *("task_id", "entry_point", "pass_rate", "pass_rate_low", "pass_rate_high"),
    *("discrimination", "discrimination_low", "discrimination_high", "suspect", "reference_verdict"),
    *("runs", "solved_by", "solved_alone_by", "passed", *FAILURES, "solution_lines"),
)
_SUMMARY_CHARACTERS = 120


def chosen(rows: Sequence[ProblemSummary], choice: ProblemsChoice) -> list[ProblemSummary]:
    """The rows of this choice in its order."""
    kept = [row for row in rows if _wanted(row, choice)]
    return in_order(kept, choice.order, _value, tie=lambda row: row.problem.position)


def texts(row: ProblemSummary, slug: str) -> dict[str, Any]:
    """What the problem list prints."""
    return {
        "task_id": row.problem.task_id,
        "entry_point": row.problem.entry_point,
        "address": reverse("problem", args=[slug, row.problem.task_id]),
        "figure": _rate(row.item.rate),
        "bar": f"{(row.item.rate.value or 0) * 100:.2f}",
        **discrimination_texts(row.item.discrimination),
        "suspect": "; ".join(row.item.reasons),
        "solved": f"{row.solved} of {row.runs}" if row.runs else formatting.MISSING,
        "alone": row.alone,
        "verdicts": verdict_svg(row.verdicts),
        "lines": row.lines,
    }


def record(row: ProblemSummary) -> dict[str, Any]:
    """The row with raw values; verdicts count samples."""
    counts = {name: row.verdicts.get(name, 0) for name in ("passed", *FAILURES)}
    return {
        "task_id": row.problem.task_id,
        "entry_point": row.problem.entry_point,
        "pass_rate": row.item.rate.value,
        "pass_rate_low": row.item.rate.low,
        "pass_rate_high": row.item.rate.high,
        "discrimination": row.item.discrimination.value,
        "discrimination_low": row.item.discrimination.low,
        "discrimination_high": row.item.discrimination.high,
        "suspect": "; ".join(row.item.reasons),
        "reference_verdict": row.problem.reference_verdict,
        "runs": row.runs,
        "solved_by": row.solved,
        "solved_alone_by": row.alone,
        **counts,
        "solution_lines": row.lines,
    }


def discrimination_texts(found: Bounded) -> dict[str, str]:
    """A correlation from -1 to 1 with its interval, if there is one."""
    if found.value is None:
        return {"discrimination": formatting.MISSING, "discrimination_interval": ""}
    bounds = f"{_signed(found.low)} to {_signed(found.high)}" if found.low is not None else ""
    return {"discrimination": _signed(found.value), "discrimination_interval": bounds}


def _signed(value: float | None) -> str:
    return f"{value or 0:.2f}".replace("-", "−")


def _rate(rate: Bounded) -> formatting.FigureText:
    return formatting.figure_text(rate.value, rate.low, rate.high)


def run_texts(row: RunOnProblem, problem: Problem, shown: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """What a problem's page prints of one run; `shown`: `failure_texts` of failures that were opened."""
    commonest = row.behaviours[0] if row.behaviours else None
    failure = shown.get(commonest.key) if commonest else None
    return {
        "name": row.model,
        "temperature": formatting.plain_number(row.temperature),
        "synthetic": row.synthetic,
        "address": reverse("failures", args=[row.run_id, problem.task_id]),
        "passed": f"{row.c} of {row.n}",
        "rate": formatting.percent(row.rate),
        "verdicts": verdict_svg(row.verdicts),
        "failure": {**failure, "samples": commonest.samples} if commonest and failure else None,
        "verdict": VERDICT_WORDS[row.verdict] if row.verdict else None,
    }


def shared_texts(
    failure: SharedFailure, problem: Problem, shown: Mapping[int, Mapping[str, Any]]
) -> dict[str, Any]:
    """A failure that samples of several models have in common; its address opens it in one of the runs."""
    word = VERDICT_WORDS[failure.verdict.value]
    first, _ = failure.runs[0]
    return {
        **shown.get(failure.key, {"word": word, "summary": ""}),
        "samples": f"{failure.samples:,}",
        "runs": len(failure.runs),
        "models": failure.models,
        "address": behaviour_address(first.run_id, problem.task_id, failure.key),
    }


def failure_texts(group: FailureGroup) -> dict[str, Any]:
    """How a failure looks: its verdict, and the failing call with what came of it."""
    text = formatting.shortened(" ".join(summary(group)).strip(), _SUMMARY_CHARACTERS)
    return {"word": VERDICT_WORDS[group.verdict], "summary": text}


def _wanted(row: ProblemSummary, choice: ProblemsChoice) -> bool:
    if choice.text.casefold() not in f"{row.problem.task_id} {row.problem.entry_point}".casefold():
        return False
    if choice.suspects and not row.item.suspect:
        return False
    if choice.solved == "always":
        return 0 < row.runs == row.solved
    if choice.solved == "some":
        return 0 < row.solved < row.runs
    if choice.solved == "alone":
        return bool(row.alone)
    return choice.solved != "never" or (row.runs > 0 and row.solved == 0)


def _value(row: ProblemSummary, key: str) -> Value:
    values: dict[str, Value] = {
        "problem": row.problem.position,
        "entry": row.problem.entry_point,
        "rate": row.item.rate.value,
        "discrimination": row.item.discrimination.value,
        "solved": row.solved if row.runs else None,
        "failure": _failed(row),
        "lines": row.lines,
    }
    return values[key]


def _failed(row: ProblemSummary) -> int | None:
    return sum(row.verdicts.get(name, 0) for name in FAILURES) if row.runs else None
