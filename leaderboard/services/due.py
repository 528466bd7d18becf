"""What a worker may take."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from evaluator.security.version import rules_version
from leaderboard.models import Cell, Run


def due(cells: QuerySet[Cell], now: datetime) -> QuerySet[Cell]:
    """Those that nobody holds: queued, or running under a lease that has run out."""
    return cells.filter(Q(status=Cell.Status.QUEUED) | Q(status=Cell.Status.RUNNING, lease_until__lt=now))


def waiting_cells(now: datetime) -> QuerySet[Cell]:
    """Every cell that waits to be scored."""
    return due(Cell.objects.exclude(run__status=Run.Status.CANCELLED), now)


def rechecks_due(now: datetime) -> QuerySet[Run]:
    """Scored runs whose re-run check nobody has taken yet, or under a lease that has run out."""
    return Run.objects.filter(status=Run.Status.DONE, recheck_at__lte=now)


def outdated(runs: QuerySet[Run]) -> QuerySet[Run]:
    """The scored ones whose programs were scanned by other rules than today's, or not at all."""
    scored = runs.filter(status=Run.Status.DONE).exclude(source=Run.Source.PUBLISHED)
    counts_only = Q(verdicts_from=Run.VerdictsFrom.IMPORTED, programs=0)
    return scored.exclude(counts_only).exclude(rules_version=rules_version())


def unscanned(runs: QuerySet[Run], now: datetime) -> QuerySet[Run]:
    """Outdated runs that nobody scans, or under a lease that has run out."""
    return outdated(runs).filter(Q(rescan_until=None) | Q(rescan_until__lt=now))
