"""Whether each part of the site works. No answer names a host, a password or a path."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from django.db import DatabaseError, connection
from django.utils import timezone
from kombu.exceptions import ChannelError, KombuError, OperationalError

from leaderboard.celery import app
from leaderboard.formatting import counted
from leaderboard.models import Benchmark, Cell, Draw, Run, SamplerBeat, Sampling, WorkerBeat
from leaderboard.queries.progress import worker_seen
from leaderboard.queries.sampling import sampler_seen

_BROKER_SECONDS = 2
_REMEMBERED_SECONDS = 5.0
# So long may work wait before its waiting is a sign that nobody does it.
_PATIENCE = timedelta(seconds=60)
_FOR_SAMPLERS = (Sampling.Status.TRYING, Sampling.Status.DRAWING)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the site: whether it works, and what it says of itself."""

    ok: bool
    state: str


def database() -> Part:
    """Whether a query is answered."""
    try:
        Benchmark.objects.exists()
    except DatabaseError as error:
        return Part(False, type(error).__name__)
    return Part(True, connection.vendor)


def broker() -> Part:
    """Whether the broker takes a connection; remembered for seconds, so that asking costs nothing."""
    global _broker
    if monotonic() > _broker[0]:
        _broker = (monotonic() + _REMEMBERED_SECONDS, _ask_broker())
    return _broker[1]


def workers() -> Part:
    """Whether scoring goes on. Without a worker the site still answers: only waiting work is a fault."""
    now = timezone.now()
    if worker_seen(now):
        leases = Cell.objects.filter(status=Cell.Status.RUNNING, lease_until__gt=now).count()
        return Part(True, f"busy, {counted(leases, 'lease')}" if leases else "idle")
    waits = Run.objects.filter(status__in=(Run.Status.QUEUED, Run.Status.RUNNING))
    return Part(not waits.filter(created_at__lt=now - _PATIENCE).exists(), "none seen")


def samplers() -> Part:
    """Whether sampling goes on. A site may do without: only one that had a sampling worker misses it."""
    now = timezone.now()
    if sampler_seen():
        leases = Draw.objects.filter(status=Draw.Status.RUNNING, lease_until__gt=now).count()
        return Part(True, f"busy, {counted(leases, 'lease')}" if leases else "idle")
    waits = Sampling.objects.filter(status__in=_FOR_SAMPLERS, created_at__lt=now - _PATIENCE)
    missed = SamplerBeat.objects.exists() and waits.exists()
    return Part(not missed, "none seen")


def sandbox() -> str:
    """The isolation that the workers reported last; empty where none did."""
    tiers = WorkerBeat.objects.exclude(sandbox_tier="").order_by("-seen_at")
    return tiers.values_list("sandbox_tier", flat=True).first() or ""


def _ask_broker() -> Part:
    try:
        with app.connection_for_read() as link:
            link.ensure_connection(max_retries=1, timeout=_BROKER_SECONDS)
            return Part(True, link.transport.driver_type)
    except (OperationalError, ChannelError, KombuError, OSError) as error:
        return Part(False, type(error).__name__)


_broker = (0.0, Part(False, "not asked yet"))
