"""Who belongs where, and what an organisation has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from leaderboard.models import Benchmark, Membership, Organisation, Run
from leaderboard.queries.visibility import Reader


@dataclass(frozen=True, slots=True)
class OwnOrganisation:
    """An organisation that the reader belongs to, or is invited to (`membership.accepted_at` is None)."""

    membership: Membership
    members: int
    runs: int


def own_organisations(reader: Reader) -> list[OwnOrganisation]:
    """Memberships and invitations of the reader. One query."""
    rows = (
        Membership.objects.filter(user_id=reader.pk)
        .select_related("organisation")
        .annotate(members=_distinct("memberships", accepted=True), runs=_distinct("runs"))
        .order_by("organisation__name")
    )
    return [OwnOrganisation(row, row.members, row.runs) for row in rows]


def _distinct(of: str, *, accepted: bool = False) -> Count:
    kept = Q(**{f"organisation__{of}__accepted_at__isnull": False}) if accepted else None
    return Count(f"organisation__{of}", filter=kept, distinct=True)


def joined_organisations(reader: Reader) -> list[Organisation]:
    """Those that the reader is a member of: where runs can be put."""
    return list(
        Organisation.objects.filter(memberships__user_id=reader.pk, memberships__accepted_at__isnull=False)
    )


def organisation_seen_by(reader: Reader, slug: str) -> Organisation | None:
    """The organisation, for its members and staff."""
    known = Organisation.objects.filter(slug=slug)
    if not getattr(reader, "is_staff", False):
        known = known.filter(memberships__user_id=reader.pk, memberships__accepted_at__isnull=False)
    return known.first()


def memberships_of(organisation: Organisation) -> list[Membership]:
    """Members and invited ones, owners first."""
    rows = Membership.objects.filter(organisation=organisation).select_related("user", "organisation")
    return sorted(rows, key=lambda row: (row.role != Membership.Role.OWNER, row.user.username))


def runs_of(organisation: Organisation) -> list[Run]:
    """All its runs, the newest first: for readers who may see the organisation."""
    runs = Run.objects.filter(organisation=organisation)
    return list(runs.select_related("benchmark", "model", "organisation"))


def boards_with(runs: Iterable[Run]) -> list[Benchmark]:
    """The benchmarks whose boards show some of these runs, by name: those on which one is scored."""
    scored = {run.benchmark_id: run.benchmark for run in runs if run.status == Run.Status.DONE}
    return sorted(scored.values(), key=lambda benchmark: (benchmark.name.casefold(), benchmark.pk))


def may_manage(reader: Reader, organisation: Organisation) -> bool:
    """Members and roles are for the owners and for staff."""
    if getattr(reader, "is_staff", False):
        return True
    owners = organisation.memberships.filter(role=Membership.Role.OWNER, accepted_at__isnull=False)
    return bool(owners.filter(user_id=reader.pk).exists())


def membership_seen_by(reader: Reader, organisation: Organisation, pk: int) -> Membership | None:
    """The membership: one's own, or any for who may manage the organisation."""
    row = organisation.memberships.filter(pk=pk).select_related("user", "organisation").first()
    if row is None or (row.user_id != reader.pk and not may_manage(reader, organisation)):
        return None
    return row


def invitation_of(reader: Reader, pk: int) -> Membership | None:
    """An open invitation of the reader's own."""
    open_ones = Membership.objects.filter(user_id=reader.pk, accepted_at=None)
    return open_ones.select_related("user", "organisation").filter(pk=pk).first()
