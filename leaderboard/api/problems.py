"""Refusals as problem details (RFC 9457): what was wrong, where, and the request's id for the operator."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse

MEDIA_TYPE = "application/problem+json"
DOCS = "/api/v1/docs"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of refusal. `type` of its answers leads to its line in the docs."""

    slug: str
    status: int
    title: str
    meaning: str

    @property
    def type(self) -> str:
        return f"{DOCS}#problem-{self.slug}"


MALFORMED = Kind("malformed", 400, "Malformed request", "the body or a header can't be read at all")
UNKNOWN = Kind("unknown-parameter", 400, "Unknown parameter", "the query names what this operation lacks")
NO_ACCOUNT = Kind("not-signed-in", 401, "Not signed in", "no token or session, or one that is not good")
NO_SCOPE = Kind("missing-scope", 403, "Scope missing", "the token is good, but not for this")
FORBIDDEN = Kind("forbidden", 403, "Not allowed", "you see it, and may not change it")
NOT_FOUND = Kind("not-found", 404, "Not found", "it is not there, or not for you")
METHOD = Kind("method-not-allowed", 405, "Method not allowed", "Allow names what this address takes")
CONFLICT = Kind("conflict", 409, "Not possible now", "its state does not allow it; nothing was changed")
PRECONDITION = Kind(
    "changed", 412, "Changed meanwhile", "it is no longer what If-Match names; nothing was changed"
)
TOO_LARGE = Kind("too-large", 413, "Too large", "the body is larger than this operation takes")
MEDIA = Kind("media-type", 415, "Wrong media type", "the body is of another type than the operation takes")
INVALID = Kind("invalid", 422, "Invalid values", "errors names each field and what it takes")
BAD_FILE = Kind("bad-file", 422, "The file can't become a run", "errors names its bad lines, if it has some")
TOO_MANY = Kind("too-many-requests", 429, "Too many requests", "Retry-After says in how many seconds")
FAULT = Kind("fault", 500, "Our fault", "tell the operator the instance: the log has it, too")
UNAVAILABLE = Kind("unavailable", 503, "Not available", "a part of the site does not work now")

KINDS = (
    *(MALFORMED, UNKNOWN, NO_ACCOUNT, NO_SCOPE, FORBIDDEN, NOT_FOUND, METHOD, CONFLICT, PRECONDITION),
    *(TOO_LARGE, MEDIA, INVALID, BAD_FILE, TOO_MANY, FAULT, UNAVAILABLE),
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong. `field` and `place` say where: a parameter in "query", a field in "body", a
    line in "file"."""

    field: str
    place: str
    message: str
    line: int | None = None


@dataclass(eq=False)
class ApiProblem(Exception):
    """Ends a request with these details."""

    kind: Kind
    detail: str
    errors: Sequence[Wrong] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def answer(request: HttpRequest, problem: ApiProblem) -> HttpResponse:
    """The response of a problem."""
    kind = problem.kind
    body: dict[str, Any] = {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "detail": problem.detail,
        "instance": getattr(request, "request_id", ""),
    }
    if problem.errors:
        body["errors"] = [_wrong(one) for one in problem.errors]
    response = HttpResponse(json.dumps(body), content_type=MEDIA_TYPE, status=kind.status)
    for name, value in problem.headers.items():
        response[name] = value
    return response


def of_status(status: int) -> Kind:
    """The first kind of this status; a fault for one that has none."""
    return next((kind for kind in KINDS if kind.status == status), FAULT)


def _wrong(one: Wrong) -> dict[str, Any]:
    said: dict[str, Any] = {"field": one.field, "place": one.place, "message": one.message}
    return said | ({"line": one.line} if one.line is not None else {})
