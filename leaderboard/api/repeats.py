"""Idempotency-Key: a request that is sent again, because its answer got lost, is done once.

The first answer is kept for a day and given again. Refusals are not kept: nothing was done then, and the
same key may be used for the corrected request. Of an answer that holds a secret nothing is kept but that
it was given: whoever lost it takes back what was made, and makes another.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from django.http import HttpRequest, HttpResponse

from leaderboard.api.operations import JSON
from leaderboard.api.problems import CONFLICT, INVALID, ApiProblem, Wrong
from leaderboard.api.state import state_of
from leaderboard.models import KeptAnswer
from leaderboard.queries.kept_answers import answer_of
from leaderboard.services import kept_answers

HEADER = "Idempotency-Key"


def once(request: HttpRequest, key: str, make: Callable[[], HttpResponse], told_once: bool) -> HttpResponse:
    """The answer that `make` gives, or gave when the same caller sent the same request with this key.

    `told_once`: it holds a secret. It is not kept, and the request that comes again is refused.
    """
    asked = _asked(request)
    row = kept_answers.claim(request.user, key, asked)  # type: ignore[arg-type]
    if row is None:
        return _again(request, key, asked, told_once)
    done = False
    try:
        response = make()
        done = response.status_code < 300
    finally:
        if not done:
            kept_answers.release(row)
    if done:
        body = "" if told_once else response.content.decode()
        kept_answers.keep(row, response.status_code, body, _location(request))
    return response


def _again(request: HttpRequest, key: str, asked: str, told_once: bool) -> HttpResponse:
    row = answer_of(request.user, kept_answers.digest_of(key))
    if row is None or not row.status:
        raise ApiProblem(CONFLICT, f"The request with this {HEADER} is being done right now. Ask again.")
    if row.request != kept_answers.digest_of(asked):
        said = f"This {HEADER} was used for another request. Take a new key for every new request."
        raise ApiProblem(INVALID, said, [Wrong(HEADER, "header", "was used for another request")])
    if told_once:
        said = (
            f"This {HEADER} was used, and the request was done. Its answer held a secret, which is told once "
            f"and kept nowhere. If it got lost, delete {row.location} and send the request with a new key."
        )
        raise ApiProblem(CONFLICT, said, headers={"Location": row.location})
    return _kept(request, row)


def _kept(request: HttpRequest, row: KeptAnswer) -> HttpResponse:
    state_of(request).location = row.location
    response = HttpResponse(row.body, content_type=JSON, status=row.status)
    response["Idempotency-Replayed"] = "true"
    return response


def _asked(request: HttpRequest) -> str:
    """What makes two requests the same: address, and the body, as far as it can be told before it is read.

    A file counts by its length: reading it twice would cost more than a key that is used wrongly.
    """
    parts = [str(request.method), request.get_full_path(), request.META.get("CONTENT_LENGTH") or ""]
    if request.content_type == JSON:
        parts.append(sha256(request.body).hexdigest())
    return "\n".join(parts)


def _location(request: HttpRequest) -> str:
    return state_of(request).location
