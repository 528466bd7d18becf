"""Pages without data of their own, and what list pages share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

from evaluator.metrics import minimum_detectable_difference
from evaluator.records import Limits
from leaderboard.time_limit import DEFAULT_LIMITS, limit_words


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """How the figures are made: pass@k, intervals, ranks, what is ranked."""
    context = {
        "resolution": resolution_text(164),
        "usual_limit": limit_words(DEFAULT_LIMITS),
        "auto_limit": limit_words(Limits.auto()),
    }
    return render(request, "leaderboard/figures.html", context)


def is_part(request: HttpRequest) -> bool:
    """Whether htmx asks for the changing part of a page alone."""
    return bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]


def answer(request: HttpRequest, page: str, part: str, context: dict[str, Any], address: str) -> HttpResponse:
    """The whole page, or to htmx its changing part alone (the element with that part's id).

    `address` is the shortest one of what is shown; htmx puts it into the reader's address bar.
    """
    partial = is_part(request)
    response = render(request, f"leaderboard/{part if partial else page}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    patch_cache_control(response, private=True, no_cache=True)  # kept, but asked about every time
    if partial:
        response["HX-Push-Url"] = address
    return response


def resolution_text(problems: int) -> str:
    """What a benchmark of this size can tell apart, as a sentence."""
    single = minimum_detectable_difference(problems, 1) * 100
    many = minimum_detectable_difference(problems, 100) * 100
    return (
        f"With one sample per problem it tells two models apart when their pass@1 differs by about "
        f"{single:.0f} points or more, with 100 samples by about {many:.0f} (80 % power)."
    )
