"""What a problem's page says of the problem: its figures, and why it may be wrong itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from leaderboard import formatting
from leaderboard.queries.behaviours import RunOnProblem
from leaderboard.queries.items import Contrast
from leaderboard.queries.problems import ProblemSummary
from leaderboard.verdict_words import VERDICT_WORDS
from leaderboard.views.failure_place import behaviour_address
from leaderboard.views.problem_rows import discrimination_texts


def facts(summary: ProblemSummary) -> list[dict[str, str]]:
    """Name, value and interval of each figure."""
    rate = summary.item.rate
    figure = formatting.figure_text(rate.value, rate.low, rate.high)
    found = discrimination_texts(summary.item.discrimination)
    return [
        {
            "name": "Mean pass rate, %",
            "value": figure.whole + figure.part,
            "interval": figure.interval,
            "title": figure.bounds,
            "hint": "difficulty",
        },
        {
            "name": "Discrimination",
            "value": found["discrimination"],
            "interval": found["discrimination_interval"],
            "title": "95 % interval",
            "hint": "discrimination",
        },
        {
            "name": "Solved at least once",
            "value": f"{summary.solved} of {summary.runs}",
            "interval": _solvers(summary),
            "title": "",
            "hint": "",
        },
    ]


def suspicions(
    summary: ProblemSummary, contrast: Contrast | None, rows: Sequence[RunOnProblem]
) -> list[dict[str, Any]]:
    """Reasons to look at the problem before blaming the models; `address` shows the case."""
    item, problem = summary.item, summary.problem
    listed: list[dict[str, Any]] = []
    if item.reference:
        word = VERDICT_WORDS[item.reference].word
        listed.append({"text": f"Its reference solution does not pass its own test here: {word}."})
    if item.inverted and contrast:
        strong, weak = formatting.percent(contrast.strong), formatting.percent(contrast.weak)
        listed.append(
            {
                "text": f"The stronger half of the runs passes {strong} % of its samples, the weaker half "
                f"{weak} %. If strength did not matter, so clear a contrast would come with a chance of "
                f"{contrast.p:.2g}."
            }
        )
    if item.agreement:
        found = item.agreement
        holder = max(rows, key=lambda row: _samples_of(row, found.key), default=None)
        listed.append(
            {
                "text": f"{found.models} of the {found.of} stronger models give one and the same “wrong” "
                "answer more often than a right one.",
                "address": behaviour_address(holder.run_id, problem.task_id, found.key) if holder else "",
            }
        )
    return listed


def _solvers(summary: ProblemSummary) -> str:
    if summary.alone:
        return f"only {summary.alone}"
    return "runs" if summary.solved else "no run"


def _samples_of(row: RunOnProblem, key: int) -> int:
    return sum(behaviour.samples for behaviour in row.behaviours if behaviour.key == key)
