"""/runs/{run}/problems and /samples: what came of each problem, program and sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from leaderboard.api import found
from leaderboard.api.operations import reads
from leaderboard.api.paging import around
from leaderboard.api.problems import NOT_FOUND, ApiProblem, Wrong
from leaderboard.api.results_out import group_out, result_out, sample_out
from leaderboard.api.schemas.common import RunId
from leaderboard.api.schemas.results import (
    DifferenceLineOut,
    DifferenceOut,
    DifferenceQuery,
    ResultDetail,
    ResultPage,
    ResultQuery,
    ResultsQuery,
    SamplePage,
    SamplesQuery,
)
from leaderboard.cell_blob import StoredProgram, unpack
from leaderboard.code_difference import code_difference
from leaderboard.formatting import counted
from leaderboard.forms.filters import REFERENCE
from leaderboard.models import Cell
from leaderboard.queries.failures import groups_of, matching, neighbours, rules_of
from leaderboard.queries.run_samples import samples_of_run
from leaderboard.queries.runs import problem_rows
from leaderboard.queries.surprise import with_expectations
from leaderboard.tables import parse_order
from leaderboard.views.run_table import COLUMNS, DEFAULT_ORDER, FLAGGED, UNSOLVED, ProblemChoice, chosen

router = Router(tags=["Results"])


@router.get("/runs/{run}/problems", response=ResultPage, summary="Its problems", **reads())
def list_results(request: HttpRequest, run: RunId, query: Query[ResultsQuery]) -> Any:
    """c of n, verdicts, flags and surprise of each problem, in the benchmark's order unless another is asked
    for."""
    row = found.run(request, run)
    only = [name for name, on in ((UNSOLVED, query.unsolved), (FLAGGED, query.flagged)) if on]
    order = parse_order(query.sort, COLUMNS, DEFAULT_ORDER)
    choice = ProblemChoice(query.q, query.verdict or "", tuple(only), order)
    rows = chosen(with_expectations(row, problem_rows(row), request.user), choice)
    items = [result_out(one) for one in rows[query.slice]]
    return ResultPage(items=items, **around(request, query, len(rows)))


@router.get(
    "/runs/{run}/problems/{path:task_id}", response=ResultDetail, summary="One problem of it", **reads()
)
def get_result(request: HttpRequest, run: RunId, task_id: str, query: Query[ResultQuery]) -> Any:
    """Its distinct programs, those that behave alike in one group, with code, reason and findings."""
    row = found.run(request, run)
    cell = found.cell(row, task_id)
    scored = cell.status == Cell.Status.DONE
    asked_for = unpack(cell.blob).asked_for if scored else ()
    groups, verdict = groups_of(cell), query.verdict or ""
    steps = neighbours(row, task_id, verdict, query.rule)
    return ResultDetail(
        task_id=task_id,
        scored=scored,
        n=cell.n,
        c=cell.c if scored else 0,
        verdicts=cell.verdict_counts if scored else {},
        groups=[group_out(one, asked_for) for one in matching(groups, verdict, query.rule, query.q)],
        rules=rules_of(groups),
        previous=steps.previous,
        next=steps.next,
        previous_match=steps.previous_match,
        next_match=steps.next_match,
    )


@router.get(
    "/runs/{run}/differences/{path:task_id}",
    response=DifferenceOut,
    summary="A program beside another",
    **reads(),
)
def get_difference(request: HttpRequest, run: RunId, task_id: str, query: Query[DifferenceQuery]) -> Any:
    """Line by line and word by word: against the reference solution, or another program of the problem."""
    cell = found.cell(found.run(request, run), task_id)
    programs = unpack(cell.blob).programs
    left = _program(programs, query.program, "program")
    if query.against == REFERENCE:
        right = cell.problem.prompt + cell.problem.canonical_solution
    else:
        right = _program(programs, int(query.against), "against")
    lines = [DifferenceLineOut(**asdict(line)) for line in code_difference(left, right)]
    return DifferenceOut(task_id=task_id, program=query.program, against=query.against, lines=lines)


def _program(programs: Sequence[StoredProgram], number: int, field: str) -> str:
    if number >= len(programs):
        said = f"This problem of the run has {counted(len(programs), 'program')}, numbered from 0."
        raise ApiProblem(NOT_FOUND, said, [Wrong(field, "query", said)])
    return programs[number].source


@router.get("/runs/{run}/samples", response=SamplePage, summary="Its samples", **reads())
def list_samples(request: HttpRequest, run: RunId, query: Query[SamplesQuery]) -> Any:
    """Sample by sample with verdict, reason, code and rankers: in the benchmark's order, then the file's."""
    row = found.run(request, run)
    if query.problem:
        found.cell(row, query.problem)
    seen = samples_of_run(row, query.slice, task_id=query.problem, verdict=query.verdict or "")
    items = [sample_out(one, code=query.code) for one in seen.rows]
    return SamplePage(items=items, **around(request, query, seen.count))
