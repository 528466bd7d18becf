"""Reviewers' marks: one form for each finding, on security pages and in the failure browser alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from leaderboard.errors import Refused
from leaderboard.formatting import date_text
from leaderboard.forms.marks import MarkForm
from leaderboard.models import FindingMark
from leaderboard.queries.failures import cell_of
from leaderboard.queries.marks import marks_of
from leaderboard.services.marks import Marked, mark
from leaderboard.views.errors import NotFound
from leaderboard.views.runs import found_run
from leaderboard.visible import visible


@require_POST
@login_required
def mark_finding(request: HttpRequest, pk: int, task_id: str) -> HttpResponse:
    """Adds the reader's mark. To htmx the finding's marks, else the page that it came from."""
    run = found_run(request, pk)
    cell = cell_of(run, task_id)
    if cell is None:
        raise NotFound(f"Run {pk} has no samples of a problem “{task_id}”.", [("The run", f"/runs/{pk}/")])
    form = MarkForm(request.POST)
    if not form.is_valid():
        return HttpResponse("This mark can't be read: send it from the page.", "text/plain", status=400)
    sent = form.cleaned_data
    finding = Marked(sent["program"], sent["rule"], sent["line"])
    try:
        made = mark(cell, finding, sent["word"], request.user, sent["comment"])
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("run-security", pk)
    if request.htmx:  # type: ignore[attr-defined]
        key = (made.problem_id, made.program, made.rule, made.line)
        shown = marking(pk, task_id, finding, marks_of({made.program}, {pk})[key])
        return render(request, "leaderboard/security_marks.html", {"finding": shown})
    back = sent["next"]
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else reverse("run-security", args=[pk]))


def marking(run_id: int, task_id: str, finding: Marked, given: Sequence[FindingMark]) -> dict[str, Any]:
    """What `security_marks.html` needs: the marks of a finding, the latest first, and the form's values."""
    place = (run_id, task_id.replace("/", "-"), finding.program, finding.rule, finding.line)
    return {
        "marks": [_text(one) for one in given],
        "word": given[0].word if given else "",
        "action": reverse("mark-finding", args=[run_id, task_id]),
        "program": finding.program,
        "rule": finding.rule,
        "line": finding.line,
        "anchor": "-".join(map(str, ("finding", *place))),
    }


def _text(given: FindingMark) -> dict[str, str]:
    return {
        "word": given.get_word_display(),
        "author": given.author.get_username() if given.author else "somebody whose account is gone",
        "when": date_text(given.created_at),
        "comment": visible(given.comment),
    }
