"""/runs: rows, one in full, its figures at any k, how far its scoring is, and what its owner may do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from leaderboard.api import found
from leaderboard.api.form_values import cleaned
from leaderboard.api.operations import JSON, reads, writes
from leaderboard.api.paging import around
from leaderboard.api.run_figures import figures_at
from leaderboard.api.runs_out import run_detail, run_out
from leaderboard.api.samplings_out import drawn_out
from leaderboard.api.schemas.common import RunId
from leaderboard.api.schemas.runs import (
    FiguresQuery,
    ProgressOut,
    RunChange,
    RunDetail,
    RunFigures,
    RunPage,
    RunsQuery,
)
from leaderboard.forms.sharing import SharingForm
from leaderboard.models import Run
from leaderboard.queries.progress import progress_of
from leaderboard.queries.run_list import WantedRuns, run_list
from leaderboard.queries.sampling import drawn_of_run
from leaderboard.services import runs as service
from leaderboard.services import sharing

router = Router(tags=["Runs"])


@router.get("/runs", response=RunPage, summary="Runs, the newest first", **reads())
def list_runs(request: HttpRequest, query: Query[RunsQuery]) -> Any:
    """The runs that you see listed: public ones, your own and those of your organisations.

    A board, with its filters, ranks and any k, is at /benchmarks/{slug}/leaderboard.
    """
    wanted = WantedRuns(**query.model_dump(exclude={"limit", "offset"}))
    rows = run_list(request.user, wanted)
    items = [run_out(request, row) for row in rows[query.slice]]
    return RunPage(items=items, **around(request, query, rows.count()))


@router.get("/runs/{run}", response=RunDetail, summary="One run", **reads())
def get_run(request: HttpRequest, run: RunId) -> Any:
    return run_detail(request, found.run(request, run))


@router.get("/runs/{run}/figures", response=RunFigures, summary="pass@k at any k", **reads())
def get_run_figures(request: HttpRequest, run: RunId, query: Query[FiguresQuery]) -> Any:
    """With 95 % intervals over the problems. Of k above n there is no estimate, only a guess."""
    return figures_at(found.run(request, run), query.k)


@router.get("/runs/{run}/progress", response=ProgressOut, summary="How far the scoring is", **reads())
def get_run_progress(request: HttpRequest, run: RunId) -> Any:
    row = found.run(request, run)
    seen = progress_of(row)
    return ProgressOut(
        status=row.status,
        judged=seen.judged,
        samples=seen.samples,
        problems_done=seen.problems_done,
        problems=seen.problems,
        share=seen.share,
        verdicts=dict(seen.verdicts),
        pass_at_1=seen.pass_at_1,
        samples_per_second=seen.rate,
        seconds_left=seen.seconds_left,
        drawn=drawn_out(drawn_of_run(row)) if row.sampling_id else None,
        worker_seen=seen.worker_seen,
    )


@router.post("/runs/{run}/cancel", response=RunDetail, summary="Stop its scoring", **writes())
def cancel_run(request: HttpRequest, run: RunId) -> Any:
    """What is judged so far stays; re-scoring starts over. 409 for a run that is not being scored."""
    return _done(request, run, service.cancel)


@router.post("/runs/{run}/rescore", response=RunDetail, summary="Score it again", **writes())
def rescore_run(request: HttpRequest, run: RunId) -> Any:
    """All of it, with today's judge and rules; also how a cancelled run goes on."""
    return _done(request, run, service.rescore)


@router.patch("/runs/{run}", response=RunDetail, summary="Change who sees it", **writes(takes=(JSON,)))
def change_run(request: HttpRequest, run: RunId, body: RunChange) -> Any:
    """One that becomes unlisted gets a new link: `page` is it, and old ones stay shut."""
    row = found.own_run(request, run)
    said = {"visibility": row.visibility, "organisation": row.organisation and row.organisation.slug}
    form = cleaned(SharingForm(request.user, row, said | body.model_dump(exclude_none=True)))
    actor: Any = request.user
    sharing.share(row, actor, form.cleaned_data["visibility"], form.chosen_organisation)
    return run_detail(request, row)


@router.post("/runs/{run}/link", response=RunDetail, summary="New link of an unlisted run", **writes())
def make_run_link(request: HttpRequest, run: RunId) -> Any:
    """Whoever has the old one sees it no more; `page` is the new one."""
    return _done(request, run, sharing.new_link)


@router.delete("/runs/{run}", response={204: None}, summary="Delete it", **writes())
def delete_run(request: HttpRequest, run: RunId) -> Any:
    """With its samples. There is no way back."""
    service.delete(found.own_run(request, run), request.user)
    return HttpResponse(status=204)


def _done(request: HttpRequest, word: str, do: Callable[[Run, Any], None]) -> RunDetail:
    row = found.own_run(request, word)
    do(row, request.user)
    return run_detail(request, row)
