"""/tokens: your API tokens, made, told once and revoked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from ninja.responses import Status

from leaderboard.api.form_values import cleaned
from leaderboard.api.operations import ACCOUNT, JSON, READ, reads, writes
from leaderboard.api.paging import Portion, around
from leaderboard.api.problems import CONFLICT, INVALID, NOT_FOUND, ApiProblem, Wrong
from leaderboard.api.schemas.tokens import MadeTokenOut, TokenIn, TokenOut, TokenPage
from leaderboard.api.state import state_of, token_in
from leaderboard.errors import TokenRefused
from leaderboard.forms.tokens import TokenForm
from leaderboard.models import ApiToken
from leaderboard.queries.tokens import own_token, tokens_of
from leaderboard.services import tokens as service

router = Router(tags=["Tokens"])
_SHOWN = (
    *("id", "name", "beginning", "scopes", "created_at"),
    *("expires_at", "last_used_at", "revoked_at"),
)


@router.get("/tokens", response=TokenPage, summary="Your tokens", **reads(signed_in=True))
def list_tokens(request: HttpRequest, portion: Query[Portion]) -> Any:
    """The newest first. Revoked and expired ones are listed for 90 days more."""
    rows = tokens_of(request.user)
    return TokenPage(
        items=[TokenOut(**_values(row)) for row in rows[portion.slice]],
        **around(request, portion, len(rows)),
    )


@router.post(
    "/tokens",
    response={201: MadeTokenOut},
    summary="Make a token",
    **writes(scope=ACCOUNT, takes=(JSON,), repeatable=True, told_once=True),
)
def make_token(request: HttpRequest, body: TokenIn) -> Any:
    """Its text stands in this answer alone.

    What a token makes has scopes that this token has, never `account`; ends no later, and is revoked with it.
    A session makes any token, as the page does. Sent again with its Idempotency-Key, the request makes no
    second token, and is refused: the text is kept nowhere.
    """
    said = cleaned(TokenForm({"name": body.name, "scopes": body.scopes, "lasts": "90"})).cleaned_data
    maker = token_in(request)
    user: Any = request.user
    try:
        made = service.make(user, said["name"], said["scopes"], _end(body, maker), maker)
    except TokenRefused as refusal:
        wrong = Wrong(refusal.field, "body", str(refusal))
        raise ApiProblem(INVALID, str(refusal), [wrong]) from refusal
    state_of(request).location = f"/api/v1/tokens/{made.token.pk}"
    return Status(201, MadeTokenOut(**_values(made.token), text=made.text))


@router.get("/tokens/{int:token}", response=TokenOut, summary="One token", **reads(signed_in=True))
def get_token(request: HttpRequest, token: int) -> Any:
    return TokenOut(**_values(_own(request, token)))


@router.delete("/tokens/{int:token}", response={204: None}, summary="Revoke a token", **writes(scope=ACCOUNT))
def revoke_token(request: HttpRequest, token: int) -> Any:
    """It opens nothing from now on, nor does what it made. Revoking it again changes nothing."""
    service.revoke(_own(request, token), request.user)  # type: ignore[arg-type]
    return HttpResponse(status=204)


@router.delete(
    "/tokens/current", response={204: None}, summary="Revoke the token that asks", **writes(scope=READ)
)
def revoke_current_token(request: HttpRequest) -> Any:
    """For whoever finds a token, or is done with it. 409 where no token asks."""
    token = token_in(request)
    if token is None:
        raise ApiProblem(CONFLICT, "A session asks, and no token: name the token's id.")
    service.revoke(token)
    return HttpResponse(status=204)


def _own(request: HttpRequest, pk: int) -> ApiToken:
    row = own_token(request.user, pk)
    if row is None:
        raise ApiProblem(NOT_FOUND, f"You have no token {pk}.")
    return row


def _end(body: TokenIn, maker: ApiToken | None) -> datetime | None:
    if body.expires_at is None:
        return service.usual_end(maker)
    return None if isinstance(body.expires_at, str) else body.expires_at


def _values(row: ApiToken) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _SHOWN} | {"made_by": row.made_by_id}
