"""Signs of life of the sampling workers; `services.heartbeat` has those of the scoring workers."""

from __future__ import annotations

import socket
from time import monotonic

from django.utils import timezone

from leaderboard.models import SamplerBeat

_SPACING_SECONDS = 10.0
_latest = float("-inf")


def beat_now_and_then() -> None:
    """Like `beat`, for callers that come by often: writes every ten seconds."""
    if monotonic() - _latest > _SPACING_SECONDS:
        beat()


def beat() -> None:
    """Notes that this machine has a sampling worker."""
    global _latest
    _latest = monotonic()
    name, now = socket.gethostname(), timezone.now()
    # One statement and no transaction: all workers of a machine write the same row, and one that is frozen
    # must not hold it.
    if not SamplerBeat.objects.filter(name=name).update(seen_at=now):
        SamplerBeat.objects.update_or_create(name=name, defaults={"seen_at": now})
