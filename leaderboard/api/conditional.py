"""304 for what the caller has already: before the work where a board's key says so, else by the answer."""

from __future__ import annotations

from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from leaderboard.api import problems
from leaderboard.api.problems import PRECONDITION, ApiProblem
from leaderboard.api.state import state_of
from leaderboard.board_cache import code_version, digest
from leaderboard.models import Benchmark
from leaderboard.queries.board import board_of

_TAGGED = ("GET", "HEAD")


def same_board(request: HttpRequest, benchmark: Benchmark) -> HttpResponse | None:
    """The 304 if the caller has this answer of this board; for operations that show nothing but boards.

    Remembers the tag for the answer that is made otherwise.
    """
    parts = (*board_of(benchmark, request.user), request.build_absolute_uri(), timezone.localdate())
    tag = quote_etag(digest("api", code_version(), *parts))
    state_of(request).tag = tag
    unchanged = get_conditional_response(request, etag=tag)
    if unchanged is not None:
        unchanged = _told(request, unchanged)
        unchanged["ETag"] = tag
    return unchanged


def tag_of(response: HttpResponse) -> str:
    """The ETag of an answer that has none yet: equal answers have equal ones."""
    return quote_etag(sha256(response.content).hexdigest()[:40])


def unchanged_or(request: HttpRequest, response: HttpResponse, tag: str) -> HttpResponse:
    """The response with its ETag, or the 304 in its place."""
    if request.method not in _TAGGED or response.status_code != 200 or response.streaming:
        return response
    if not response.has_header("ETag"):
        response["ETag"] = tag or tag_of(response)
    kept = get_conditional_response(request, etag=response["ETag"], response=response)
    return response if kept is None else _told(request, kept)


def _told(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """The 304; or, where a reading request asked for another state by If-Match, the problem."""
    if answer.status_code != 412:
        return answer
    said = "It is no longer what the request's precondition names. Read it without one."
    return problems.answer(request, ApiProblem(PRECONDITION, said))
