"""Who asks: by a token, by the site's session, or nobody that we know."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware

from leaderboard.api.operations import Rules
from leaderboard.api.problems import FORBIDDEN, NO_ACCOUNT, NO_SCOPE, ApiProblem
from leaderboard.models import ApiToken
from leaderboard.queries.tokens import token_of
from leaderboard.queries.visibility import Reader
from leaderboard.services.tokens import note_use

SAFE = ("GET", "HEAD", "OPTIONS")
_BEARER = "bearer"
_ASKS_FOR_TOKEN = {"WWW-Authenticate": 'Bearer realm="passboard"'}
_TOKEN_IS_BAD = {"WWW-Authenticate": 'Bearer realm="passboard", error="invalid_token"'}


@dataclass(frozen=True, slots=True)
class Caller:
    """`token` is None where the session's cookie speaks, or nobody."""

    user: Reader
    token: ApiToken | None = None

    def counted_as(self, address: str) -> str:
        """Under which name its requests are counted."""
        if self.token is not None:
            return f"token {self.token.pk}"
        return f"user {self.user.pk}" if self.user.is_authenticated else f"address {address}"


class _Csrf(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> str:  # type: ignore[override]
        return reason


def caller_of(request: HttpRequest) -> Caller:
    """A token goes first, and a bad one is refused: nobody must take its answers for those of its user.

    Raises ApiProblem for a token that is unknown, expired or revoked, and for another kind of credentials.
    """
    given = request.headers.get("Authorization")
    if given is None:
        return Caller(request.user)
    kind, _, text = given.partition(" ")
    if kind.lower() != _BEARER:
        raise ApiProblem(NO_ACCOUNT, "Send your token as “Authorization: Bearer …”.", headers=_TOKEN_IS_BAD)
    token = token_of(text.strip())
    if token is None:
        raise ApiProblem(
            NO_ACCOUNT,
            "This token is unknown, expired or revoked. Make a new one on your account's page.",
            headers=_TOKEN_IS_BAD,
        )
    note_use(token)
    request.user = token.user
    return Caller(token.user, token)


def check(request: HttpRequest, caller: Caller, rules: Rules) -> None:
    """Raises ApiProblem where this caller may not call an operation of these rules."""
    if rules.signed_in and not caller.user.is_authenticated:
        raise ApiProblem(
            NO_ACCOUNT,
            "This is for people with an account: send a token, made on your account's page.",
            headers=_ASKS_FOR_TOKEN,
        )
    if caller.token is not None:
        if rules.scope not in caller.token.scopes:
            raise ApiProblem(NO_SCOPE, f"This token lacks the scope “{rules.scope}”. Make one that has it.")
    elif request.method not in SAFE:
        _check_csrf(request)


def _check_csrf(request: HttpRequest) -> None:
    """Browsers send the session's cookie by themselves: what changes something must show our token, too."""
    check = _Csrf(lambda _: None)  # type: ignore[arg-type,return-value]
    check.process_request(request)
    reason = check.process_view(request, lambda: None, (), {})
    if reason:
        raise ApiProblem(FORBIDDEN, f"With a session, send the X-CSRFToken header: {reason}")
