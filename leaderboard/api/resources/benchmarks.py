"""/benchmarks: what can be run, and its problems over all runs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from leaderboard.api import found
from leaderboard.api.conditional import same_board
from leaderboard.api.operations import reads
from leaderboard.api.paging import Portion, around
from leaderboard.api.problems import INVALID, ApiProblem, Wrong
from leaderboard.api.problems_out import failure_out, results_out, suspicions_out
from leaderboard.api.schemas.benchmarks import (
    BenchmarkOut,
    BenchmarkPage,
    FailurePage,
    FailuresQuery,
    ProblemDetail,
    ProblemPage,
    ProblemsQuery,
    benchmark_out,
    problem_values,
)
from leaderboard.api.schemas.common import Slug
from leaderboard.models import Benchmark, Problem
from leaderboard.queries.behaviours import examples, runs_on, shared_failures
from leaderboard.queries.benchmarks import shown_benchmarks
from leaderboard.queries.counts import count_table
from leaderboard.queries.failures import groups_of
from leaderboard.queries.items import contrast
from leaderboard.queries.problems import (
    ProblemSummary,
    counted_runs,
    neighbours,
    problem_summaries,
    problems_of,
)
from leaderboard.tables import Order, parse_order
from leaderboard.views import problem_rows
from leaderboard.views.problem_choice import COLUMNS, ProblemsChoice

router = Router(tags=["Benchmarks"])
_HARDEST_FIRST = Order("rate", descending=False)


@router.get("/benchmarks", response=BenchmarkPage, summary="Benchmarks of this site", **reads())
def list_benchmarks(request: HttpRequest, portion: Query[Portion]) -> Any:
    """In the order in which they were loaded first."""
    rows = list(shown_benchmarks())
    items = [benchmark_out(row) for row in rows[portion.slice]]
    return BenchmarkPage(items=items, **around(request, portion, len(rows)))


@router.get("/benchmarks/{slug}", response=BenchmarkOut, summary="One benchmark", **reads())
def get_benchmark(request: HttpRequest, slug: Slug) -> Any:
    return benchmark_out(found.benchmark(slug))


@router.get("/benchmarks/{slug}/problems", response=ProblemPage, summary="Its problems", **reads())
def list_problems(request: HttpRequest, slug: Slug, query: Query[ProblemsQuery]) -> Any:
    """How hard and how telling each problem is, over the measured runs that you see: the hardest first."""
    benchmark = found.benchmark(slug)
    if unchanged := same_board(request, benchmark):
        return unchanged
    choice = ProblemsChoice(
        query.q,
        query.solved,
        query.suspects,
        query.synthetic,
        parse_order(query.sort, COLUMNS, _HARDEST_FIRST),
    )
    rows = problem_rows.chosen(_summaries(request, benchmark, synthetic=query.synthetic), choice)
    items = [problem_values(row) for row in rows[query.slice]]
    return ProblemPage(items=items, **around(request, query, len(rows)))


@router.get(
    "/benchmarks/{slug}/problems/{path:task_id}",
    response=ProblemDetail,
    summary="One problem over all runs",
    **reads(),
)
def get_problem(request: HttpRequest, slug: Slug, task_id: str) -> Any:
    """Its text, its tests, every measured run on it, and the failures that several models share."""
    benchmark = found.benchmark(slug)
    problem = found.problem(benchmark, task_id)
    if unchanged := same_board(request, benchmark):
        return unchanged
    table = count_table(counted_runs(benchmark, request.user), benchmark.problem_count)
    [summary] = problem_summaries([problem], table)
    return ProblemDetail(
        **problem_values(summary),  # type: ignore[arg-type]
        **_texts(problem),
        **results_out(problem, runs_on(problem, request.user)),
        **suspicions_out(summary.item, contrast(problem.position, table)),
    )


@router.get(
    "/benchmarks/{slug}/failures/{path:task_id}",
    response=FailurePage,
    summary="How a problem's samples fail",
    **reads(),
)
def list_failures(request: HttpRequest, slug: Slug, task_id: str, query: Query[FailuresQuery]) -> Any:
    """Every way to fail in the measured runs that you see: that of most models first."""
    problem = found.problem(found.benchmark(slug), task_id)
    rows = runs_on(problem, request.user)
    wanted = _wanted_failures(request, problem, query)
    failures = [one for one in shared_failures(rows).values() if wanted is None or one.key in wanted]
    shown = failures[query.slice]
    looks = examples(problem, rows, [one.key for one in shown]) if shown else {}
    items = [failure_out(one, looks) for one in shown]
    return FailurePage(items=items, **around(request, query, len(failures)))


def _wanted_failures(request: HttpRequest, problem: Problem, query: FailuresQuery) -> set[int] | None:
    """Keys of the behaviours that are asked for; None for all."""
    wanted = {int(query.behaviour, 16)} if query.behaviour else None
    if query.run is None:
        return wanted
    run = found.run(request, query.run)
    if run.benchmark_id != problem.benchmark_id:
        said = f"Run {run.pk} is of another benchmark."
        raise ApiProblem(INVALID, said, [Wrong("run", "query", said)])
    of_run = {group.key for group in groups_of(found.cell(run, problem.task_id)) if group.failing}
    return of_run if wanted is None else wanted & of_run


def _summaries(request: HttpRequest, benchmark: Benchmark, *, synthetic: bool) -> list[ProblemSummary]:
    runs = [run for run in counted_runs(benchmark, request.user) if synthetic or not run.synthetic]
    return problem_summaries(problems_of(benchmark), count_table(runs, benchmark.problem_count))


def _texts(problem: Problem) -> dict[str, Any]:
    before, after = neighbours(problem)
    return {
        "prompt": problem.prompt,
        "test": problem.test,
        "reference_solution": problem.canonical_solution,
        "previous": before,
        "next": after,
    }
