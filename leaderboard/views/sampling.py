"""Samples that the site draws itself: the form, a sampling's page, what its owner may do, kept keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from leaderboard.errors import Refused, SamplingRefused
from leaderboard.forms.sampling import ResumeForm, SamplingForm
from leaderboard.models import Sampling
from leaderboard.queries import sampling as queries
from leaderboard.queries.organisations import joined_organisations
from leaderboard.services import sampling as service
from leaderboard.services import secrets
from leaderboard.services.sampling_order import Key
from leaderboard.services.sampling_server import server_of
from leaderboard.views import sampling_rows
from leaderboard.views.errors import NotFound

Said = tuple[Callable[[Sampling, Any], None], str]
# What may be done to a sampling beside resuming: the service, and what is said afterwards.
_ACTIONS: Mapping[str, Said] = {
    "start": (lambda row, _: service.begin(row), "The drawing has begun."),
    "again": (lambda row, _: service.try_again(row), "The dry run is made again."),
    "cancel": (service.cancel, "The drawing was cancelled. What is drawn stays."),
    "score": (lambda row, _: service.score_drawn(row), "What is drawn is being scored."),
    "delete": (service.delete, "The sampling was deleted with its runs."),
}


@sensitive_post_parameters("key")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sample(request: HttpRequest) -> HttpResponse:
    """The form; what is sent is tried on three problems first. `?from=` fills it as an earlier one was."""
    keys = queries.kept_keys(request.user)
    form = SamplingForm(
        request.POST or None,
        keys=keys,
        organisations=joined_organisations(request.user),
        initial=_initial(request),
    )
    if form.is_bound and form.is_valid():
        try:
            row = _ordered(request, form)
        except SamplingRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("sampling", row.pk)
    context = {
        "form": form,
        "keys": keys,
        "local_models": settings.SAMPLING_LOCAL_MODELS,
        "own": sampling_rows.own_rows(queries.own_samplings(request.user)),
        "sampler_seen": queries.sampler_seen(),
    }
    return render(request, "leaderboard/sample.html", context, status=400 if form.is_bound else 200)


@require_safe
def sampling_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A sampling: its dry run, or how far it is, and its runs."""
    return render(request, "leaderboard/sampling.html", _context(request, _found(request, pk)))


@require_GET
def sampling_state(request: HttpRequest, pk: int) -> HttpResponse:
    """The part that changes while a worker is at it; the whole page anew once the state is another one."""
    row = _found(request, pk)
    context = _context(request, row)
    response = render(request, "leaderboard/sampling_state.html", context)
    if request.GET.get("seen") != context["seen"]:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@login_required
def sampling_action(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Start, cancel, score what is drawn or delete, for the owner and for staff."""
    row = _own(request, pk)
    do, said = _ACTIONS[action]
    try:
        do(row, request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("sampling", pk)
    messages.success(request, said)
    return redirect("sample") if queries.own_sampling(request.user, pk) is None else redirect("sampling", pk)


@sensitive_post_parameters("key")
@require_POST
@login_required
def sampling_resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Goes on with a sampling, with another key or a higher cap if they are given."""
    row = _own(request, pk)
    form = ResumeForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("sampling", pk)
    try:
        service.resume(row, Key(form.cleaned_data["key"].strip()), form.cleaned_data["token_cap"])
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The drawing goes on where it stopped.")
    return redirect("sampling", pk)


@login_required
@require_safe
def sample_keys(request: HttpRequest) -> HttpResponse:
    """The reader's kept keys, by name alone."""
    return render(request, "leaderboard/sample_keys.html", {"keys": queries.kept_keys(request.user)})


@require_POST
@login_required
def sample_key_delete(request: HttpRequest, pk: int) -> HttpResponse:
    key = queries.kept_key(request.user, pk)
    if key is None:
        raise NotFound("There is no such key of yours.", [("Your keys", reverse("sample-keys"))])
    secrets.forget(key)
    messages.success(request, f"The key “{key.name}” was deleted.")
    return redirect("sample-keys")


def _ordered(request: HttpRequest, form: SamplingForm) -> Sampling:
    """The sampling of a form, its key kept first where that is wanted. Raises what the services raise."""
    key, name = form.key_given(), form.cleaned_data["keep_as"]
    row = service.dry_run(request.user, form.cleaned_data["benchmark"], form.order(), key)
    if name and key.text:
        try:
            server = server_of(form.cleaned_data["address"].strip())
            secrets.keep(request.user, name, key.text, server)
        except Refused as refusal:
            messages.error(request, f"The key was not kept: {refusal}")
    return row


def _initial(request: HttpRequest) -> dict[str, Any]:
    known = request.GET.get("from", "")
    row = queries.own_sampling(request.user, int(known)) if known.isdecimal() and len(known) < 12 else None
    return SamplingForm.again(row) if row else {}


def _context(request: HttpRequest, row: Sampling) -> dict[str, Any]:
    progress = queries.progress_of(row, request.user)
    owns = queries.own_sampling(request.user, row.pk) is not None
    return sampling_rows.context(row, progress, owns=owns) | {"resume": ResumeForm() if owns else None}


def _found(request: HttpRequest, pk: int) -> Sampling:
    row = queries.sampling_seen_by(request.user, pk)
    if row is None:
        raise NotFound(
            f"There is no sampling {pk}, or it is not yours and none of its runs is for you to see.",
            [("Sample a model", reverse("sample")), ("The leaderboard", reverse("home"))],
        )
    return row


def _own(request: HttpRequest, pk: int) -> Sampling:
    _found(request, pk)
    row = queries.own_sampling(request.user, pk)
    if row is None:
        raise PermissionDenied("Only its owner and the site's staff may change a sampling.")
    return row
