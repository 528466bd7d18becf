"""A name for every request, so that an error page and the log speak of the same one."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

# In a request's environment: true where nobody can follow the address that it was asked by.
NO_ADDRESS = "passboard.no_address"
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


class RequestIdFilter(logging.Filter):
    """Puts the id of the request that is being answered on every log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django logs a refused request when this middleware has ended already, but names the request.
        request = getattr(record, "request", None) or _current.get()
        record.request_id = getattr(request, "request_id", "-")
        return True
