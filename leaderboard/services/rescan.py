"""Scans stored programs again when the rules have changed; nothing is judged again.

Cells that wait to be scored go first. Like a re-run check, a scan holds its run by a lease in one column
(`Run.rescan_until`, which is its token, too), and writes only while that stands: a re-score ends it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from evaluator.errors import SecurityScanError
from evaluator.security.version import rules_version
from leaderboard.cell_blob import pack, unpack
from leaderboard.errors import LeaseLost
from leaderboard.models import Cell, Run
from leaderboard.services.cells import write_flags
from leaderboard.services.due import outdated, unscanned, waiting_cells
from leaderboard.services.findings import with_findings
from leaderboard.services.security_figures import security_columns, store_flags
from leaderboard.services.tally import tally

log = logging.getLogger(__name__)

# About a second of scanning each, so that a scan makes room soon and its transactions stay short.
_CELLS_AT_ONCE = 20
_LEASE = timedelta(minutes=10)


@dataclass(slots=True)
class _Claim:
    run_id: int
    until: datetime  # the end of the lease is its token


def rescan(run_id: int, *, patient: bool = True) -> bool:
    """Scans the run again if it is outdated and nobody else does. Whether it is up to date afterwards.

    A `patient` scan stops as soon as a cell waits to be scored; the sweep rings again, and what is scanned
    by then stays. Raises SecurityScanError, which only the operator can mend.
    """
    if patient and waiting_cells(timezone.now()).exists():
        return False
    claim = _claim(run_id)
    if claim is None:
        return not outdated(Run.objects.filter(pk=run_id)).exists()
    try:
        for cell_ids in _portions(run_id):
            if patient and waiting_cells(timezone.now()).exists():
                _held(claim).update(rescan_until=None)
                return False
            _scan(claim, cell_ids)
        _finish(claim)
    except LeaseLost as lost:
        log.info("Stopped: %s.", lost)
        return False
    except SecurityScanError:
        raise  # the lease stays: what only the operator can mend is told now and then, not all the time
    except BaseException:  # a stopping worker: nobody has to wait for the lease
        _held(claim).update(rescan_until=None)
        raise
    return True


def _claim(run_id: int) -> _Claim | None:
    now = timezone.now()
    claim = _Claim(run_id, now + _LEASE)
    changed = unscanned(Run.objects.filter(pk=run_id), now).update(rescan_until=claim.until)
    return claim if changed else None


def _portions(run_id: int) -> Iterator[Sequence[int]]:
    cell_ids = list(Cell.objects.filter(run_id=run_id).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(cell_ids), _CELLS_AT_ONCE):
        yield cell_ids[start : start + _CELLS_AT_ONCE]


def _scan(claim: _Claim, cell_ids: Sequence[int]) -> None:
    """Reads, scans and writes some cells. The scan itself is outside of the transaction."""
    cells = list(Cell.objects.filter(pk__in=cell_ids, status=Cell.Status.DONE).select_related("problem"))
    contents = with_findings([(cell.problem.record(), unpack(cell.blob)) for cell in cells])
    flags = {}
    for cell, content in zip(cells, contents, strict=True):
        counts = tally(content)
        cell.flagged, cell.passed_flagged, cell.blob = counts.flagged, counts.passed_flagged, pack(content)
        flags[cell.pk] = (counts, content.asked_for)
    with transaction.atomic():
        _renew(claim)
        Cell.objects.bulk_update(cells, ["flagged", "passed_flagged", "blob"])
        write_flags(flags)


def _finish(claim: _Claim) -> None:
    with transaction.atomic():
        _renew(claim)
        names = ("problem__position", "n", "c", "flagged", "passed_flagged")
        cells = list(Cell.objects.filter(run_id=claim.run_id).order_by("problem__position").values(*names))
        _held(claim).update(rules_version=rules_version(), rescan_until=None, **security_columns(cells))
        store_flags(claim.run_id, cells)


def _renew(claim: _Claim) -> None:
    """Holds the run's row until the transaction ends. Raises LeaseLost where the run is not ours any more."""
    until = timezone.now() + _LEASE
    if not _held(claim).update(rescan_until=until):
        raise LeaseLost(f"run {claim.run_id} is scored anew, deleted, or scanned by somebody else")
    claim.until = until


def _held(claim: _Claim) -> QuerySet[Run]:
    return Run.objects.filter(pk=claim.run_id, status=Run.Status.DONE, rescan_until=claim.until)
