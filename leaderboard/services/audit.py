"""Writes the audit trail. Services call `note` inside their own transaction: no change without its entry."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from leaderboard.models import AuditEntry, Benchmark, Model, Run

Action = AuditEntry.Action
_DETAIL_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whom and what a change concerns beside a run: a user, an organisation by its name, a benchmark."""

    user: AbstractBaseUser | None = None
    organisation: str = ""
    benchmark: Benchmark | None = None


def note(
    actor: AbstractBaseUser | AnonymousUser | None,
    action: str,
    *,
    run: Run | None = None,
    model: Model | None = None,
    detail: str = "",
    concerned: Concerned | None = None,
) -> AuditEntry:
    """One entry. `actor` None: the site itself, or its operator at a shell.

    A run brings its model, benchmark, owner and organisation along. `detail` must name no person: it stays
    when an account is deleted. Call it before the run is deleted, inside of the same transaction.
    """
    concerned = concerned or Concerned()
    model = model or (run.model if run else None)
    benchmark = concerned.benchmark or (run.benchmark if run else None)
    about = concerned.user or (run.owner if run else None)
    known = actor if actor is not None and actor.is_authenticated else None
    return AuditEntry.objects.create(
        actor=known,
        actor_name=known.get_username() if known else "",
        action=action,
        about=about,
        about_name=about.get_username() if about else "",
        run_number=run.pk if run else None,
        model_name=model.name if model else "",
        benchmark_name=benchmark.name if benchmark else "",
        organisation_name=concerned.organisation,
        detail=detail[:_DETAIL_CHARACTERS],
        on_board=run is not None and run.visibility == Run.Visibility.PUBLIC,
    )
