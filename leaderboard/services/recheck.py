"""The re-run check: a drawn share of a scored run is judged once more by a fresh evaluator.

Verdicts should not depend on the day. `Run.recheck_at` says when the check may be taken; whoever takes it
writes the end of its lease there, which is its token, too: what scores the run anew changes it, and a
check of the old verdicts then writes nothing. Cells that wait to be scored always go first.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import datetime

from django.db.models import F, QuerySet
from django.utils import timezone

from evaluator.errors import SandboxError, SandboxUnavailable
from evaluator.evaluate import Evaluator
from evaluator.judge import JUDGE_VERSION
from evaluator.records import Limits, Problem, Program, Verdict
from leaderboard.cell_blob import unpack
from leaderboard.errors import LeaseLost
from leaderboard.models import Cell, Run
from leaderboard.services import heartbeat
from leaderboard.services.cells import lease_end
from leaderboard.services.due import rechecks_due, waiting_cells
from leaderboard.services.judging import Renewal, judgements
from leaderboard.stopping import stop_held_back

log = logging.getLogger(__name__)

SHARE, LEAST_PROGRAMS, MOST_PROGRAMS = 0.02, 50, 200
USUAL_CELLS = 40  # blobs to open; more only where so few hold too few programs
MAX_ATTEMPTS = 3


class _CellsWait(Exception):
    """Something waits to be scored: the check can be done later."""


@dataclass(frozen=True, slots=True)
class Flip:
    """A program whose two verdicts differ. `program` is its index in the cell's blob."""

    task_id: str
    program: int
    before: str
    after: str


