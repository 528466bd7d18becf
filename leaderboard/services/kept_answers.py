"""Answers that are kept for requests that come again: one claim, one answer, for a day."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from leaderboard.models import KeptAnswer

KEPT = timedelta(hours=24)
# Who claimed a key and is silent for so long was killed: its request may be done again.
_ABANDONED = timedelta(minutes=15)
_SALT = "kept answers of the API"


def claim(owner: User, key: str, request: str) -> KeptAnswer | None:
    """The row that was made for this key now; None where there is one already: see `answer_of`."""
    now = timezone.now()
    KeptAnswer.objects.filter(created_at__lt=now - KEPT).delete()
    KeptAnswer.objects.filter(status=0, created_at__lt=now - _ABANDONED).delete()
    with transaction.atomic():
        row, made = KeptAnswer.objects.get_or_create(
            owner=owner, key=digest_of(key), defaults={"request": digest_of(request)}
        )
    return row if made else None


def keep(row: KeptAnswer, status: int, body: str, location: str = "") -> None:
    """The claimed request was answered so."""
    row.status, row.body, row.location = status, body, location
    row.save(update_fields=["status", "body", "location"])


def release(row: KeptAnswer) -> None:
    """Nothing was done: the key may be used again."""
    row.delete()


def digest_of(text: str) -> str:
    """A hash under the site's secret: a request may hold a model server's key, and whoever reads the database
    must not be able to try out guesses of it."""
    return salted_hmac(_SALT, text.encode("utf-8", "surrogateescape"), algorithm="sha256").hexdigest()
