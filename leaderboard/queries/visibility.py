"""Who sees which runs: the only place that decides it."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q, QuerySet

from leaderboard.models import Membership, Model, Run
from leaderboard.run_links import held_keys

Reader = AbstractBaseUser | AnonymousUser


def listed_runs(user: Reader) -> QuerySet[Run]:
    """Runs that boards, problem pages and model pages show: public ones, the reader's own, and those of the
    reader's organisations.

    Staff see all. An unlisted run of somebody else is left out here; its link still opens it.
    """
    if getattr(user, "is_staff", False):
        return Run.objects.all()
    return Run.objects.filter(_listed(user))


def visible_runs(user: Reader) -> QuerySet[Run]:
    """Runs that open for this reader: the listed ones, and unlisted ones whose key this request holds."""
    if getattr(user, "is_staff", False):
        return Run.objects.all()
    opened = _listed(user)
    for pk, key in held_keys().items():
        opened |= Q(pk=pk, link_key=key, visibility=Run.Visibility.UNLISTED)
    return Run.objects.filter(opened)


def may_change(user: Reader, run: Run) -> bool:
    """Cancelling, re-scoring, deleting, and who sees it: for the owner, owners of its organisation, staff."""
    if getattr(user, "is_staff", False) or (user.is_authenticated and run.owner_id == user.pk):
        return True
    if not user.is_authenticated or run.organisation_id is None:
        return False
    owners = _memberships(user).filter(role=Membership.Role.OWNER)
    return owners.filter(organisation_id=run.organisation_id).exists()


def may_change_model(user: Reader, model: Model) -> bool:
    """What is known of a model is said by who brought its first run, and by staff."""
    if getattr(user, "is_staff", False):
        return True
    return bool(user.is_authenticated and model.owner_id == user.pk)


def _listed(user: Reader) -> Q:
    public = Q(visibility=Run.Visibility.PUBLIC)
    if not user.is_authenticated:
        return public
    return public | Q(owner_id=user.pk) | Q(organisation__in=_memberships(user).values("organisation"))


def _memberships(user: Reader) -> QuerySet[Membership]:
    """Not those that the reader was invited to and has not accepted."""
    return Membership.objects.filter(user_id=user.pk, accepted_at__isnull=False)
