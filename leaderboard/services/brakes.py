"""Slows down what is tried too often: counted in the database, so that all web processes share the count.

What is counted by is hashed: neither names nor addresses are kept readable.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from leaderboard.models import SignInFailures


@dataclass(frozen=True, slots=True)
class Brake:
    """So many of a kind, then a pause. Each one that is counted starts the pause anew."""

    kind: str
    most: int
    pause: timedelta

    def held_until(self, *of: str) -> datetime | None:
        """When the next one may be tried; None if it may be now."""
        row = SignInFailures.objects.filter(pk=self._key(of), until__gt=timezone.now()).first()
        return row.until if row and row.count >= self.most else None

    def count(self, *of: str) -> None:
        """Counts one. Counts that are over are swept away."""
        now = timezone.now()
        SignInFailures.objects.filter(until__lte=now).delete()
        key, until = self._key(of), now + self.pause
        SignInFailures.objects.get_or_create(pk=key, defaults={"until": until})
        SignInFailures.objects.filter(pk=key).update(count=F("count") + 1, until=until)

    def forget(self, *of: str) -> None:
        SignInFailures.objects.filter(pk=self._key(of)).delete()

    def _key(self, of: tuple[str, ...]) -> str:
        return salted_hmac(self.kind, "\n".join(of), algorithm="sha256").hexdigest()
