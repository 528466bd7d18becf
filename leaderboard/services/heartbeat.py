"""Signs of life of the workers, so that pages can say when nobody is there to score."""

from __future__ import annotations

import socket

from django.utils import timezone

from leaderboard.models import WorkerBeat

# A worker says that it is there with every sweep and every renewal of a lease.
ALIVE_SECONDS = 60


def beat(sandbox_tier: str = "") -> None:
    """Notes that this machine has a worker. An empty tier leaves the known one."""
    known = {"seen_at": timezone.now()} | ({"sandbox_tier": sandbox_tier} if sandbox_tier else {})
    name = socket.gethostname()
    if not WorkerBeat.objects.filter(name=name).update(**known):
        WorkerBeat.objects.update_or_create(name=name, defaults=known)
