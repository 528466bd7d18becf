"""/server-keys: keys of model servers, kept by name for later samplings and never told."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.responses import Status

from leaderboard.api.form_values import cleaned
from leaderboard.api.operations import JSON, SAMPLE, reads, writes
from leaderboard.api.problems import INVALID, NOT_FOUND, ApiProblem, Wrong
from leaderboard.api.schemas.server_keys import KeyIn, KeyList, KeyOut
from leaderboard.api.state import state_of
from leaderboard.errors import SamplingRefused
from leaderboard.forms.server_keys import ServerKeyForm
from leaderboard.models import ServerKey
from leaderboard.queries.sampling import kept_key, kept_keys
from leaderboard.services import secrets
from leaderboard.services.sampling_server import server_of

router = Router(tags=["Samplings"])


@router.get("/server-keys", response=KeyList, summary="Your kept keys", **reads(signed_in=True))
def list_server_keys(request: HttpRequest) -> Any:
    """By name, and where each is sent; 20 at most."""
    return KeyList(items=[_key(row) for row in kept_keys(request.user)])


@router.post(
    "/server-keys",
    response={201: KeyOut},
    summary="Keep a key",
    **writes(scope=SAMPLE, takes=(JSON,)),
)
def keep_server_key(request: HttpRequest, body: KeyIn) -> Any:
    """Encrypted, for samplings from this server alone. 409 for a name that you use already."""
    said = cleaned(ServerKeyForm(body.model_dump())).cleaned_data
    try:
        server = server_of(said["address"])
    except SamplingRefused as refusal:
        raise ApiProblem(INVALID, str(refusal), [Wrong("address", "body", str(refusal))]) from refusal
    owner: Any = request.user
    row = secrets.keep(owner, said["name"], said["key"], server)
    state_of(request).location = f"/api/v1/server-keys/{row.pk}"
    return Status(201, _key(row))


@router.delete(
    "/server-keys/{int:key}", response={204: None}, summary="Delete a kept key", **writes(scope=SAMPLE)
)
def delete_server_key(request: HttpRequest, key: int) -> Any:
    """A sampling that still draws with it pauses."""
    row = kept_key(request.user, key)
    if row is None:
        raise ApiProblem(NOT_FOUND, f"You keep no key {key}.")
    secrets.forget(row)
    return HttpResponse(status=204)


def _key(row: ServerKey) -> KeyOut:
    return KeyOut(id=row.pk, name=row.name, server=row.server, created_at=row.created_at)
