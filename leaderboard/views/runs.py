"""One run: its page, its progress, its table as a file, and what its owner may do to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST, require_safe

from leaderboard.errors import Refused
from leaderboard.models import Run
from leaderboard.queries.analysis import analysis_of
from leaderboard.queries.progress import is_active, progress_of
from leaderboard.queries.runs import ProblemRow, problem_rows, run_seen_by, totals
from leaderboard.queries.sampling import drawn_of_run
from leaderboard.queries.surprise import with_expectations
from leaderboard.queries.visibility import may_change
from leaderboard.services import runs as service
from leaderboard.views import exports, run_facts, run_rows, run_table, sampling_rows
from leaderboard.views.errors import NotFound
from leaderboard.views.pages import answer, is_part
from leaderboard.views.run_noise import noise_strings
from leaderboard.views.run_rankers import ranker_table
from leaderboard.views.run_recheck import recheck_strings
from leaderboard.views.run_table import parse_choice

# What may be done to a run: the service, and what is said afterwards.
_ACTIONS: Mapping[str, tuple[Callable[[Run, User], None], str]] = {
    "cancel": (
        service.cancel,
        "The scoring was cancelled. What is judged so far stays; re-score starts over.",
    ),
    "rescore": (service.rescore, "The run is scored again."),
    "delete": (service.delete, "The run was deleted with its samples."),
}


@require_safe
def run_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The run; `?format=csv|json` answers with the problem table as it is filtered and sorted."""
    run = found_run(request, pk)
    if request.path != (known := reverse("run", args=[run.pk])):
        # The address bar holds the link that can be passed on: an unlisted run's key, and no old one.
        return redirect(f"{known}?{query}" if (query := request.GET.urlencode()) else known)
    rows = with_expectations(run, problem_rows(run), request.user)
    choice = parse_choice(request.GET)
    if form := request.GET.get("format"):
        data = [run_table.record(row) for row in run_table.chosen(rows, choice)]
        return exports.table(form, f"run-{run.pk}-problems", data, run_table.RECORD_COLUMNS)
    context = _head(request, run) | run_table.context(run, rows, choice)
    if not is_part(request):
        context |= _state(run, rows)
    return answer(request, "run", "run_problems", context, choice.address(context["path"]))


@require_GET
def run_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the scoring is. When it has ended: the figures, and everything below them out of band."""
    run = found_run(request, pk)
    if is_active(run):
        return render(request, "leaderboard/run_state.html", _head(request, run) | _state(run, []))
    rows = with_expectations(run, problem_rows(run), request.user)
    table = run_table.context(run, rows, parse_choice(request.GET))
    return render(request, "leaderboard/run_finished.html", _head(request, run) | _state(run, rows) | table)


@require_GET
def run_recheck(request: HttpRequest, pk: int) -> HttpResponse:
    """What the re-run check found, or that it is still to come."""
    run = found_run(request, pk)
    context = {"run": run, "recheck": recheck_strings(run)}
    return render(request, "leaderboard/run_recheck.html", context)


@require_POST
@login_required
def run_action(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Cancel, re-score or delete, for the owner and for staff."""
    run = found_run(request, pk)
    if not may_change(request.user, run):
        raise PermissionDenied("Only its owner and the site's staff may change a run.")
    do, said = _ACTIONS[action]
    try:
        do(run, request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("run", run.pk)
    messages.success(request, said)
    return redirect("account") if action == "delete" else redirect("run", run.pk)


def found_run(request: HttpRequest, pk: int) -> Run:
    """The run, for those who may see it. To all others a private run does not exist."""
    run = run_seen_by(request.user, pk)
    if run is None:
        raise NotFound(
            f"There is no run {pk}, or it is private and not yours.",
            [("The leaderboard", reverse("home")), ("Your runs", reverse("account"))],
        )
    return run


def _head(request: HttpRequest, run: Run) -> dict[str, Any]:
    published = run.source == Run.Source.PUBLISHED
    return {
        "run": run,
        "benchmark": run.benchmark,
        "sampling": run_facts.sampling(run),
        "scoring": [] if published else run_facts.scoring(run),
        "recheck": recheck_strings(run),
        "published": published,
        "sampled": sampling_rows.told(run.sampled_as) if run.sampled_as else [],
        "active": is_active(run),
        "may_change": may_change(request.user, run) and not published,
    }


def _state(run: Run, rows: list[ProblemRow]) -> dict[str, Any]:
    if is_active(run):
        drawing = sampling_rows.drawing_of_run(run, drawn_of_run(run)) if run.sampling_id else None
        return {"progress": run_rows.progress_strings(progress_of(run)), "drawing": drawing}
    addresses = run_rows.verdict_addresses(run, rows)
    analysis = analysis_of(run)
    beyond = analysis.beyond if analysis else None
    return {
        "headline": run_rows.headline(run),
        "noise": noise_strings(rows) if analysis else None,
        "verdict_bar": run_rows.verdict_bar(totals(rows), addresses),
        "chart": run_rows.curve_box(run, beyond),
        "beyond": run_rows.beyond_said(beyond) if beyond else "",
        "rankers": ranker_table(run, rows, analysis),
    }
