"""The opened failure in other runs: how many samples of how many models share it, and the way to each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evaluator.records import Verdict
from leaderboard.formatting import counted, percent, plain_number
from leaderboard.queries.behaviours import RunOnProblem, SharedFailure, shared_failures
from leaderboard.queries.failures import FailureGroup
from leaderboard.views.failure_place import Place, behaviour_address

_LISTED = 60
# What samples of a group have in common, as the end of a sentence: one sample, several samples.
_DO = {
    Verdict.WRONG_ANSWER: ("gives this wrong answer", "give this wrong answer"),
    Verdict.EXCEPTION: ("raises this exception", "raise this exception"),
    Verdict.SYNTAX_ERROR: ("has this syntax error", "have this syntax error"),
    Verdict.TIMEOUT: ("runs out of time in this call", "run out of time in this call"),
}


def elsewhere(rows: Sequence[RunOnProblem], group: FailureGroup, place: Place) -> dict[str, Any] | None:
    """The sentence and the runs behind it; None for a group that did not fail, or that no run has."""
    failure = shared_failures(rows).get(group.key) if group.failing else None
    if failure is None:
        return None
    return {
        "sentence": _sentence(failure),
        "alone": len(failure.runs) == 1,
        "runs": [_run(row, samples, failure.key, place) for row, samples in failure.runs[:_LISTED]],
        "more": max(0, len(failure.runs) - _LISTED),
    }


def _sentence(failure: SharedFailure) -> str:
    one, many = _DO.get(failure.verdict, ("ends like this", "end like this"))
    samples = counted(failure.samples, "sample")
    return f"{samples} of {counted(failure.models, 'model')} {one if failure.samples == 1 else many}"


def _run(row: RunOnProblem, samples: int, key: int, place: Place) -> dict[str, Any]:
    return {
        "name": row.model,
        "temperature": plain_number(row.temperature),
        "synthetic": row.synthetic,
        "samples": f"{samples} of {row.n}",
        "share": percent(samples / row.n),
        "here": row.run_id == place.run_id,
        "address": behaviour_address(row.run_id, place.task_id, key),
    }
