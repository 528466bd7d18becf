"""Organisations as the API writes them."""

from __future__ import annotations

from leaderboard.api.schemas.organisations import OrganisationOut
from leaderboard.queries.organisations import OwnOrganisation


def own_out(row: OwnOrganisation) -> OrganisationOut:
    """One of the reader's own, or one that has invited the reader."""
    membership = row.membership
    return OrganisationOut(
        slug=membership.organisation.slug,
        name=membership.organisation.name,
        role=membership.role,
        members=row.members,
        runs=row.runs,
        invitation=None if membership.accepted_at else membership.pk,
    )
