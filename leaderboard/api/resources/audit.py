"""/audit and a run's history: who changed what, for staff, and for who may change the run."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from leaderboard.api import found
from leaderboard.api.operations import reads
from leaderboard.api.problems import FORBIDDEN, ApiProblem
from leaderboard.api.schemas.audit import AuditOut, AuditQuery, EntryOut, HistoryOut
from leaderboard.api.schemas.common import RunId
from leaderboard.api.state import state_of
from leaderboard.models import AuditEntry, Run
from leaderboard.queries import audit as queries

router = Router(tags=["Audit trail"])


@router.get(
    "/audit",
    response=AuditOut,
    summary="What was changed here, for staff",
    **reads(FORBIDDEN, signed_in=True),
)
def list_audit_entries(request: HttpRequest, query: Query[AuditQuery]) -> Any:
    """The newest first; `next` leads to older ones."""
    if not request.user.is_staff:  # type: ignore[union-attr]
        raise ApiProblem(FORBIDDEN, "The audit trail is for the site's staff.")
    page = queries.audit_page(query.action or "", query.q.strip(), query.before, query.limit)
    older = _older(request, page.older)
    return AuditOut(items=[_entry(row) for row in page.entries], next=older)


@router.get(
    "/runs/{run}/history",
    response=HistoryOut,
    summary="What was done to a run",
    **reads(FORBIDDEN, signed_in=True),
)
def get_run_history(request: HttpRequest, run: RunId) -> Any:
    """For who may change it. Empty for a run that is older than the audit trail."""
    row = found.own_run(request, run)
    if row.source == Run.Source.PUBLISHED:
        raise ApiProblem(FORBIDDEN, "Published results have no history here.")
    return HistoryOut(items=[_entry(one) for one in queries.history_of(row)])


def _older(request: HttpRequest, before: int | None) -> str | None:
    if before is None:
        return None
    asked = request.GET.copy()
    asked["before"] = str(before)
    address = request.build_absolute_uri(f"{request.path}?{asked.urlencode()}")
    state_of(request).links["next"] = address
    return address


def _entry(row: AuditEntry) -> EntryOut:
    return EntryOut(
        id=row.pk,
        at=row.at,
        actor=row.actor_name or None,
        action=row.action,
        said=row.get_action_display(),
        about=row.about_name or None,
        run=row.run_number,
        model=row.model_name or None,
        benchmark=row.benchmark_name or None,
        organisation=row.organisation_name or None,
        detail=row.detail,
        on_board=row.on_board,
    )
