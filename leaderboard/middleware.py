"""A name for every request, so that an error page and the log speak of the same one; and what an address
with a key in it must not do.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

# In a request's environment: true where nobody can follow the address that it was asked by.
NO_ADDRESS = "passboard.no_address"
# The word of an unlisted run in an address, "12-KEY": whoever has it sees the run.
_RUN_WORD = re.compile(r"(?<![\w-])([0-9]{1,18})-[A-Za-z0-9_-]{22}(?![\w-])", re.ASCII)
_current: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


def current_request() -> HttpRequest | None:
    """The request that is being answered; None outside of one."""
    return _current.get()


class RequestIdMiddleware:
    """Sets `request.request_id` and the response's X-Request-Id. Ids from outside are not believed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = secrets.token_hex(4)  # type: ignore[attr-defined]
        token = _current.set(request)
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
            return response
        finally:
            _current.reset(token)


class UnlistedMiddleware:
    """Tells search engines to list nothing that was reached by the key of an unlisted run."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _RUN_WORD.search(request.get_full_path()):
            response["X-Robots-Tag"] = "noindex"
        return response


class RequestIdFilter(logging.Filter):
    """Puts the id of the request that is being answered on every log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django logs a refused request when this middleware has ended already, but names the request.
        request = getattr(record, "request", None) or _current.get()
        record.request_id = getattr(request, "request_id", "-")
        return True


class KeylessFormatter(logging.Formatter):
    """Leaves the keys of unlisted runs out of the log: Django writes every address that it refuses there."""

    def format(self, record: logging.LogRecord) -> str:
        return _RUN_WORD.sub(r"\1-[key]", super().format(record))
