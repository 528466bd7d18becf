"""The audit trail: of one run, and of the whole site."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from leaderboard.models import AuditEntry, Run

PAGE = 100
_OF_A_RUN = 50


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Entries, the newest first; `older`: the number to go on before, None where these are the last."""

    entries: list[AuditEntry]
    older: int | None


def history_of(run: Run) -> list[AuditEntry]:
    """The newest changes of one run."""
    return list(AuditEntry.objects.filter(run_number=run.pk)[:_OF_A_RUN])


def audit_page(action: str = "", text: str = "", before: int | None = None, most: int = PAGE) -> AuditPage:
    """`most` entries of the trail. `text`: part of a name, or the number of a run. One query."""
    entries = AuditEntry.objects.order_by("-pk")
    if action:
        entries = entries.filter(action=action)
    if text:
        entries = entries.filter(_about(text))
    if before is not None:
        entries = entries.filter(pk__lt=before)
    found = list(entries[: most + 1])
    return AuditPage(found[:most], found[most - 1].pk if len(found) > most else None)


def _about(text: str) -> Q:
    number = text.removeprefix("#")
    if number.isdecimal() and len(number) < 18:
        return Q(run_number=int(number))
    names = ("actor_name", "about_name", "model_name", "benchmark_name", "organisation_name")
    found = Q()
    for name in names:
        found |= Q(**{f"{name}__icontains": text})
    return found
