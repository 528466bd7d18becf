"""Error pages in the site's look: what happened, what exists nearby, and an id for the operator."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

Link = tuple[str, str]  # title, address


class NotFound(Http404):
    """Nothing is here for this reader. `nearby` are links to what there is."""

    def __init__(self, message: str, nearby: Sequence[Link] = ()) -> None:
        super().__init__(message)
        self.nearby = tuple(nearby)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403, message=str(exception))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came without our token: an old page, blocked cookies, or another site."""
    return _page(request, 403, csrf=True)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was said where the page was missed, and pages nearby."""
    said = isinstance(exception, NotFound)
    context = {
        "message": str(exception) if said else "",
        "nearby": exception.nearby if said else _parents(request.path_info),
    }
    return _page(request, 404, **context)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our own fault. The id stands in the log beside the traceback."""
    return _page(request, 500)


def _page(request: HttpRequest, status: int, **context: object) -> HttpResponse:
    context |= {"request_id": getattr(request, "request_id", "")}
    return render(request, f"{status}.html", context, status=status)


def _parents(path: str) -> list[Link]:
    """Addresses above this one where there is a page."""
    found = []
    parts = path.strip("/").split("/")[:-1]
    while parts:
        address = f"/{'/'.join(parts)}/"
        try:
            resolve(address)
            found.append((address, address))
        except Resolver404:
            pass  # nothing there: look further up
        parts.pop()
    return found
