"""Which cells a worker may take."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from leaderboard.models import Cell


def due(cells: QuerySet[Cell], now: datetime) -> QuerySet[Cell]:
    """Those that nobody holds: queued, or running under a lease that has run out."""
    return cells.filter(Q(status=Cell.Status.QUEUED) | Q(status=Cell.Status.RUNNING, lease_until__lt=now))
