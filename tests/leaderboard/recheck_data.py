"""Small scored runs for the tests of the re-run check."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from evaluator.records import Detail, Judgement, Verdict
from leaderboard.models import Run
from tests.factories import by_hand, queued_run, sample, score_by_hand

PASSED = Judgement(Verdict.PASSED, Detail(), 0.001)


def scored_run(folder: Path, judge: Callable[[str], Judgement] = by_hand) -> Run:
    """Two problems of one right and two wrong programs each."""
    drawn = [sample(number, variant, right=not variant) for number in range(2) for variant in range(3)]
    return score_by_hand(queued_run(folder, drawn), judge)


def flattered(source: str) -> Judgement:
    """Like `by_hand`, but one wrong program of the second problem is said to pass."""
    return PASSED if "add_1" in source and "return 2" in source else by_hand(source)


def fields(run: Run) -> tuple[object, ...]:
    run.refresh_from_db()
    return run.recheck, run.recheck_at, run.recheck_attempts
