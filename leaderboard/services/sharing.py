"""Who sees a run: changed by its owner, at any time."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from leaderboard.errors import RunRefused
from leaderboard.models import Membership, Organisation, Run
from leaderboard.models.run import new_link_key
from leaderboard.services.audit import Action, note
from leaderboard.services.models import shown_first_with

INTO_ORGANISATION = "into an organisation"  # its name may not outlive it
_UNLISTED = Run.Visibility.UNLISTED


def share(run: Run, actor: User, visibility: str, organisation: Organisation | None) -> None:
    """Changes who sees a run. One that becomes unlisted gets a new link: old ones stay shut.

    Raises RunRefused for published figures, for an organisation that the actor is no member of, and for a
    run without an owner that would belong to nobody.
    """
    if run.source == Run.Source.PUBLISHED:
        raise RunRefused("Published figures come with the site: everybody sees them.")
    changes: dict[str, object] = {}
    if visibility != run.visibility:
        changes["visibility"] = visibility
        if visibility == _UNLISTED:
            changes["link_key"] = new_link_key()
    if organisation != run.organisation:
        _check(actor, run, organisation)
        changes["organisation"] = organisation
    if changes:
        _change(run, actor, changes, _said(run, changes))


def new_link(run: Run, actor: User) -> None:
    """Another link to an unlisted run; the one so far opens nothing any more."""
    if run.visibility != _UNLISTED:
        raise RunRefused("Only unlisted runs have a link of their own.")
    _change(run, actor, {"link_key": new_link_key()}, "new link")


def check_member(actor: User | None, organisation: Organisation) -> None:
    """Runs are put into organisations by their members, and by staff. Raises RunRefused for anybody else."""
    member = Membership.objects.filter(organisation=organisation, user=actor, accepted_at__isnull=False)
    if actor is None or not (actor.is_staff or member.exists()):
        raise RunRefused(f"You are no member of {organisation}.")


def _check(actor: User, run: Run, organisation: Organisation | None) -> None:
    if organisation is not None:
        check_member(actor, organisation)
    elif run.owner_id is None:
        raise RunRefused("This run has no owner but its organisation: put it into another one, or delete it.")


def _change(run: Run, actor: User, changes: dict[str, object], said: str) -> None:
    with transaction.atomic():
        was_public = run.visibility == Run.Visibility.PUBLIC
        if changes.get("visibility") == Run.Visibility.PUBLIC:
            shown_first_with(run)
        Run.objects.filter(pk=run.pk).update(**changes)
        run.refresh_from_db()
        entry = note(actor, Action.RUN_CHANGED, run=run, detail=said)
        if was_public and not entry.on_board:  # it was on the board until now
            entry.on_board = True
            entry.save(update_fields=["on_board"])


def _said(run: Run, changes: dict[str, object]) -> str:
    parts = []
    if "visibility" in changes:
        parts.append(f"{run.visibility} → {changes['visibility']}")
    if "organisation" in changes:
        parts.append(INTO_ORGANISATION if changes["organisation"] else "out of its organisation")
    return ", ".join(parts)
