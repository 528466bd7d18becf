"""Slows down who tries out passwords: five failures of one name from one address, then a pause.

Counted in the database, so that all web processes share the count. By name and address together, so that
nobody can lock out somebody else; behind a proxy that hides addresses, a name is then locked for all.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from leaderboard.models import SignInFailures

MOST_FAILURES = 5
PAUSE = timedelta(minutes=15)


def paused_until(address: str, name: str) -> datetime | None:
    """When this name may be tried from this address again; None if it may be now."""
    row = SignInFailures.objects.filter(pk=_key(address, name), until__gt=timezone.now()).first()
    return row.until if row and row.count >= MOST_FAILURES else None


def note_failure(address: str, name: str) -> None:
    """Counts a failure; each one starts the pause anew. Counts that are over are swept away."""
    now = timezone.now()
    SignInFailures.objects.filter(until__lte=now).delete()
    key = _key(address, name)
    SignInFailures.objects.get_or_create(pk=key, defaults={"until": now + PAUSE})
    SignInFailures.objects.filter(pk=key).update(count=F("count") + 1, until=now + PAUSE)


def note_success(address: str, name: str) -> None:
    """Forgets the failures of this name from this address."""
    SignInFailures.objects.filter(pk=_key(address, name)).delete()


def _key(address: str, name: str) -> str:
    return salted_hmac("sign-in", f"{address}\n{name.casefold()}", algorithm="sha256").hexdigest()
