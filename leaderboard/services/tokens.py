"""API tokens: made, used, revoked.

A token that makes tokens must not grow when it gets into wrong hands: what it makes has scopes of its own
and never `account`, does not outlive it, and is revoked with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from leaderboard.errors import Refused, TokenRefused
from leaderboard.models import ApiToken
from leaderboard.services.audit import Action, note
from leaderboard.token_text import beginning_of, digest_of, new_text

MOST_TOKENS = 50  # that still open something
USUAL_LIFE = timedelta(days=90)
LONGEST_LIFE = timedelta(days=3650)  # of a token that ends at all
# So long after its end a token is still listed, for who looks for what it did.
OVER_KEPT = timedelta(days=90)
_USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A new token and its text, which nobody can read again."""

    token: ApiToken
    text: str = field(repr=False)


def make(
    user: User,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None,
    maker: ApiToken | None = None,
) -> MadeToken:
    """A token of this user. `expires_at` None: it never expires. `maker`: the token that asks for it.

    Raises TokenRefused for no or unknown scopes, a date that is over or too far away, and for more than its
    maker may hand on; Refused for a maker that was revoked meanwhile, and a user who has MOST_TOKENS.
    """
    wanted = set(scopes)
    if not wanted or not wanted <= set(ApiToken.Scope.values):
        raise TokenRefused(f"A token needs a scope, of {', '.join(ApiToken.Scope.values)}.", "scopes")
    _check_end(expires_at)
    text = new_text()
    with transaction.atomic():
        _lock(user.pk)  # two at once must not both be the last one
        if maker is not None:
            _check_maker(maker, wanted, expires_at)
        if user.api_tokens.filter(_live()).count() >= MOST_TOKENS:
            raise Refused(f"You have {MOST_TOKENS} tokens. Revoke one that you no longer use.")
        token = ApiToken.objects.create(
            user=user,
            name=name,
            digest=digest_of(text),
            beginning=beginning_of(text),
            scopes=[scope for scope in ApiToken.Scope.values if scope in wanted],
            made_by=maker,
            expires_at=expires_at,
        )
        by = f" by {maker.beginning}…" if maker else ""
        note(user, Action.TOKEN_MADE, detail=f"{token.beginning}… ({', '.join(token.scopes)}){by}")
    return MadeToken(token, text)


def usual_end(maker: ApiToken | None = None) -> datetime:
    """When a token ends of which nothing is said: in USUAL_LIFE, or with its maker if that is sooner."""
    usual = timezone.now() + USUAL_LIFE
    return min(usual, maker.expires_at) if maker and maker.expires_at else usual


def revoke(token: ApiToken, actor: User | None = None) -> int:
    """The token opens nothing from now on, nor does what it made. Returns how many ended.

    `actor`: who does it; its user where not said.
    """
    actor = actor or token.user
    with transaction.atomic():
        _lock(token.user_id)  # who makes a token with this one has made it, or sees that it is revoked
        ended = _end(token, actor)
        ended += sum(_end(made, actor) for made in token.made_tokens.filter(revoked_at=None))
    token.refresh_from_db(fields=["revoked_at"])
    return ended


def note_use(token: ApiToken) -> None:
    """Notes that the token was used now; at most one write a minute."""
    now = timezone.now()
    if token.last_used_at is not None and token.last_used_at > now - _USE_NOTED_EVERY:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - _USE_NOTED_EVERY)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def sweep() -> int:
    """Deletes tokens that ended OVER_KEPT ago; the audit trail keeps them. Returns how many."""
    before = timezone.now() - OVER_KEPT
    return ApiToken.objects.filter(Q(revoked_at__lt=before) | Q(expires_at__lt=before)).delete()[0]


def _lock(user: int) -> None:
    """One change of a user's tokens at a time. The audit trail may point to the user meanwhile (`no_key`)."""
    User.objects.select_for_update(no_key=True).filter(pk=user).first()


def _live() -> Q:
    return Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=timezone.now()))


def _end(token: ApiToken, actor: User) -> int:
    changed = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    if changed:
        note(actor, Action.TOKEN_REVOKED, detail=f"{token.beginning}…")
    return changed


def _check_end(expires_at: datetime | None) -> None:
    now = timezone.now()
    if expires_at is None:
        return
    if expires_at <= now:
        raise TokenRefused("The token would have expired already. Choose a later date.", "expires_at")
    if expires_at > now + LONGEST_LIFE:
        said = f"A token that ends does so within {LONGEST_LIFE.days:,} days. Choose an earlier date."
        raise TokenRefused(said, "expires_at")


def _check_maker(maker: ApiToken, wanted: set[str], expires_at: datetime | None) -> None:
    if not ApiToken.objects.filter(_live(), pk=maker.pk).exists():
        raise Refused("The token that asks was revoked meanwhile.")
    given = set(maker.scopes) - {ApiToken.Scope.ACCOUNT}
    if not wanted <= given:
        said = ", ".join(sorted(given)) or "none"
        raise TokenRefused(
            f"This token can hand on the scopes that it has, without “account”: {said}.", "scopes"
        )
    if maker.expires_at is not None and (expires_at is None or expires_at > maker.expires_at):
        end = f"{maker.expires_at:%Y-%m-%d %H:%M} UTC"
        raise TokenRefused(
            f"The token that asks ends at {end}: what it makes can't outlive it.", "expires_at"
        )
