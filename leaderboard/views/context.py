"""What every page shows: the benchmarks in the header, the version in the footer."""

from __future__ import annotations

from importlib import metadata
from typing import Any

from django.http import HttpRequest

from leaderboard.queries.benchmarks import shown_benchmarks


def site(request: HttpRequest) -> dict[str, Any]:
    """Context of every template; the benchmarks are read only by templates that show them."""
    return {"site_benchmarks": shown_benchmarks(), "site_version": _VERSION}


def _version() -> str:
    try:
        return metadata.version("passboard")
    except metadata.PackageNotFoundError:  # run from a checkout
        return ""


_VERSION = _version()
