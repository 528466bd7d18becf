"""304 without making the page: where the board, the reader and the address are the same, so is the answer."""

from __future__ import annotations

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import get_language

from leaderboard.board_cache import code_version, digest
from leaderboard.views.context import header_benchmarks


def page_tag(request: HttpRequest, *parts: object) -> str:
    """The ETag of a page that shows nothing but what `parts` stand for, the frame and the reader.

    Empty where a message waits to be shown: that page is like no other.
    """
    if len(get_messages(request)):
        return ""
    reader = request.user
    who = (reader.pk, reader.get_username(), getattr(reader, "is_staff", False))
    # The frame's sign-out form holds a token that goes with this cookie.
    frame = (code_version(), header_benchmarks(request), who, request.COOKIES.get("csrftoken"))
    return quote_etag(digest(*frame, is_partial(request), *view_parts(request), *parts))


def view_parts(request: HttpRequest) -> tuple[object, ...]:
    """What a page depends on besides its data: its address, and the day, which its citation names."""
    return (request.build_absolute_uri(), timezone.localdate(), get_language())


def is_partial(request: HttpRequest) -> bool:
    """Whether htmx asks, which gets the changing part alone."""
    return bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]


def not_modified(request: HttpRequest, tag: str) -> HttpResponse | None:
    """The 304 if the browser has the answer of this tag already."""
    response = get_conditional_response(request, etag=tag) if tag else None
    return None if response is None else tagged(response, tag)


def tagged(response: HttpResponse, tag: str) -> HttpResponse:
    """The same response: browsers keep it, and ask about it every time."""
    if tag:
        response["ETag"] = tag
    patch_vary_headers(response, ["HX-Request"])
    patch_cache_control(response, private=True, no_cache=True)
    return response
