"""Deletes an account with everything that is its own. What was public and stays names nobody any more."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Q

from leaderboard.errors import Refused
from leaderboard.models import AuditEntry, Draw, FindingMark, Membership, Organisation, Run, Sampling, Upload
from leaderboard.services import organisations, runs, sampling_cells
from leaderboard.services.accounts import end_sessions
from leaderboard.services.audit import Action, note

NOBODY = "a deleted account"  # no name that an account can have
_UNDRAWN = (Draw.Status.QUEUED, Draw.Status.RUNNING)
_OVER = (Sampling.Status.DONE, Sampling.Status.CANCELLED)


def delete_account(user: User, heir: Organisation | None = None) -> None:
    """Deletes the account, its uploads, tokens, keys, samplings and sessions, and its runs.

    `heir`: an organisation of the user's that gets the runs instead. Raises Refused where the user is the
    last owner of an organisation that has other members, where the heir would have no owner, and where
    runs that are to be handed over are still being sampled.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        _leave_organisations(user, heir)
        if heir is None:
            numbers = _delete_runs(user)
        else:
            _hand_over(user, heir)
            numbers = []
        for path in Upload.objects.filter(owner=user).values_list("path", flat=True):
            transaction.on_commit(partial(Path(path).unlink, missing_ok=True))
        FindingMark.objects.filter(author=user).update(author=None, comment="")
        end_sessions(user)
        _forget_in_logs(user, numbers)
        user.delete()
        note(None, Action.ACCOUNT_DELETED)
        transaction.on_commit(_overwrite_journal)


def _leave_organisations(user: User, heir: Organisation | None) -> None:
    for membership in user.memberships.select_related("organisation", "user"):
        organisation = membership.organisation
        others = organisation.memberships.exclude(pk=membership.pk).filter(accepted_at__isnull=False)
        owners = others.filter(role=Membership.Role.OWNER)
        if organisation == heir and not (membership.accepted_at and owners.exists()):
            raise Refused(f"{organisation} can't take your runs: it would have no owner but you.")
        if membership.role == Membership.Role.OWNER and not owners.exists():
            if others.exists():
                raise Refused(
                    f"You are the last owner of {organisation}, which has other members. Make one of them an "
                    "owner first, or delete the organisation."
                )
            organisations.delete(organisation, user)
            AuditEntry.objects.filter(organisation_name=organisation.name).delete()
    if heir is not None and not user.memberships.filter(organisation=heir).exists():
        raise Refused(f"You are no member of {heir}.")


def _delete_runs(user: User) -> list[int]:
    numbers = []
    for run in Run.objects.filter(owner=user).exclude(source=Run.Source.PUBLISHED):
        numbers.append(run.pk)
        runs.delete(run, user)
    return numbers


def _hand_over(user: User, heir: Organisation) -> None:
    if user.samplings.exclude(status__in=_OVER).exists():
        raise Refused("Samples are still drawn for a run of yours. Cancel that, or wait for its end.")
    # Samplings go with the account, and with them what nobody has made cells of yet.
    for run in Run.objects.filter(owner=user, draws__status__in=_UNDRAWN).distinct():
        if run.draws.filter(drawn__gt=0).exists():
            sampling_cells.settle(run)
        else:
            runs.delete(run, user)
    for run in Run.objects.filter(owner=user):
        Run.objects.filter(pk=run.pk).update(owner=None, organisation=heir)


def _forget_in_logs(user: User, deleted: Iterable[int]) -> None:
    """Takes the name out of the audit trail and of the administration's log, and deleted runs' names."""
    concerns = AuditEntry.objects.filter(Q(actor=user) | Q(about=user))
    concerns.filter(on_board=False).delete()
    concerns.filter(run_number__in=deleted).update(model_name="")
    AuditEntry.objects.filter(actor=user).update(actor_name=NOBODY, detail="")
    AuditEntry.objects.filter(about=user).update(about_name=NOBODY, detail="")
    # The administration's log keeps the names of what was changed there as text.
    own = LogEntry.objects.filter(content_type__model="user", object_id=str(user.pk))
    runs_of = LogEntry.objects.filter(content_type__model="run", object_id__in=[str(pk) for pk in deleted])
    (own | runs_of).delete()


def _overwrite_journal() -> None:
    """SQLite overwrites what is deleted, but its journal keeps old pages until they are written back."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
