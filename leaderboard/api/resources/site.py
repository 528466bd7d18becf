"""/health, /me and /tokens: the site's parts, and who asks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.responses import Status

from leaderboard import VERSION
from leaderboard.api.operations import reads, writes
from leaderboard.api.problems import NOT_FOUND, ApiProblem
from leaderboard.api.schemas.site import HealthOut, MeOut, PartOut, TokenList, TokenOut
from leaderboard.api.state import state_of
from leaderboard.models import ApiToken
from leaderboard.queries import health
from leaderboard.queries.tokens import own_token, tokens_of
from leaderboard.services.tokens import revoke

router = Router()
_OF_TOKEN = ("id", "name", "beginning", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at")


@router.get(
    "/health",
    response={200: HealthOut, 503: HealthOut},
    tags=["Site"],
    summary="Whether the site works",
    **reads(),
)
def get_health(request: HttpRequest) -> Any:
    """200 where all works, else 503; the parts say which one doesn't."""
    known = {"database": health.database()}
    sandbox = ""
    if known["database"].ok:
        known |= {"broker": health.broker(), "workers": health.workers(), "samplers": health.samplers()}
        sandbox = health.sandbox()
    ok = all(part.ok for part in known.values())
    parts = {name: _part(known.get(name)) for name in ("database", "broker", "workers", "samplers")}
    return Status(200 if ok else 503, HealthOut(ok=ok, version=VERSION, sandbox=sandbox, **parts))


@router.get("/me", response=MeOut, tags=["Account"], summary="Who asks", **reads(signed_in=True))
def get_me(request: HttpRequest) -> Any:
    caller = state_of(request).caller
    token = caller.token if caller else None
    return MeOut(
        username=request.user.get_username(),
        staff=request.user.is_staff,  # type: ignore[union-attr]
        scopes=token.scopes if token else None,
    )


@router.get("/tokens", response=TokenList, tags=["Account"], summary="Your tokens", **reads(signed_in=True))
def list_tokens(request: HttpRequest) -> Any:
    """The newest first, revoked and expired ones too. They are made on your account's page."""
    return TokenList(items=[_token(row) for row in tokens_of(request.user)])


@router.delete(
    "/tokens/{int:token}", response={204: None}, tags=["Account"], summary="Revoke a token", **writes()
)
def revoke_token(request: HttpRequest, token: int) -> Any:
    """It opens nothing from now on. Revoking it again changes nothing."""
    row = own_token(request.user, token)
    if row is None:
        raise ApiProblem(NOT_FOUND, f"You have no token {token}.")
    revoke(row, request.user)  # type: ignore[arg-type]
    return HttpResponse(status=204)


def _part(part: health.Part | None) -> PartOut | None:
    return PartOut(ok=part.ok, state=part.state) if part else None


def _token(row: ApiToken) -> TokenOut:
    return TokenOut(**{name: getattr(row, name) for name in _OF_TOKEN})
