"""/health and /me: the site's parts, and who asks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.responses import Status

from leaderboard import VERSION
from leaderboard.api.operations import reads
from leaderboard.api.schemas.site import HealthOut, MeOut, PartOut
from leaderboard.api.state import token_in
from leaderboard.queries import health

router = Router()


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
    token = token_in(request)
    return MeOut(
        username=request.user.get_username(),
        staff=request.user.is_staff,  # type: ignore[union-attr]
        scopes=token.scopes if token else None,
    )


def _part(part: health.Part | None) -> PartOut | None:
    return PartOut(ok=part.ok, state=part.state) if part else None
