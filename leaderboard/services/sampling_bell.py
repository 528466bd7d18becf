"""Tells the sampling workers that there is work; as `services.doorbell` does for cells, in another queue."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from leaderboard.celery import DRAW_SAMPLES, SAMPLING_QUEUE, TRY_SAMPLING
from leaderboard.models import Sampling
from leaderboard.services import doorbell
from leaderboard.services.sampling_claims import due, held
from leaderboard.services.sampling_order import order_of


def ring(sampling_id: int, times: int = 1) -> bool:
    """Asks for so many draws of a sampling. Each that is done rings for the next one."""
    return doorbell.send(DRAW_SAMPLES, [sampling_id] * times)


def ring_dry_run(sampling_ids: Iterable[int]) -> bool:
    """Asks for the dry run of these samplings."""
    return doorbell.send(TRY_SAMPLING, sampling_ids)


def ring_due() -> int:
    """Rings for all that is due and that nobody does, unless messages wait already. Returns how many."""
    if doorbell.waiting(SAMPLING_QUEUE) > doorbell.QUIET_MESSAGES:
        return 0
    now, rings = timezone.now(), 0
    for sampling in Sampling.objects.filter(status=Sampling.Status.DRAWING).order_by("pk"):
        if sampling.not_before is None or sampling.not_before <= now:
            rings += _ring_for(sampling)
    trying = Sampling.objects.filter(status=Sampling.Status.TRYING).exclude(lease_until__gt=now)
    waiting = list(trying.order_by("pk").values_list("pk", flat=True))
    ring_dry_run(waiting)
    return rings + len(waiting)


def _ring_for(sampling: Sampling) -> int:
    now = timezone.now()
    free = max(0, order_of(sampling).server.parallel - held(sampling.pk, now).count())
    wanted = min(free, sampling.draws.filter(due(now)).count()) or 1  # one finds out that all is drawn
    return wanted if ring(sampling.pk, wanted) else 0
