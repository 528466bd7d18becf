"""What an operation says of itself beside its schemas: who may call it, and how it can be refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ninja.operation import Operation

from leaderboard.api.problems import (
    BAD_FILE,
    CONFLICT,
    FORBIDDEN,
    INVALID,
    MALFORMED,
    MEDIA,
    NO_ACCOUNT,
    NO_SCOPE,
    NOT_FOUND,
    TOO_LARGE,
    TOO_MANY,
    UNAVAILABLE,
    Kind,
)
from leaderboard.models import ApiToken

READ, WRITE, SAMPLE = ApiToken.Scope.READ, ApiToken.Scope.WRITE, ApiToken.Scope.SAMPLE
ACCOUNT = ApiToken.Scope.ACCOUNT
JSON, MULTIPART, RAW = "application/json", "multipart/form-data", "application/octet-stream"
_MARK = "x-passboard"
_ALWAYS = (MALFORMED, NO_ACCOUNT, NO_SCOPE, INVALID, TOO_MANY)
_CHANGING = (FORBIDDEN, CONFLICT, TOO_LARGE, MEDIA)


@dataclass(frozen=True, slots=True)
class Rules:
    """`takes`: media types of its body, none where it has no body. `repeatable`: an Idempotency-Key holds.

    `told_once`: its answer holds a secret, which is kept nowhere, also not for a request that comes again.
    """

    scope: str = READ
    signed_in: bool = False
    takes: tuple[str, ...] = ()
    most_bytes: int | None = None  # of its body; None: as many as any JSON may have
    repeatable: bool = False
    told_once: bool = False
    refusals: tuple[Kind, ...] = _ALWAYS
    formats: tuple[str, ...] = (JSON,)  # what it answers with
    body: Mapping[str, Any] | None = None  # of OpenAPI, where no schema describes it


def reads(
    *refusals: Kind, signed_in: bool = False, scope: str = READ, formats: tuple[str, ...] = (JSON,)
) -> dict[str, Any]:
    """Keywords of an operation that changes nothing."""
    return _marked(Rules(scope, signed_in, refusals=(*_ALWAYS, NOT_FOUND, *refusals), formats=formats))


def writes(
    *refusals: Kind,
    scope: str = WRITE,
    takes: tuple[str, ...] = (),
    most_bytes: int | None = None,
    repeatable: bool = False,
    told_once: bool = False,
    body: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Keywords of an operation that changes something: for people with an account."""
    known = (*_ALWAYS, NOT_FOUND, *_CHANGING, *refusals)
    return _marked(Rules(scope, True, takes, most_bytes, repeatable, told_once, known, body=body))


def rules_of(operation: Operation) -> Rules:
    rules: Rules = (operation.openapi_extra or {})[_MARK]
    return rules


def query_names(operation: Operation) -> frozenset[str]:
    """The query parameters that the operation knows."""
    models = (one for one in operation.models if one.__ninja_param_source__ == "query")
    return frozenset(name for one in models for name in one.__ninja_flatten_map__)


def unmarked(details: dict[str, Any]) -> Rules | None:
    """Takes the rules out of an operation's part of the OpenAPI document."""
    return details.pop(_MARK, None)


def _marked(rules: Rules) -> dict[str, Any]:
    return {"openapi_extra": {_MARK: rules}}


FILE_REFUSALS = (BAD_FILE, UNAVAILABLE)
