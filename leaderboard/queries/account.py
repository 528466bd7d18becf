"""What an account has, of that of which it may have only so many."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from leaderboard.models import ApiToken, Membership, Sampling, ServerKey, Upload
from leaderboard.queries.visibility import Reader

_ENDED = (Sampling.Status.DONE, Sampling.Status.CANCELLED)


@dataclass(frozen=True, slots=True)
class Had:
    """Counts of one account. `tokens`: those that still open something; `organisations`: those it owns;
    `samplings`: those that have not ended."""

    tokens: int
    server_keys: int
    organisations: int
    uploads_waiting: int
    uploads_unfinished: int
    samplings: int


def had_by(reader: Reader) -> Had:
    """Six counts, a query each."""
    live = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    uploads = Upload.objects.filter(owner_id=reader.pk)
    owner = Membership.Role.OWNER
    return Had(
        tokens=ApiToken.objects.filter(live, user_id=reader.pk, revoked_at=None).count(),
        server_keys=ServerKey.objects.filter(owner_id=reader.pk).count(),
        organisations=Membership.objects.filter(user_id=reader.pk, role=owner).count(),
        uploads_waiting=uploads.filter(ready=True).count(),
        uploads_unfinished=uploads.filter(ready=False).count(),
        samplings=Sampling.objects.filter(owner_id=reader.pk).exclude(status__in=_ENDED).count(),
    )
