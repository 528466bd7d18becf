"""What every page shows: the benchmarks in the header, the version in the footer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from leaderboard import VERSION
from leaderboard.queries.benchmarks import shown_benchmarks


def site(request: HttpRequest) -> dict[str, Any]:
    """Context of every template; the benchmarks are read only by templates that show them."""
    return {"site_benchmarks": shown_benchmarks(), "site_version": VERSION}
