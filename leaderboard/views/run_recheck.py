"""What the run page says of its re-run check."""

from __future__ import annotations

from typing import Any

from leaderboard.formatting import counted
from leaderboard.models import Run
from leaderboard.verdict_words import VERDICT_WORDS
from leaderboard.views.run_rows import failures_address

_SHOWN = 20


def recheck_strings(run: Run) -> dict[str, Any] | None:
    """A sentence, the programs whose verdicts differ, and whether more will come; None: nothing to say."""
    if run.status != Run.Status.DONE or run.source == Run.Source.PUBLISHED:
        return None
    if run.recheck:
        flipped = run.recheck["flipped"]
        return {
            "said": _said(run),
            "flips": [_flip(run, *flip) for flip in flipped[:_SHOWN]],
            "more": max(0, len(flipped) - _SHOWN),
        }
    if run.recheck_at is not None:
        said = "a part of the programs will be judged again as soon as no run waits to be scored."
        return {"said": said, "waits": True}
    return {"said": "given up, because every attempt broke off."} if run.recheck_attempts else None


def _said(run: Run) -> str:
    programs, flips = run.recheck["programs"], run.recheck["flips"]
    differ = counted(flips, "verdict differs", "verdicts differ")
    judge = run.recheck["judge_version"]
    other = f" (by judge {judge}, not {run.judge_version})" if judge != run.judge_version else ""
    return f"{counted(programs, 'program')} judged again on another cell{other}: {differ}."


def _flip(run: Run, task_id: str, program: int, before: str, after: str) -> dict[str, str]:
    return {
        "task_id": task_id,
        "address": failures_address(run.pk, task_id, program=program),
        "before": VERDICT_WORDS[before].word,
        "after": VERDICT_WORDS[after].word,
    }
