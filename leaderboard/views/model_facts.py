"""What is known of a model: changed by who brought its first run, and by staff; what others said of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from leaderboard.forms.model_facts import ModelFactsForm
from leaderboard.models import Model, Run
from leaderboard.queries.visibility import may_change_model
from leaderboard.services import models as service
from leaderboard.views.board_rows import page_address
from leaderboard.views.models import found_model
from leaderboard.views.run_facts import said_of_model


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def model_facts(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; beside it what uploaders of other runs said, which one press takes over."""
    model, runs = found_model(request, slug)
    if not may_change_model(request.user, model):
        raise PermissionDenied(
            "What is known of a model is said by who brought its first run, and by the site's staff. "
            "What you say of it stands with your own runs."
        )
    known = ModelFactsForm.initial_of(model)
    form = ModelFactsForm(request.POST or None, initial=known)
    if form.is_valid():
        service.change(model, request.user, form.facts())
        messages.success(request, "Saved.")
        return redirect("model", slug)
    context = {"model": model, "form": form, "said": _said(model, runs, known)}
    return render(request, "leaderboard/model_facts.html", context, status=400 if form.is_bound else 200)


def _said(model: Model, runs: Sequence[Run], known: dict[str, str]) -> list[dict[str, Any]]:
    """Runs whose uploader said something else, each with the whole form that takes it over."""
    return [
        {
            "address": page_address("run", run.pk),
            "run": run.pk,
            "by": run.owner.get_username() if run.owner else "",
            "facts": facts,
            "values": known | {name: str(run.said_of_model[name]) for name, _ in facts},
        }
        for run in runs
        if (facts := said_of_model(run))
    ]