@dataclass(slots=True)
class _Claim:
    run: Run
    until: datetime  # the end of the lease is its token
    limits: Limits


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Programs of one cell with the verdicts that they had."""

    problem: Problem
    programs: dict[int, Program]
    before: dict[int, Verdict]


def recheck(run_id: int) -> None:
    """Checks the run if that is due; does nothing while cells wait, and where somebody else has taken it.

    A check that broke is tried again when its lease ends, MAX_ATTEMPTS times in all. Raises
    SandboxUnavailable, which only the operator can mend, so that it counts as no attempt.
    """
    if waiting_cells(timezone.now()).exists():
        return  # the sweep rings when they are done
    claim: _Claim | None = None
    try:
        with stop_held_back():  # a claim that nobody knows of could not be given back
            claim = _claim(run_id)
        if claim is not None:
            _check(claim)
    except _CellsWait:
        log.info("Run %d: the re-run check makes room for cells that wait.", run_id)
        _give_back(claim)
    except LeaseLost as lost:
        log.info("Stopped: %s.", lost)
    except SandboxUnavailable:
        _held(claim).update(recheck_attempts=F("recheck_attempts") - 1)
        raise
    except SandboxError as error:
        log.warning("Run %d: the sandbox broke during the re-run check: %s", run_id, error)
    except SystemExit:  # the worker stops
        _give_back(claim)
        raise


def draw(run_id: int, sizes: dict[int, int]) -> dict[int, list[int]]:
    """Indices of programs by cell id, the same ones for the same run. `sizes`: programs of each cell.

    About 2 % of all programs, at least 50 and at most 200. Cells are drawn first, then programs of these,
    so that few blobs are opened; each program is as likely as any other.
    """
    wanted = min(MOST_PROGRAMS, max(LEAST_PROGRAMS, round(SHARE * sum(sizes.values()))))
    chance = random.Random(f"re-run check of run {run_id}")
    pool: list[tuple[int, int]] = []
    for opened, cell_id in enumerate(chance.sample(sorted(sizes), len(sizes))):
        if opened >= USUAL_CELLS and len(pool) >= wanted:
            break
        pool += [(cell_id, index) for index in range(sizes[cell_id])]
    drawn: dict[int, list[int]] = {}
    for cell_id, index in sorted(chance.sample(pool, min(wanted, len(pool)))):
        drawn.setdefault(cell_id, []).append(index)
    return drawn


def _check(claim: _Claim) -> None:
    if claim.run.recheck_attempts > MAX_ATTEMPTS:
        log.warning("Run %d: the re-run check is given up.", claim.run.pk)
        _held(claim).update(recheck_at=None)
        return
    programs, flips = 0, []
    # Fresh: another process than the one that scored, with nothing kept from it.
    # Each program in a process of its own: whatever it shared one with can't have mattered.
    with Evaluator(claim.limits, claim.run.benchmark.packages, shares=False) as evaluator:
        renewal = Renewal(lambda _: _renew(claim, evaluator.tier))
        for drawn in _drawn(claim.run):
            again = judgements(evaluator, drawn.problem, list(drawn.programs.values()), renewal)
            programs += len(again)
            flips += [
                Flip(drawn.problem.task_id, index, drawn.before[index], judgement.verdict)
                for index, judgement in zip(drawn.programs, again, strict=True)
                if judgement.verdict is not drawn.before[index]
            ]
    _write(claim, programs, flips)


def _drawn(run: Run) -> Iterator[_Drawn]:
    """One blob at a time. What the evaluator failed to judge has no verdict that could be repeated."""
    sizes = dict(run.cells.values_list("pk", "programs"))
    for cell_id, indices in draw(run.pk, sizes).items():
        cell = Cell.objects.select_related("problem").filter(pk=cell_id, status=Cell.Status.DONE).first()
        if cell is None:
            raise LeaseLost(f"run {run.pk} is scored anew, or deleted")
        problem, stored = cell.problem.record(), unpack(cell.blob).programs
        before = {
            index: judgement.verdict
            for index in indices
            if (judgement := stored[index].judgement) and judgement.verdict is not Verdict.EVALUATOR_ERROR
        }
        programs = {
            index: Program(problem.task_id, stored[index].source, problem.content_hash) for index in before
        }
        yield _Drawn(problem, programs, before)


def _claim(run_id: int) -> _Claim | None:
    now = timezone.now()
    stored = Run.objects.filter(pk=run_id).values_list("limits", flat=True).first()
    if stored is None:
        return None
    limits = Limits(**stored)
    until = lease_end(now, limits)
    changed = rechecks_due(now).filter(pk=run_id)
    if not changed.update(recheck_at=until, recheck_attempts=F("recheck_attempts") + 1):
        return None
    run = Run.objects.select_related("benchmark").filter(pk=run_id, recheck_at=until).first()
    return _Claim(run, until, limits) if run else None


def _renew(claim: _Claim, tier: str) -> None:
    now = timezone.now()
    if waiting_cells(now).exists():
        raise _CellsWait
    until = lease_end(now, claim.limits)
    if not _held(claim).update(recheck_at=until):
        raise LeaseLost(f"the re-run check of run {claim.run.pk} is no longer ours")
    claim.until = until
    heartbeat.beat_now_and_then(tier)


def _give_back(claim: _Claim | None) -> None:
    """Due again at once, as if nobody had taken it."""
    _held(claim).update(recheck_at=timezone.now(), recheck_attempts=F("recheck_attempts") - 1)


def _write(claim: _Claim, programs: int, flips: list[Flip]) -> None:
    """One conditional UPDATE. Raises LeaseLost where the run was scored anew, or somebody else checks it."""
    result = {
        "programs": programs,
        "flips": len(flips),
        "flipped": [list(astuple(flip)) for flip in flips],
        "at": timezone.now().isoformat(),
        "judge_version": JUDGE_VERSION,
    }
    if not _held(claim).update(recheck=result, recheck_at=None):
        raise LeaseLost(f"the re-run check of run {claim.run.pk} is no longer ours")


def _held(claim: _Claim | None) -> QuerySet[Run]:
    if claim is None:
        return Run.objects.none()
    return Run.objects.filter(pk=claim.run.pk, status=Run.Status.DONE, recheck_at=claim.until)
