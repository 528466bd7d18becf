"""Organisations and their members. There is always an owner: the last one can't leave or step down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from leaderboard.errors import Refused
from leaderboard.models import Membership, Organisation, Run
from leaderboard.services import runs
from leaderboard.services.audit import Action, Concerned, note

MOST_OWNED = 20
MOST_MEMBERS = 200
_OWNER = Membership.Role.OWNER


def make(actor: User, name: str) -> Organisation:
    """A new organisation, of which the actor is the owner.

    Raises Refused for a name without letters, one that is taken, and too many organisations.
    """
    slug = _checked_name(name)
    if actor.memberships.filter(role=_OWNER).count() >= MOST_OWNED:
        raise Refused(f"You own {MOST_OWNED} organisations. Delete one first.")
    try:
        with transaction.atomic():
            made = Organisation.objects.create(slug=slug, name=name)
            Membership.objects.create(organisation=made, user=actor, role=_OWNER, accepted_at=timezone.now())
            note(actor, Action.ORGANISATION_MADE, concerned=Concerned(organisation=name))
    except IntegrityError as error:
        raise Refused(f"There is an organisation at “{slug}” already. Choose another name.") from error
    return made


def rename(organisation: Organisation, actor: User, name: str) -> None:
    """Changes the name, not the address: links and programs go on. Raises Refused as `make` does."""
    if name == organisation.name:
        return
    with _locked(organisation):
        _checked_name(name, organisation)
        Organisation.objects.filter(pk=organisation.pk).update(name=name)
        said = f"renamed, was “{organisation.name}”"
        note(actor, Action.ORGANISATION_CHANGED, concerned=Concerned(organisation=name), detail=said)
    organisation.name = name


def invite(organisation: Organisation, actor: User, user_name: str, role: str) -> Membership:
    """Asks somebody to join; it takes their consent to make them a member.

    Raises Refused for a name that nobody has, who is a member or invited already, and too many members.
    """
    user = User.objects.filter(username__iexact=user_name.strip(), is_active=True).first()
    if user is None:
        raise Refused(f"Nobody here is called “{user_name}”. They need an account first.")
    with _locked(organisation):
        if organisation.memberships.count() >= MOST_MEMBERS:
            raise Refused(f"An organisation has {MOST_MEMBERS} members at most.")
        membership, new = Membership.objects.get_or_create(
            organisation=organisation, user=user, defaults={"role": role}
        )
        if not new:
            state = "a member" if membership.accepted_at else "invited"
            raise Refused(f"{user.username} is {state} already.")
        _noted(actor, membership, f"invited as {role}")
    return membership


def accept(membership: Membership) -> None:
    """The invited user joins."""
    with transaction.atomic():
        open_ones = Membership.objects.filter(pk=membership.pk, accepted_at=None)
        if open_ones.update(accepted_at=timezone.now()):
            _noted(membership.user, membership, "joined")


def set_role(membership: Membership, actor: User, role: str) -> None:
    """Makes an owner of a member, or the other way round. Raises Refused for the last owner."""
    with _locked(membership.organisation):
        if role != _OWNER:
            _keep_an_owner(membership)
        Membership.objects.filter(pk=membership.pk).update(role=role)
        _noted(actor, membership, f"is {role} now")


def remove(membership: Membership, actor: User) -> None:
    """Takes somebody out: who leaves, declines an invitation, or is removed by an owner.

    Runs that they put there stay there and stay theirs. Raises Refused for the last owner.
    """
    with _locked(membership.organisation):
        _keep_an_owner(membership)
        _noted(actor, membership, "left" if actor == membership.user else "was removed")
        membership.delete()


def delete(organisation: Organisation, actor: User) -> None:
    """Deletes an organisation. Its runs go back to their owners; those that have none are deleted."""
    with _locked(organisation):
        for run in Run.objects.filter(organisation=organisation, owner=None):
            runs.delete(run, actor)
        note(actor, Action.ORGANISATION_DELETED, concerned=Concerned(organisation=organisation.name))
        organisation.delete()


def _checked_name(name: str, of: Organisation | None = None) -> str:
    """The address that belongs to the name. Raises Refused where another organisation has either."""
    slug = slugify(name)
    if not slug:
        raise Refused("The name needs letters or digits of the Latin alphabet: the address is made of them.")
    others = Organisation.objects.exclude(pk=of.pk if of else None)
    if others.filter(Q(slug=slug) | Q(name__iexact=name)).exists():
        raise Refused(
            f"There is an organisation at “{slug}” already, or one of this name. Choose another name."
        )
    return slug


def _keep_an_owner(membership: Membership) -> None:
    if membership.role != _OWNER or membership.accepted_at is None:
        return
    owners = Membership.objects.filter(
        organisation=membership.organisation_id, role=_OWNER, accepted_at__isnull=False
    )
    if not owners.exclude(pk=membership.pk).exists():
        raise Refused(
            f"{membership.user} is the last owner of {membership.organisation}. Make another member an owner "
            "first, or delete the organisation."
        )


def _noted(actor: User, membership: Membership, detail: str) -> None:
    concerned = Concerned(user=membership.user, organisation=membership.organisation.name)
    note(actor, Action.ORGANISATION_CHANGED, concerned=concerned, detail=detail)


@contextmanager
def _locked(organisation: Organisation) -> Iterator[None]:
    """A transaction in which nobody else changes the members of this organisation."""
    with transaction.atomic():
        if not Organisation.objects.select_for_update().filter(pk=organisation.pk).exists():
            raise Refused("This organisation was deleted meanwhile.")
        yield
