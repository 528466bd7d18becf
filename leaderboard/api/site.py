"""The API as one thing: its resources, how it reads and writes JSON, what its errors become."""

from __future__ import annotations

import json
import logging
from typing import Any

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation
from ninja.renderers import JSONRenderer
from ninja.router import replace_path_param_notation

from leaderboard import VERSION
from leaderboard.api import problems
from leaderboard.api.edge import edged, nothing_here
from leaderboard.api.preconditions import things
from leaderboard.api.problems import ApiProblem, Wrong
from leaderboard.api.requests_in import StrictParser
from leaderboard.errors import (
    Refused,
    SiteBusy,
    StorageFull,
    TooLarge,
    TooManyUploads,
    UploadGone,
    UploadRefused,
    VerdictsMissing,
)

_log = logging.getLogger(__name__)


class _Renderer(JSONRenderer):
    """Half characters of samples' texts are written as escapes, which JSON has and UTF-8 has not."""

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> str:
        return json.dumps(data, cls=self.encoder_class, allow_nan=False, separators=(",", ":"))


class _AnyConverter(StringConverter):
    """Any text, lines of it too, which `path` does not match: what is left would be answered by a page."""

    regex = r"[\s\S]+"


register_converter(_AnyConverter, "any")


class PassboardApi(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def addresses(self) -> list[URLPattern]:
        """Every address behind the edge, and one that answers at all others."""
        known = {
            "/".join(filter(None, (router.prefix, route))): path_view
            for router in self._get_bound_routers()
            for route, path_view in router.path_operations.items()
        }
        of = things(known)
        found = []
        for route, path_view in known.items():
            view, name = edged(path_view, of.get(route)), path_view.operations[0].view_func.__name__
            found.append(path(replace_path_param_notation(route).strip("/"), view, name=name))
        return [*found, path("", nothing_here), path("<any:rest>", nothing_here)]


def made() -> PassboardApi:
    """The API with its resources."""
    from leaderboard.api.resources import ROUTERS

    api = PassboardApi(
        title="Passboard",
        version=VERSION,
        description="Boards, runs, samples, verdicts and findings, for programs.",
        renderer=_Renderer(),
        parser=StrictParser(),
        docs_url=None,
        openapi_url=None,
    )
    for router in ROUTERS:
        api.add_router("", router)
    for error, handler in _HANDLERS.items():
        api.add_exception_handler(error, handler)
    return api


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [_wrong(one) for one in error.errors[:50]]
    return problems.answer(request, ApiProblem(problems.INVALID, "Some values can't be used.", errors))


def _wrong(one: dict[str, Any]) -> Wrong:
    place, *where = one["loc"]
    if place == "body" and len(where) > 1:
        where = where[1:]  # without the name that the operation has for it
    return Wrong(".".join(map(str, where)) or str(place), str(place), one["msg"])


def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """Whether the state forbids it or the file does: services say it in sentences for people."""
    if kind := _KINDS.get(type(error)):
        return problems.answer(request, ApiProblem(kind, str(error)))
    if not isinstance(error, UploadRefused):
        return problems.answer(request, ApiProblem(problems.CONFLICT, str(error)))
    errors = [Wrong(line.field or "", "file", line.message, line.line) for line in error.bad_lines]
    return problems.answer(request, ApiProblem(problems.BAD_FILE, str(error), errors))


_KINDS = {
    TooLarge: problems.TOO_LARGE,
    UploadGone: problems.NOT_FOUND,
    VerdictsMissing: problems.BAD_FILE,
    TooManyUploads: problems.CONFLICT,
    SiteBusy: problems.UNAVAILABLE,
    StorageFull: problems.UNAVAILABLE,
}


def _fault(request: HttpRequest, error: Exception) -> HttpResponse:
    """Our own fault: the traceback goes to the log, under the id that the answer names."""
    _log.error("The API failed at %s %s", request.method, request.path, exc_info=error)
    said = "The site failed at this request. Tell its operator the instance that stands here."
    return problems.answer(request, ApiProblem(problems.FAULT, said))


def _said(kind: problems.Kind, usual: str = "") -> Any:
    def handler(request: HttpRequest, error: Exception) -> HttpResponse:
        return problems.answer(request, ApiProblem(kind, usual or str(error) or kind.title))

    return handler


def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problems.answer(request, ApiProblem(problems.of_status(error.status_code), str(error)))


_HANDLERS: dict[type[Exception], Any] = {
    Exception: _fault,
    ApiProblem: problems.answer,
    ValidationError: _invalid,
    HttpError: _http,
    Refused: _refused,
    Http404: _said(problems.NOT_FOUND),
    PermissionDenied: _said(problems.FORBIDDEN, "You see this, and may not change it."),
    RequestDataTooBig: _said(problems.TOO_LARGE, "The body is larger than this operation takes."),
    SuspiciousOperation: _said(problems.MALFORMED, "The request can't be read."),
    MultiPartParserError: _said(problems.MALFORMED, "The form can't be read."),
    BadRequest: _said(problems.MALFORMED, "The request can't be read."),
}
