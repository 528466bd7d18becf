"""The page of a file that was refused."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from leaderboard.errors import Refused, UploadRefused


def refused(request: HttpRequest, refusal: Refused, status: int = 422) -> HttpResponse:
    """What was wrong, the bad lines, and that nothing is kept."""
    context = refusal_strings(refusal) | {"says_kept": "othing was stored" in str(refusal)}
    return render(request, "leaderboard/upload_refused.html", context, status=status)


def refusal_strings(refusal: Refused | None) -> dict[str, Any]:
    """What the templates show of a refusal: `refusal`, and its bad lines."""
    if refusal is None:
        return {}
    context: dict[str, Any] = {"refusal": str(refusal)}
    if isinstance(refusal, UploadRefused):
        context |= {"bad_lines": refusal.bad_lines, "bad_count": refusal.bad_count}
    return context
