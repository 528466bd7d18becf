"""Problems over all runs as the API writes them. (Refusals, “problem documents”, are in `problems`.)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from leaderboard.api.results_out import reason
from leaderboard.api.schemas.benchmarks import (
    AgreementOut,
    CommonestFailure,
    ContrastOut,
    FailingRun,
    FailureOut,
    RunOnProblemOut,
    SharedFailureOut,
)
from leaderboard.api.schemas.results import Reason
from leaderboard.models import Problem
from leaderboard.queries.behaviours import RunOnProblem, SharedFailure, examples, shared_failures
from leaderboard.queries.failures import FailureGroup
from leaderboard.queries.items import Contrast, Item

_SHARED = 10  # failures of most models


def results_out(problem: Problem, rows: Sequence[RunOnProblem]) -> dict[str, Any]:
    """`results` and `shared_failures` of a problem. One query of blobs, where any sample fails."""
    common = [failure for failure in shared_failures(rows).values() if failure.models > 1][:_SHARED]
    keys = [failure.key for failure in common]
    shown = examples(problem, rows, keys) if keys else {}
    return {
        "results": [_run_on_problem(row) for row in rows],
        "shared_failures": [_shared_failure(failure, shown) for failure in common],
    }


def suspicions_out(item: Item, contrast: Contrast | None) -> dict[str, Any]:
    """`contrast` and `agreement` of a problem: why it, and not the models, may be wrong."""
    found = item.agreement
    return {
        "contrast": ContrastOut(strong=contrast.strong, weak=contrast.weak, p=contrast.p)
        if item.inverted and contrast
        else None,
        "agreement": AgreementOut(behaviour=behaviour(found.key), models=found.models, of=found.of)
        if found
        else None,
    }


def failure_out(failure: SharedFailure, shown: Mapping[int, FailureGroup]) -> FailureOut:
    return FailureOut(
        behaviour=behaviour(failure.key),
        verdict=failure.verdict,
        samples=failure.samples,
        models=failure.models,
        runs=[_failing_run(row, samples) for row, samples in failure.runs],
        reason=_reason(shown.get(failure.key)),
    )


def behaviour(key: int) -> str:
    """How a behaviour is named outside."""
    return f"{key:016x}"


def _run_on_problem(row: RunOnProblem) -> RunOnProblemOut:
    commonest = row.behaviours[0] if row.behaviours else None
    return RunOnProblemOut(
        run=row.run_id,
        model=row.model,
        temperature=row.temperature,
        synthetic=row.synthetic,
        n=row.n,
        c=row.c,
        verdicts=dict(row.verdicts),
        commonest_failure=CommonestFailure(
            behaviour=behaviour(commonest.key), verdict=commonest.verdict, samples=commonest.samples
        )
        if commonest
        else None,
    )


def _shared_failure(failure: SharedFailure, shown: Mapping[int, FailureGroup]) -> SharedFailureOut:
    return SharedFailureOut(
        behaviour=behaviour(failure.key),
        verdict=failure.verdict,
        samples=failure.samples,
        models=failure.models,
        runs=[row.run_id for row, _ in failure.runs],
        reason=_reason(shown.get(failure.key)),
    )


def _failing_run(row: RunOnProblem, samples: int) -> FailingRun:
    return FailingRun(
        run=row.run_id,
        model=row.model,
        temperature=row.temperature,
        synthetic=row.synthetic,
        samples=samples,
        n=row.n,
    )


def _reason(group: FailureGroup | None) -> Reason | None:
    judged = group.programs[0].judgement if group else None
    return reason(judged.detail) if judged else None
