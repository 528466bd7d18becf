"""What every page shows: the benchmarks in the header, the version in the footer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from leaderboard import VERSION
from leaderboard.queries.benchmarks import benchmark_names


def site(request: HttpRequest) -> dict[str, Any]:
    """Context of every template; the benchmarks are read only by templates that show them."""
    return {"site_benchmarks": lambda: header_benchmarks(request), "site_version": VERSION}


def header_benchmarks(request: HttpRequest) -> list[dict[str, str]]:
    """Slug and name of every benchmark, read once per request."""
    known: list[dict[str, str]] | None = getattr(request, "header_benchmarks", None)
    if known is None:
        known = benchmark_names()
        request.header_benchmarks = known  # type: ignore[attr-defined]
    return known
