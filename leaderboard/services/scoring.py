"""Scores one cell: claimed, judged, scanned, recorded."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from time import monotonic

from evaluator.errors import SandboxError, SandboxUnavailable, SecurityScanError
from evaluator.evaluate import Evaluator
from evaluator.judge import JUDGE_VERSION
from evaluator.records import Detail, Judgement, Verdict
from evaluator.security.version import rules_version
from leaderboard.cell_blob import CellContent
from leaderboard.errors import LeaseLost
from leaderboard.services import cells, doorbell, heartbeat
from leaderboard.services.cells import Claim, Scorer
from leaderboard.services.findings import with_findings
from leaderboard.services.judging import Renewal, judgements
from leaderboard.services.known_verdicts import known_verdicts
from leaderboard.services.reference import note_reference
from leaderboard.services.warm_evaluator import drop_evaluator, warm_evaluator
from leaderboard.stopping import stop_held_back

log = logging.getLogger(__name__)

# What only the operator can mend is told this often, and not once for each cell that waits.
_PAUSE_SECONDS = 30.0
_pause_until = float("-inf")


def score(cell_id: int) -> None:
    """Scores the cell if it is due; does nothing where somebody else has it or its run was cancelled.

    A cell that could not be scored goes back into the queue. Raises SandboxUnavailable, which only the
    operator can mend; the cell waits for that, and this process pauses.
    """
    global _pause_until
    if monotonic() < _pause_until:
        return  # the sweep will ring again
    claim: Claim | None = None
    recorded = False
    try:
        with stop_held_back():  # a claim that nobody knows of could not be given back
            claim = cells.claim(cell_id)
        if claim is not None:
            _score_claimed(claim)
        recorded = True
    except LeaseLost as lost:
        log.info("Stopped: %s.", lost)
    except SandboxUnavailable:
        _pause_until = monotonic() + _PAUSE_SECONDS
        raise
    except SandboxError as error:
        assert claim is not None, "nothing ran before the claim"
        log.warning("Cell %d: the sandbox broke in attempt %d: %s", cell_id, claim.attempts, error)
        if cells.give_back(claim, counts=True):
            doorbell.ring([cell_id])
    except Exception:
        # A mistake of ours: loud, and an attempt, so that it can't go on for ever.
        if claim is not None:
            cells.give_back(claim, counts=True)
        raise
    finally:
        if claim is not None and not recorded:
            # Whatever ended us (a stopping worker, too): nobody has to wait for the lease to run out. First,
            # because a stopping worker has little time.
            cells.give_back(claim, counts=False)
            # Programs may still run in it for a cell that isn't ours any more.
            drop_evaluator()


def _score_claimed(claim: Claim) -> None:
    """Judges, scans and records. Raises SandboxError where the cell needs another attempt."""
    if claim.attempts > cells.MAX_ATTEMPTS:
        _finish(claim, [_given_up()] * len(claim.content.programs), tier="")
        return
    evaluator = warm_evaluator(claim.limits, claim.packages)
    heartbeat.beat_now_and_then(evaluator.tier)
    known = known_verdicts(claim, evaluator.tier)
    judged = _judged(claim, evaluator, known)
    failed = sum(judgement.verdict is Verdict.EVALUATOR_ERROR for judgement in judged)
    if failed and claim.attempts < cells.ERROR_ATTEMPTS:
        raise SandboxError(f"{failed} programs could not be judged")
    _finish(claim, judged, evaluator.tier, len(known))
    note_reference(claim, evaluator)


def _judged(claim: Claim, evaluator: Evaluator, known: Mapping[str, Judgement]) -> list[Judgement]:
    """The judgement of each program, in order; `known` ones are not executed.

    Raises LeaseLost as soon as the cell isn't ours any more.
    """

    def renew(judged: int) -> None:
        cells.renew(claim, judged)
        heartbeat.beat_now_and_then(evaluator.tier)

    unknown = [program for program in claim.programs if program.source not in known]
    judged = iter(judgements(evaluator, claim.problem, unknown, Renewal(renew)))
    return [known.get(program.source) or next(judged) for program in claim.programs]


def _finish(claim: Claim, judged: list[Judgement], tier: str, taken_over: int = 0) -> None:
    content, version = _scanned(claim)
    programs = [
        replace(program, judgement=judgement)
        for program, judgement in zip(content.programs, judged, strict=True)
    ]
    scorer = Scorer(JUDGE_VERSION, tier, version)
    cells.finish(claim, replace(content, programs=programs), scorer, taken_over)


def _scanned(claim: Claim) -> tuple[CellContent, str]:
    """The content with its findings, and the version of the rules.

    A scanner that is broken holds up no verdict: the run is scanned when it is mended (`rescan`).
    """
    try:
        return with_findings([(claim.problem, claim.content)])[0], rules_version()
    except SecurityScanError as error:
        log.error("Cell %d is scored without a security scan: %s", claim.cell_id, error)
        return claim.content, cells.UNSCANNED


def _given_up() -> Judgement:
    message = f"given up after {cells.MAX_ATTEMPTS} attempts that each ended the worker"
    return Judgement(Verdict.EVALUATOR_ERROR, Detail(message=message), 0.0)
