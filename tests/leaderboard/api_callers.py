"""Who may ask the API: each with a client that sends what such a caller sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from leaderboard.models import ApiToken
from leaderboard.services import tokens
from tests.leaderboard.board_data import member

CALLERS = ("anonymous", "other", "owner", "reading", "expired", "revoked", "staff")
_ALL = tuple(ApiToken.Scope.values)


@dataclass(frozen=True)
class Callers:
    """`owner`'s things are what is asked for; `reading`, `expired` and `revoked` are tokens of the owner."""

    owner: User
    clients: Mapping[str, Client]


def with_token(text: str) -> Client:
    # Our own faults must be answers here, as they are outside of tests.
    return Client(headers={"Authorization": f"Bearer {text}"}, raise_request_exception=False)


def token_of(user: User, *scopes: str) -> str:
    """The text of a new token, of all scopes unless some are named."""
    return tokens.make(user, "a test's", scopes or _ALL, None).text


def token_client(user: User, *scopes: str) -> Client:
    return with_token(token_of(user, *scopes))


def made_callers() -> Callers:
    owner, other, staff = member("owner"), member("other"), member("staff", is_staff=True)
    expired, revoked = tokens.make(owner, "old", _ALL, None), tokens.make(owner, "gone", _ALL, None)
    ApiToken.objects.filter(pk=expired.token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    tokens.revoke(revoked.token)
    clients = {
        "anonymous": Client(raise_request_exception=False),
        "other": token_client(other),
        "owner": token_client(owner),
        "reading": token_client(owner, ApiToken.Scope.READ),
        "expired": with_token(expired.text),
        "revoked": with_token(revoked.text),
        "staff": token_client(staff),
    }
    return Callers(owner, clients)
