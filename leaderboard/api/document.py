"""The OpenAPI document: what ninja tells of paths and schemas, and what the edge does to every request."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.conf import settings

from leaderboard.api import preconditions, problems, repeats
from leaderboard.api.operations import Rules, unmarked

_BASE = "/api/v1/"
_METHODS = ("get", "post", "put", "patch", "delete")
_SECURITY = ({"token": []}, {"session": []})
_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_TEXT, _WHOLE = {"type": "string"}, {"type": "integer"}
_HEADERS = {
    "ETag": ("what If-None-Match takes", _TEXT),
    "RateLimit": ("what is left of this minute: r requests, for t seconds", _TEXT),
}


@cache
def document() -> dict[str, Any]:
    """Made once per process, at the first request for it."""
    from leaderboard.api.urls import API

    found: dict[str, Any] = dict(API.get_openapi_schema(path_prefix=_BASE))
    found["info"]["license"] = {"name": "MIT", "identifier": "MIT"}
    found["servers"] = [{"url": "/"}]
    for address, methods in found["paths"].items():
        for method in (one for one in _METHODS if one in methods):
            if method != "get" and preconditions.has_thing(address.removeprefix(_BASE)):
                _add_precondition(methods[method])
            _completed(methods[method])
    found["components"]["schemas"]["Problem"] = _problem_schema()
    found["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "A token of your account's page."},
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The site's own session; what changes something needs X-CSRFToken, too.",
        },
    }
    return found


def operations_in(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for address in found["paths"].values():
        yield from (address[method] for method in _METHODS if method in address)


def _completed(operation: dict[str, Any]) -> None:
    rules = unmarked(operation) or Rules()
    if rules.body:
        operation["requestBody"] = {"required": True, "content": dict(rules.body)}
    responses = {str(status): one for status, one in operation["responses"].items()}
    for status, response in responses.items():
        _describe(status, response, rules)
    for kind in rules.refusals:
        known = responses.setdefault(str(kind.status), {"description": kind.title, "content": {}})
        known["content"][problems.MEDIA_TYPE] = {"schema": _PROBLEM}
    if "200" in responses and not rules.takes and "requestBody" not in operation:
        responses["304"] = {"description": "Not modified: you have it already"}
        operation["parameters"].append(_header("If-None-Match", "ETag of the answer that you have"))
    if rules.repeatable:
        said = "A text of your own: sent again with it, the request is done once and answered alike."
        operation["parameters"].append(_header(repeats.HEADER, said))
    for parameter in operation["parameters"]:
        parameter.pop("examples", None)  # a list there is no OpenAPI; the schema has them
    operation["responses"] = dict(sorted(responses.items()))
    operation["security"] = [*([] if rules.signed_in else [{}]), *_SECURITY]
    operation["x-scope"] = str(rules.scope)


def _add_precondition(operation: dict[str, Any]) -> None:
    said = "ETag of what you have read of it: where it has changed since, nothing is done"
    operation["parameters"].append(_header(preconditions.HEADER, said))
    operation["responses"]["412"] = {
        "description": problems.PRECONDITION.title,
        "content": {problems.MEDIA_TYPE: {"schema": _PROBLEM}},
    }


def _describe(status: str, response: dict[str, Any], rules: Rules) -> None:
    wanted = ["RateLimit"] + (["ETag"] if status == "200" else [])
    response["headers"] = {
        name: {"description": _HEADERS[name][0], "schema": _HEADERS[name][1]} for name in wanted
    }
    content = response.get("content")
    if content and status == "200":
        schema = next(iter(content.values()))["schema"]
        others = {
            kind: {"schema": {} if kind.endswith("json") else _TEXT}
            for kind in rules.formats
            if kind not in content
        }
        response["content"] = {**{k: {"schema": schema} for k in content if k in rules.formats}, **others}


def _header(name: str, description: str) -> dict[str, Any]:
    return {"in": "header", "name": name, "required": False, "description": description, "schema": _TEXT}


def _problem_schema() -> dict[str, Any]:
    """RFC 9457."""
    wrong = {
        "type": "object",
        "required": ["field", "place", "message"],
        "properties": {
            "field": {**_TEXT, "description": "what is wrong"},
            "place": {**_TEXT, "description": "where it stands: query, path, header, body or file"},
            "message": _TEXT,
            "line": {**_WHOLE, "description": "of the file"},
        },
    }
    return {
        "title": "Problem",
        "type": "object",
        "description": "Why a request was refused (RFC 9457).",
        "required": ["type", "title", "status", "detail", "instance"],
        "properties": {
            "type": {**_TEXT, "format": "uri-reference", "description": "leads to its line in the docs"},
            "title": _TEXT,
            "status": _WHOLE,
            "detail": _TEXT,
            "instance": {**_TEXT, "description": "id of the request: the operator's log names it, too"},
            "errors": {"type": "array", "items": wrong},
        },
    }
