"""What lets a view travel: its files by format, and how to cite it. In every template without a load."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from leaderboard import run_links
from leaderboard.citation import bibtex
from leaderboard.middleware import NO_ADDRESS

register = template.Library()


@register.filter
def in_format(address: str, form: str) -> str:
    """The address of a table's CSV file, for another format."""
    return address.replace("format=csv", f"format={form}")


@register.filter
def run_word(pk: int) -> str:
    """The run's number in a query string, with its key where it is opened by one."""
    return run_links.run_word(pk)


@register.simple_tag(takes_context=True)
def citation(context: dict[str, Any]) -> str:
    """BibTeX of the page that is being shown."""
    request = context["request"]
    # A form sends every field: the shortest address of the view is that of its table.
    path = _without_format(context["csv"]) if context.get("csv") else None
    return bibtex(
        "" if request.META.get(NO_ADDRESS) else request.build_absolute_uri(path),
        timezone.localdate(),
        benchmark=context.get("benchmark") or None,
        run=context.get("run") or None,
        model=context.get("model") or None,
    )


def _without_format(address: str) -> str:
    path, _, query = address.partition("?")
    kept = [part for part in query.split("&") if part.partition("=")[0] not in ("", "format", "table")]
    return f"{path}?{'&'.join(kept)}" if kept else path
