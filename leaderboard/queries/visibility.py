"""Who sees which runs: the only place that decides it."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q, QuerySet

from leaderboard.models import Run

Reader = AbstractBaseUser | AnonymousUser


def listed_runs(user: Reader) -> QuerySet[Run]:
    """Runs that boards, problem pages and model pages show: public ones, and the reader's own.

    Staff see all. An unlisted run of somebody else is left out here; its link still opens it.
    """
    if getattr(user, "is_staff", False):
        return Run.objects.all()
    return Run.objects.filter(Q(visibility=Run.Visibility.PUBLIC) | _own(user))


def visible_runs(user: Reader) -> QuerySet[Run]:
    """Runs that a link opens for this reader: all but other people's private ones."""
    if getattr(user, "is_staff", False):
        return Run.objects.all()
    return Run.objects.filter(~Q(visibility=Run.Visibility.PRIVATE) | _own(user))


def may_change(user: Reader, run: Run) -> bool:
    """Cancelling, re-scoring and deleting are for the owner and for staff."""
    return getattr(user, "is_staff", False) or (user.is_authenticated and run.owner_id == user.pk)


def _own(user: Reader) -> Q:
    return Q(owner_id=user.pk) if user.is_authenticated else Q(pk__in=())
