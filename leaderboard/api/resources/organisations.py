"""/organisations: yours, their members, and invitations."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.responses import Status

from leaderboard.api.form_values import cleaned
from leaderboard.api.operations import ACCOUNT, JSON, reads, writes
from leaderboard.api.organisations_out import own_out
from leaderboard.api.problems import FORBIDDEN, NOT_FOUND, ApiProblem
from leaderboard.api.schemas.common import Slug
from leaderboard.api.schemas.organisations import (
    InviteIn,
    MemberOut,
    OrganisationDetail,
    OrganisationIn,
    OrganisationList,
    RoleIn,
)
from leaderboard.api.state import state_of
from leaderboard.forms.organisations import InviteForm, OrganisationForm, RenameForm
from leaderboard.models import Membership, Organisation
from leaderboard.queries import organisations as queries
from leaderboard.services import organisations as service

router = Router(tags=["Organisations"])


@router.get("/organisations", response=OrganisationList, summary="Yours", **reads(signed_in=True))
def list_organisations(request: HttpRequest) -> Any:
    """Those that you belong to, and those that have invited you."""
    rows = queries.own_organisations(request.user)
    return OrganisationList(items=[own_out(row) for row in rows])


@router.post(
    "/organisations",
    response={201: OrganisationDetail},
    summary="Make one",
    **writes(scope=ACCOUNT, takes=(JSON,)),
)
def make_organisation(request: HttpRequest, body: OrganisationIn) -> Any:
    """You are its owner."""
    form = cleaned(OrganisationForm(body.model_dump()))
    made = service.make(request.user, form.cleaned_data["name"])  # type: ignore[arg-type]
    state_of(request).location = f"/api/v1/organisations/{made.slug}"
    return Status(201, _detail(request, made))


@router.get(
    "/organisations/{slug}",
    response=OrganisationDetail,
    summary="One, for its members",
    **reads(signed_in=True),
)
def get_organisation(request: HttpRequest, slug: Slug) -> Any:
    return _detail(request, _found(request, slug))


@router.patch(
    "/organisations/{slug}",
    response=OrganisationDetail,
    summary="Rename it",
    **writes(scope=ACCOUNT, takes=(JSON,)),
)
def rename_organisation(request: HttpRequest, slug: Slug, body: OrganisationIn) -> Any:
    """Its slug, and so its address, stays."""
    form = cleaned(RenameForm(body.model_dump()))
    row = _managed(request, slug)
    service.rename(row, request.user, form.cleaned_data["name"])  # type: ignore[arg-type]
    return _detail(request, row)


@router.delete("/organisations/{slug}", response={204: None}, summary="Delete it", **writes(scope=ACCOUNT))
def delete_organisation(request: HttpRequest, slug: Slug) -> Any:
    """Its runs go back to their owners."""
    service.delete(_managed(request, slug), request.user)  # type: ignore[arg-type]
    return HttpResponse(status=204)


@router.post(
    "/organisations/{slug}/members",
    response={201: MemberOut},
    summary="Invite somebody",
    **writes(scope=ACCOUNT, takes=(JSON,)),
)
def invite_member(request: HttpRequest, slug: Slug, body: InviteIn) -> Any:
    """They become a member when they accept."""
    form = cleaned(InviteForm({"user_name": body.username, "role": body.role}))
    said = form.cleaned_data
    organisation = _managed(request, slug)
    made = service.invite(organisation, request.user, said["user_name"], said["role"])  # type: ignore[arg-type]
    return Status(201, _member(made))


@router.put(
    "/organisations/{slug}/members/{int:member}",
    response=MemberOut,
    summary="Change a role",
    **writes(scope=ACCOUNT, takes=(JSON,)),
)
def set_member_role(request: HttpRequest, slug: Slug, member: int, body: RoleIn) -> Any:
    row = _membership(request, _managed(request, slug), member)
    service.set_role(row, request.user, body.role)  # type: ignore[arg-type]
    row.refresh_from_db()
    return _member(row)


@router.delete(
    "/organisations/{slug}/members/{int:member}",
    response={204: None},
    summary="Take a member out, or leave",
    **writes(scope=ACCOUNT),
)
def remove_member(request: HttpRequest, slug: Slug, member: int) -> Any:
    row = _membership(request, _found(request, slug), member)
    service.remove(row, request.user)  # type: ignore[arg-type]
    return HttpResponse(status=204)


@router.post(
    "/invitations/{int:invitation}/accept", response=MemberOut, summary="Join", **writes(scope=ACCOUNT)
)
def accept_invitation(request: HttpRequest, invitation: int) -> Any:
    row = _invitation(request, invitation)
    service.accept(row)
    row.refresh_from_db()
    return _member(row)


@router.delete(
    "/invitations/{int:invitation}",
    response={204: None},
    summary="Decline an invitation",
    **writes(scope=ACCOUNT),
)
def decline_invitation(request: HttpRequest, invitation: int) -> Any:
    service.remove(_invitation(request, invitation), request.user)  # type: ignore[arg-type]
    return HttpResponse(status=204)


def _found(request: HttpRequest, slug: Slug) -> Organisation:
    row = queries.organisation_seen_by(request.user, slug)
    if row is None:
        raise ApiProblem(NOT_FOUND, f"There is no organisation “{slug[:80]}” that you belong to.")
    return row


def _managed(request: HttpRequest, slug: Slug) -> Organisation:
    row = _found(request, slug)
    if not queries.may_manage(request.user, row):
        raise ApiProblem(FORBIDDEN, "Only its owners and the site's staff may do that.")
    return row


def _membership(request: HttpRequest, organisation: Organisation, pk: int) -> Membership:
    row = queries.membership_seen_by(request.user, organisation, pk)
    if row is None:
        raise ApiProblem(NOT_FOUND, f"{organisation} has no member {pk} that you may change.")
    return row


def _invitation(request: HttpRequest, pk: int) -> Membership:
    row = queries.invitation_of(request.user, pk)
    if row is None:
        raise ApiProblem(NOT_FOUND, f"You have no open invitation {pk}.")
    return row


def _detail(request: HttpRequest, row: Organisation) -> OrganisationDetail:
    return OrganisationDetail(
        slug=row.slug,
        name=row.name,
        may_manage=queries.may_manage(request.user, row),
        members=[_member(one) for one in queries.memberships_of(row)],
        runs=[run.pk for run in queries.runs_of(row)],
    )


def _member(row: Membership) -> MemberOut:
    return MemberOut(
        id=row.pk,
        username=row.user.get_username(),
        role=row.role,
        invited_at=row.invited_at,
        accepted_at=row.accepted_at,
    )
