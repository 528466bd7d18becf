"""Organisations: one's own, the page of one, and what its members do there."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leaderboard.errors import Refused
from leaderboard.forms.organisations import InviteForm, OrganisationForm, RenameForm, RoleForm
from leaderboard.models import Benchmark, Membership, Organisation
from leaderboard.queries import organisations as queries
from leaderboard.queries.runs import HEADLINE_KS
from leaderboard.services import organisations as service
from leaderboard.views.board_columns import SHARED, USUAL_COLUMNS
from leaderboard.views.choices import address
from leaderboard.views.errors import NotFound
from leaderboard.views.run_rows import account_rows


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def organisations(request: HttpRequest) -> HttpResponse:
    """Where one belongs, invitations, and the form that makes one."""
    form = OrganisationForm(request.POST or None)
    if form.is_valid():
        try:
            return redirect("organisation", service.make(request.user, form.cleaned_data["name"]).slug)
        except Refused as refusal:
            form.add_error("name", str(refusal))
    own = queries.own_organisations(request.user)
    context = {
        "form": form,
        "joined": [row for row in own if row.membership.accepted_at],
        "invitations": [row for row in own if not row.membership.accepted_at],
    }
    return render(request, "leaderboard/organisations.html", context, status=400 if form.is_bound else 200)


@login_required
@require_safe
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """Members and runs."""
    return _page(request, _found(request, slug))


@login_required
@require_POST
def rename(request: HttpRequest, slug: str) -> HttpResponse:
    """Gives the organisation another name."""
    known = _managed(request, slug)
    form = RenameForm(request.POST)
    if form.is_valid():
        try:
            service.rename(known, request.user, form.cleaned_data["name"])
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"The organisation is called {known} now.")
            return redirect("organisation", slug)
    return _page(request, known, renaming=form)


@login_required
@require_POST
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Asks somebody to join."""
    known = _managed(request, slug)
    form = InviteForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = service.invite(known, request.user, said["user_name"], said["role"])
        except Refused as refusal:
            form.add_error("user_name", str(refusal))
        else:
            messages.success(request, f"{made.user} is invited, and sees it on the page of organisations.")
            return redirect("organisation", slug)
    return _page(request, known, inviting=form)


@login_required
@require_POST
def answer_invitation(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Accepts or declines an invitation of one's own."""
    membership = queries.invitation_of(request.user, pk)
    if membership is None:
        raise NotFound("You have no such invitation.", [("Your organisations", reverse("organisations"))])
    if action == "accept":
        service.accept(membership)
        return redirect("organisation", membership.organisation.slug)
    service.remove(membership, request.user)
    messages.success(request, f"You declined the invitation of {membership.organisation}.")
    return redirect("organisations")


@login_required
@require_POST
def member(request: HttpRequest, slug: str, pk: int, action: str) -> HttpResponse:
    """Changes a role or removes somebody, for owners; leaves, for oneself."""
    known = _found(request, slug)
    membership = queries.membership_seen_by(request.user, known, pk)
    if membership is None:
        raise PermissionDenied("Only owners of an organisation change its members.")
    try:
        if action == "remove":
            service.remove(membership, request.user)
        else:
            _set_role(request, known, membership)
    except Refused as refusal:
        messages.error(request, str(refusal))
    stays = queries.organisation_seen_by(request.user, slug) is not None
    return redirect("organisation", slug) if stays else redirect("organisations")


@login_required
@require_POST
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Deletes the organisation; its runs go back to their owners."""
    known = _managed(request, slug)
    service.delete(known, request.user)
    messages.success(request, f"{known} was deleted. Its runs belong to their owners alone now.")
    return redirect("organisations")


def _set_role(request: HttpRequest, known: Organisation, membership: Membership) -> None:
    form = RoleForm(request.POST)
    if not queries.may_manage(request.user, known):
        raise PermissionDenied("Only owners of an organisation change roles.")
    if form.is_valid():
        service.set_role(membership, request.user, form.cleaned_data["role"])


def _found(request: HttpRequest, slug: str) -> Organisation:
    known = queries.organisation_seen_by(request.user, slug)
    if known is None:
        raise NotFound(
            "There is no such organisation, or you are no member of it.",
            [("Your organisations", reverse("organisations"))],
        )
    return known


def _managed(request: HttpRequest, slug: str) -> Organisation:
    known = _found(request, slug)
    if not queries.may_manage(request.user, known):
        raise PermissionDenied("Only its owners and the site's staff may change an organisation.")
    return known


def _board_of(known: Organisation, benchmark: Benchmark) -> str:
    """The board with these runs alone. The slug stays when the organisation is renamed; so does the link."""
    shown = {"q": f"shared={known.slug}", "cols": ",".join(sorted(USUAL_COLUMNS | {SHARED}))}
    return address(reverse("board", args=[benchmark.slug]), shown)


def _page(
    request: HttpRequest,
    known: Organisation,
    *,
    inviting: InviteForm | None = None,
    renaming: RenameForm | None = None,
) -> HttpResponse:
    """The page; with a form that was refused, 400."""
    runs = queries.runs_of(known)
    context = {
        "organisation": known,
        "members": queries.memberships_of(known),
        "runs": account_rows(runs),
        "boards": [(benchmark.name, _board_of(known, benchmark)) for benchmark in queries.boards_with(runs)],
        "ks": HEADLINE_KS,
        "manages": queries.may_manage(request.user, known),
        "form": inviting or InviteForm(),
        "renaming": renaming or RenameForm(initial={"name": known.name}),
        "roles": Membership.Role.choices,
    }
    status = 400 if inviting or renaming else 200
    return render(request, "leaderboard/organisation.html", context, status=status)
