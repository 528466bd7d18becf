"""How a sampling comes to a pause or to its end, and when a server that is busy is asked again."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from leaderboard.models import Draw, Run, Sampling
from leaderboard.services.sampling_claims import locked

SAID_CHARACTERS = 1000
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0
# Kept until its sampling ends; then nobody needs it.
NO_SECRET = {"secret": "", "server_key": None}
# So long a paused sampling keeps its key: whoever comes back to it later has to give it again.
PAUSED_KEY_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a server said, bounded and without the key. `retry_after`: seconds that it asks to wait."""

    said: str
    retry_after: float | None = None


def pause(sampling_id: int, said: str) -> None:
    """Stops the drawing until its owner resumes it. Work that is open may still bring its answer."""
    Sampling.objects.filter(pk=sampling_id, status=Sampling.Status.DRAWING).update(
        status=Sampling.Status.PAUSED,
        paused_at=timezone.now(),
        said=said[:SAID_CHARACTERS],
        not_before=None,
    )


def note_trouble(sampling_id: int, trouble: Trouble) -> float:
    """Seconds after which the server may be asked again; 0 where the sampling does not go on by itself.

    Longer and longer without an answer, or as the server asks; after settings.SAMPLING_PATIENCE_SECONDS of
    that the sampling pauses. Troubles of requests that were open at the same time count as one.
    """
    with transaction.atomic():
        sampling = locked(sampling_id)
        if sampling is None or sampling.status != Sampling.Status.DRAWING:
            return 0.0
        now = timezone.now()
        sampling.failing_since = sampling.failing_since or now
        if sampling.not_before is None or sampling.not_before <= now:
            sampling.failures += 1
        wait = trouble.retry_after
        if wait is None:
            steady = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(sampling.failures - 1, 10))
            wait = steady * random.uniform(0.75, 1.0)
        again = max(sampling.not_before or now, now + timedelta(seconds=wait))
        patience = timedelta(seconds=settings.SAMPLING_PATIENCE_SECONDS)
        sampling.said, sampling.not_before = trouble.said[:SAID_CHARACTERS], again
        if again > sampling.failing_since + patience:
            sampling.status, sampling.not_before = Sampling.Status.PAUSED, None
            sampling.paused_at = now
            sampling.said = _gave_up(trouble, patience)[:SAID_CHARACTERS]
        changed = ["failing_since", "failures", "said", "not_before", "status", "paused_at"]
        sampling.save(update_fields=changed)
        return 0.0 if sampling.not_before is None else wait


def end_where_drawn(sampling_id: int) -> bool:
    """Ends a sampling that has nothing left to draw; its key goes. Whether it was so."""
    with transaction.atomic():
        sampling = locked(sampling_id)
        active = (Sampling.Status.DRAWING, Sampling.Status.PAUSED)
        if sampling is None or sampling.status not in active or open_draws(sampling).exists():
            return False
        Sampling.objects.filter(pk=sampling_id).update(
            status=Sampling.Status.DONE, finished_at=timezone.now(), said="", not_before=None, **NO_SECRET
        )
    return True


def end_forgotten() -> int:
    """Ends paused samplings whose runs were all cancelled or deleted: no worker looks at them any more, and
    their keys would stay for ever. Returns how many."""
    unfinished = Draw.objects.filter(sampling=OuterRef("pk")).exclude(status=Draw.Status.DONE)
    wanted = Exists(unfinished.exclude(run__status=Run.Status.CANCELLED))
    paused = Sampling.objects.filter(~wanted, status=Sampling.Status.PAUSED)
    return sum(end_where_drawn(pk) for pk in list(paused.values_list("pk", flat=True)))


def key_goes_at(sampling: Sampling) -> datetime | None:
    """When the key of a paused sampling is deleted; None where it has none of its own, or isn't paused."""
    if sampling.status != Sampling.Status.PAUSED or not sampling.secret or sampling.paused_at is None:
        return None
    return sampling.paused_at + PAUSED_KEY_KEPT


def forget_keys() -> int:
    """Deletes keys of samplings that have been paused for long; kept keys stay. Returns how many."""
    paused = Sampling.objects.filter(status=Sampling.Status.PAUSED).exclude(secret="")
    return paused.filter(paused_at__lt=timezone.now() - PAUSED_KEY_KEPT).update(secret="")


def open_draws(sampling: Sampling) -> QuerySet[Draw]:
    """Draws that are still to be done: not those of runs that were cancelled."""
    return sampling.draws.exclude(status=Draw.Status.DONE).exclude(run__status=Run.Status.CANCELLED)


def _gave_up(trouble: Trouble, patience: timedelta) -> str:
    minutes = patience.total_seconds() / 60
    if trouble.retry_after and trouble.retry_after > patience.total_seconds():
        why = f"The server asks to wait for {trouble.retry_after / 60:.0f} minutes."
    else:
        why = (
            f"The server gave no answer for {minutes:.0f} minutes."
            if minutes >= 1
            else "The server gave no answer."
        )
    return f"{why} Resume when it is back. It said last: {trouble.said}"
