"""Faults before or after an operation (a database that is away) are problem documents, too."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

PREFIX = "/api/v1/"
PAGES = ("/api/v1/docs", "/api/v1/openapi.json")


class ApiFaultMiddleware:
    """Django asks it what to answer when a view raised an exception."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The problem of an exception that escaped the API; None elsewhere."""
        if not request.path_info.startswith(PREFIX) or request.path_info in PAGES:
            return None
        from leaderboard.api.urls import API

        return API.on_exception(request, error)
