"""The audit trail, for staff."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from leaderboard.models import AuditEntry
from leaderboard.queries.audit import audit_page
from leaderboard.views import choices


@login_required
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """`?action=run-deleted&q=name or run number&before=120`, the newest first."""
    if not request.user.is_staff:
        raise PermissionDenied("The audit trail is for the site's staff.")
    query = request.GET
    action = choices.one_of(query, "action", ["", *AuditEntry.Action.values])
    text, before = choices.text_of(query), query.get("before", "")
    number = int(before) if before.isdecimal() and len(before) < 18 else None
    page = audit_page(action, text, number)
    older = {"action": action, "q": text, "before": str(page.older or "")}
    context = {
        "entries": [entry_strings(entry) for entry in page.entries],
        "actions": AuditEntry.Action.choices,
        "action": action,
        "text": text,
        "path": request.path,
        "older": choices.address(request.path, older) if page.older else "",
        "newest": choices.address(request.path, {"action": action, "q": text}) if number else "",
    }
    return render(request, "leaderboard/audit.html", context)


def entry_strings(entry: AuditEntry) -> dict[str, Any]:
    """One change in words. Who is gone has no name any more."""
    what = [entry.model_name, f"run {entry.run_number}" if entry.run_number else "", entry.benchmark_name]
    return {
        "at": entry.at,
        "who": entry.actor_name or "the site",
        "said": entry.get_action_display(),
        "what": ", ".join(part for part in (*what, entry.organisation_name) if part),
        "about": entry.about_name if entry.about_name != entry.actor_name else "",
        "detail": entry.detail,
        "on_board": entry.on_board,
    }
