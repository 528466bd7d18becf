"""Cells on their way through a worker: claimed, renewed, finished; at most one worker's word counts.

Each step is one conditional UPDATE that filters on the lease's token, so that a worker which was frozen,
and whose cell was given to another one meanwhile, writes nothing when it thaws. Times are those of the
workers: their clocks must agree to within a fraction of settings.LEASE_SECONDS.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from evaluator.records import Limits, Problem, Program
from leaderboard.behaviour import pack_behaviours
from leaderboard.cell_blob import CellContent, pack, unpack
from leaderboard.errors import LeaseLost
from leaderboard.models import Cell, CellFlag, Run
from leaderboard.services import runs
from leaderboard.services.due import due
from leaderboard.services.reranking import reranked_rate
from leaderboard.services.tally import Tally, tally
from leaderboard.time_limit import DEFAULT_LIMITS

# A program that we failed to judge is tried again this often; then its samples are left out of n.
ERROR_ATTEMPTS = 3
# Instead of a version of the rules: the scanner was broken, `rescan` will do it.
UNSCANNED = "unscanned"
# A cell that ends its worker again and again is given up: its samples are left out of n, too.
MAX_ATTEMPTS = 6


@dataclass(frozen=True, slots=True)
class Claim:
    """A cell that this worker holds, with everything that scoring it needs."""

    cell_id: int
    run_id: int
    token: str
    attempts: int  # this one included
    problem: Problem
    packages: tuple[str, ...]
    limits: Limits
    content: CellContent

    @property
    def programs(self) -> list[Program]:
        """The distinct programs, in the order of `content.programs`."""
        problem = self.problem
        return [
            Program(problem.task_id, program.source, problem.content_hash)
            for program in self.content.programs
        ]


@dataclass(frozen=True, slots=True)
class Scorer:
    """What judged: verdicts are comparable only where these are equal."""

    judge_version: str
    sandbox_tier: str
    rules_version: str = UNSCANNED


def claim(cell_id: int) -> Claim | None:
    """Takes the cell if it is due and its run is not cancelled; None otherwise. Of many callers one wins."""
    now = timezone.now()
    token = secrets.token_hex(16)
    # The conditions on the cell itself stand outside of any subquery: PostgreSQL looks at them again after
    # it waited for another claimant's row lock.
    changed = (
        due(Cell.objects.filter(pk=cell_id), now)
        .filter(run__in=Run.objects.exclude(status=Run.Status.CANCELLED))
        .update(
            status=Cell.Status.RUNNING,
            lease_token=token,
            lease_until=lease_end(now),
            attempts=F("attempts") + 1,
            judged=0,
        )
    )
    if not changed:
        return None
    cell = Cell.objects.select_related("run__benchmark", "problem").filter(pk=cell_id).first()
    if cell is None:  # its run was deleted in this very moment
        return None
    Run.objects.filter(pk=cell.run_id, status=Run.Status.QUEUED).update(
        status=Run.Status.RUNNING, started_at=now
    )
    claim = Claim(
        cell_id=cell.pk,
        run_id=cell.run_id,
        token=token,
        attempts=cell.attempts,
        problem=cell.problem.record(),
        packages=tuple(cell.run.benchmark.packages),
        limits=Limits(**cell.run.limits),
        content=unpack(cell.blob),
    )
    if lease_end(now, claim.limits) > lease_end(now):
        renew(claim, 0)
    return claim


def renew(claim: Claim, judged: int) -> None:
    """Prolongs the lease and notes how many programs are judged.

    Raises LeaseLost where another worker holds the cell or its run was cancelled: stop, write nothing.
    """
    changed = (
        _held(claim)
        .filter(run__in=Run.objects.exclude(status=Run.Status.CANCELLED))
        .update(lease_until=lease_end(timezone.now(), claim.limits), judged=judged)
    )
    if not changed:
        raise LeaseLost(f"cell {claim.cell_id} is no longer ours")


def give_back(claim: Claim, *, counts: bool) -> bool:
    """Puts the cell back into the queue. `counts`: whether this was an attempt. False if it was lost."""
    attempts = claim.attempts if counts else claim.attempts - 1
    return bool(_held(claim).update(**_unleased(), status=Cell.Status.QUEUED, attempts=attempts, judged=0))


def finish(claim: Claim, content: CellContent, scorer: Scorer, taken_over: int = 0) -> None:
    """Writes what was found out, in one transaction; with the run's last cell also the run's figures.

    Every program of `content` has a judgement; `taken_over` of them came from other runs. A sample whose
    program we failed to judge (`evaluator_error`) is shown, and counts neither in n nor in c: it says
    nothing about the model.
    Raises LeaseLost, having written nothing, where the claim no longer stands.
    """
    counts = tally(content)
    with transaction.atomic():
        # First the run, always: two last cells at once would each take the other for unfinished.
        run = Run.objects.select_for_update().filter(pk=claim.run_id).first()
        changed = _held(claim).update(
            **_unleased(),
            status=Cell.Status.DONE,
            n=counts.n,
            c=counts.c,
            judged=len(content.programs),
            verdict_counts=dict(counts.verdicts),
            flagged=counts.flagged,
            passed_flagged=counts.passed_flagged,
            cpu_seconds=counts.cpu_seconds,
            reranked=reranked_rate(content),
            blob=pack(content),
            behaviours=pack_behaviours(content),
        )
        if run is None or not changed or run.status == Run.Status.CANCELLED:
            raise LeaseLost(f"cell {claim.cell_id} is no longer ours")
        write_flags({claim.cell_id: (counts, content.asked_for)})
        _note_scorer(run, scorer)
        if taken_over:
            run.taken_over += taken_over
            run.save(update_fields=["taken_over"])
        if not run.cells.exclude(status=Cell.Status.DONE).exists():
            runs.finish(run)


def write_flags(cells: Mapping[int, tuple[Tally, Sequence[str]]]) -> None:
    """Replaces the rows of these cells (by id) that say which rules flag how many of their samples."""
    CellFlag.objects.filter(cell__in=list(cells)).delete()
    CellFlag.objects.bulk_create(
        CellFlag(
            cell_id=cell_id, rule=rule, count=count.flagged, passed=count.passed, asked_for=rule in asked_for
        )
        for cell_id, (counts, asked_for) in cells.items()
        for rule, count in counts.rules.items()
    )


def _held(claim: Claim) -> QuerySet[Cell]:
    return Cell.objects.filter(pk=claim.cell_id, status=Cell.Status.RUNNING, lease_token=claim.token)


def lease_end(now: datetime, limits: Limits = DEFAULT_LIMITS) -> datetime:
    """When work under these limits is taken from a worker that was silent since `now`.

    A worker may be silent for as long as one program runs. LEASE_SECONDS is meant for the usual limits.
    """
    longer = max(0.0, limits.wall_seconds - DEFAULT_LIMITS.wall_seconds)
    return now + timedelta(seconds=settings.LEASE_SECONDS + longer)


def _unleased() -> Mapping[str, object]:
    return {"lease_token": "", "lease_until": None}


def _note_scorer(run: Run, scorer: Scorer) -> None:
    """Writes on the run what judged it; "mixed" where its cells differ."""
    changed = []
    for field, value in asdict(scorer).items():
        known = getattr(run, field)
        noted = value if known in ("", value) else "mixed"
        if noted != known:
            setattr(run, field, noted)
            changed.append(field)
    if changed:
        run.save(update_fields=changed)
