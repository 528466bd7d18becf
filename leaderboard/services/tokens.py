"""API tokens: made, used, revoked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from leaderboard.errors import Refused
from leaderboard.models import ApiToken
from leaderboard.services.audit import Action, note
from leaderboard.token_text import beginning_of, digest_of, new_text

MOST_TOKENS = 50
_USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A new token and its text, which nobody can read again."""

    token: ApiToken
    text: str


def make(user: User, name: str, scopes: Iterable[str], expires_at: datetime | None) -> MadeToken:
    """A token of this user. `expires_at` None: it never expires.

    Raises Refused for no or unknown scopes, a date that is over, and a user who has MOST_TOKENS already.
    """
    wanted = set(scopes)
    if not wanted or not wanted <= set(ApiToken.Scope.values):
        raise Refused(f"A token needs a scope, of {', '.join(ApiToken.Scope.values)}.")
    if expires_at is not None and expires_at <= timezone.now():
        raise Refused("The token would have expired already. Choose a later date.")
    text = new_text()
    with transaction.atomic():
        if user.api_tokens.filter(revoked_at=None).count() >= MOST_TOKENS:
            raise Refused(f"You have {MOST_TOKENS} tokens. Revoke one that you no longer use.")
        token = ApiToken.objects.create(
            user=user,
            name=name,
            digest=digest_of(text),
            beginning=beginning_of(text),
            scopes=[scope for scope in ApiToken.Scope.values if scope in wanted],
            expires_at=expires_at,
        )
        note(user, Action.TOKEN_MADE, detail=f"{token.beginning}… ({', '.join(token.scopes)})")
    return MadeToken(token, text)


def revoke(token: ApiToken, actor: User | None = None) -> None:
    """The token opens nothing from now on. `actor`: who does it; its user where not said."""
    with transaction.atomic():
        changed = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
        if changed:
            note(actor or token.user, Action.TOKEN_REVOKED, detail=f"{token.beginning}…")
    token.refresh_from_db(fields=["revoked_at"])


def note_use(token: ApiToken) -> None:
    """Notes that the token was used now; at most one write a minute."""
    now = timezone.now()
    if token.last_used_at is not None and token.last_used_at > now - _USE_NOTED_EVERY:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - _USE_NOTED_EVERY)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
