"""/runs/{run}/problems and /samples: what came of each problem, program and sample."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from leaderboard.api import found
from leaderboard.api.operations import reads
from leaderboard.api.paging import around
from leaderboard.api.results_out import group_out, result_out, sample_out
from leaderboard.api.schemas.common import RunId
from leaderboard.api.schemas.results import (
    ResultDetail,
    ResultPage,
    ResultsQuery,
    SamplePage,
    SamplesQuery,
)
from leaderboard.cell_blob import unpack
from leaderboard.models import Cell
from leaderboard.queries.failures import groups_of, neighbours
from leaderboard.queries.run_samples import samples_of_run
from leaderboard.queries.runs import problem_rows
from leaderboard.queries.surprise import with_expectations
from leaderboard.views.run_table import FLAGGED, UNSOLVED, ProblemChoice, chosen

router = Router(tags=["Results"])


@router.get("/runs/{run}/problems", response=ResultPage, summary="Its problems", **reads())
def list_results(request: HttpRequest, run: RunId, query: Query[ResultsQuery]) -> Any:
    """c of n, verdicts and flags of each problem, in the benchmark's order."""
    row = found.run(request, run)
    only = [name for name, on in ((UNSOLVED, query.unsolved), (FLAGGED, query.flagged)) if on]
    choice = ProblemChoice(query.q, query.verdict or "", tuple(only))
    rows = chosen(with_expectations(row, problem_rows(row), request.user), choice)
    items = [result_out(one) for one in rows[query.slice]]
    return ResultPage(items=items, **around(request, query, len(rows)))


@router.get(
    "/runs/{run}/problems/{path:task_id}", response=ResultDetail, summary="One problem of it", **reads()
)
def get_result(request: HttpRequest, run: RunId, task_id: str) -> Any:
    """Its distinct programs, those that behave alike in one group, with code, reason and findings."""
    row = found.run(request, run)
    cell = found.cell(row, task_id)
    scored = cell.status == Cell.Status.DONE
    asked_for = unpack(cell.blob).asked_for if scored else ()
    steps = neighbours(row, task_id)
    return ResultDetail(
        task_id=task_id,
        scored=scored,
        n=cell.n,
        c=cell.c if scored else 0,
        verdicts=cell.verdict_counts if scored else {},
        groups=[group_out(group, asked_for) for group in groups_of(cell)],
        previous=steps.previous,
        next=steps.next,
    )


@router.get("/runs/{run}/samples", response=SamplePage, summary="Its samples", **reads())
def list_samples(request: HttpRequest, run: RunId, query: Query[SamplesQuery]) -> Any:
    """Sample by sample with verdict, reason, code and rankers: in the benchmark's order, then the file's."""
    row = found.run(request, run)
    if query.problem:
        found.cell(row, query.problem)
    seen = samples_of_run(row, query.slice, task_id=query.problem, verdict=query.verdict or "")
    items = [sample_out(one, code=query.code) for one in seen.rows]
    return SamplePage(items=items, **around(request, query, seen.count))
