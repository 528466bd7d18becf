"""Signs of life of the workers, so that pages can say when nobody is there to score."""

from __future__ import annotations

import socket
from time import monotonic

from django.utils import timezone

from leaderboard.models import WorkerBeat

# A worker says that it is there with every sweep, and between programs while it is busy.
ALIVE_SECONDS = 60
_SPACING_SECONDS = 10.0
_latest = float("-inf")


def beat_now_and_then(sandbox_tier: str) -> None:
    """Like `beat`, for callers that come by often: writes every ten seconds."""
    if monotonic() - _latest > _SPACING_SECONDS:
        beat(sandbox_tier)


def beat(sandbox_tier: str = "") -> None:
    """Notes that this machine has a worker. An empty tier leaves the known one."""
    global _latest
    _latest = monotonic()
    known = {"seen_at": timezone.now()} | ({"sandbox_tier": sandbox_tier} if sandbox_tier else {})
    name = socket.gethostname()
    if not WorkerBeat.objects.filter(name=name).update(**known):
        WorkerBeat.objects.update_or_create(name=name, defaults=known)
