"""Who sees a run, and what was done to it: for its owner, owners of its organisation, and staff."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from leaderboard.errors import Refused
from leaderboard.forms.sharing import SharingForm
from leaderboard.models import Run
from leaderboard.queries.audit import history_of
from leaderboard.queries.visibility import may_change
from leaderboard.services import sharing as service
from leaderboard.views.audit import entry_strings
from leaderboard.views.runs import found_run


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sharing(request: HttpRequest, pk: int) -> HttpResponse:
    """The form, the link of an unlisted run, and the run's history."""
    run = _own_run(request, pk)
    form = SharingForm(request.user, run, request.POST or None)
    if form.is_valid():
        try:
            service.share(run, request.user, form.cleaned_data["visibility"], form.chosen_organisation)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("run-sharing", found_run(request, pk).pk)
    unlisted = run.visibility == Run.Visibility.UNLISTED
    context = {
        "run": run,
        "benchmark": run.benchmark,
        "form": form,
        "link": request.build_absolute_uri(reverse("run", args=[run.pk])) if unlisted else "",
        "history": [entry_strings(entry) for entry in history_of(run)],
    }
    return render(request, "leaderboard/sharing.html", context, status=400 if form.is_bound else 200)


@login_required
@require_POST
def new_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Another secret for an unlisted run: whoever has the old link sees it no more."""
    run = _own_run(request, pk)
    try:
        service.new_link(run, request.user)
        messages.success(request, "The run has a new link. The old one opens nothing any more.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("run-sharing", found_run(request, pk).pk)


def _own_run(request: HttpRequest, pk: int) -> Run:
    run = found_run(request, pk)
    if run.source == Run.Source.PUBLISHED or not may_change(request.user, run):
        raise PermissionDenied("Only its owner and the site's staff may change a run.")
    return run
