"""Whether a problem's own reference solution passes its test: where not, the problem is suspect."""

from __future__ import annotations

import logging

from evaluator.errors import SandboxError
from evaluator.evaluate import Evaluator
from evaluator.records import Verdict
from evaluator.time_limits import reference_program
from leaderboard.models import Problem
from leaderboard.services.cells import Claim
from leaderboard.time_limit import DEFAULT_LIMITS

log = logging.getLogger(__name__)


def note_reference(claim: Claim, evaluator: Evaluator) -> None:
    """Judges the reference solution of the cell's problem once, until it passes, and notes how it ends.

    Not under a shorter time limit than the usual one, which says nothing about the reference solution.
    What breaks here is tried again with the problem's next cell.
    """
    if claim.limits.cpu_seconds < DEFAULT_LIMITS.cpu_seconds:
        return
    unknown = Problem.objects.filter(cells=claim.cell_id).exclude(reference_verdict=Verdict.PASSED)
    ids = list(unknown.values_list("pk", flat=True))
    if not ids:
        return
    try:
        [judgement] = evaluator.judge(claim.problem, [reference_program(claim.problem)])
    except SandboxError as error:
        log.info("The reference solution of %s was not judged: %s", claim.problem.task_id, error)
        return
    if judgement.verdict is not Verdict.EVALUATOR_ERROR:
        Problem.objects.filter(pk__in=ids).update(reference_verdict=judgement.verdict.value)
