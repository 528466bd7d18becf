"""Whose token a text is, and which tokens a user has."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from leaderboard.models import ApiToken
from leaderboard.queries.visibility import Reader
from leaderboard.token_text import digest_of


def token_of(text: str) -> ApiToken | None:
    """The token with its user; None where it is unknown, revoked or expired, or its user is inactive.

    One hash and one query, whatever the text is.
    """
    now = timezone.now()
    return (
        ApiToken.objects.select_related("user")
        .filter(Q(expires_at=None) | Q(expires_at__gt=now))
        .filter(digest=digest_of(text), revoked_at=None, user__is_active=True)
        .first()
    )


def tokens_of(reader: Reader) -> list[ApiToken]:
    """The reader's tokens, the newest first, revoked and expired ones too."""
    return list(ApiToken.objects.filter(user_id=reader.pk))


def own_token(reader: Reader, pk: int) -> ApiToken | None:
    """The token, if it is the reader's own."""
    return ApiToken.objects.filter(user_id=reader.pk, pk=pk).select_related("user").first()
