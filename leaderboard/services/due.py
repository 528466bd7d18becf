"""What a worker may take."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

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
