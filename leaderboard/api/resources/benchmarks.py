"""/benchmarks: what can be run, and its problems over all runs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from leaderboard.api import found
from leaderboard.api.conditional import same_board
from leaderboard.api.operations import reads
from leaderboard.api.paging import Portion, around
from leaderboard.api.schemas.benchmarks import (
    BenchmarkOut,
    BenchmarkPage,
    ProblemDetail,
    ProblemPage,
    ProblemsQuery,
    RunOnProblemOut,
    SharedFailureOut,
    benchmark_out,
    problem_values,
)
from leaderboard.api.schemas.common import Slug
from leaderboard.models import Benchmark, Problem
from leaderboard.queries.behaviours import RunOnProblem, runs_on, shared_failures
from leaderboard.queries.benchmarks import shown_benchmarks
from leaderboard.queries.counts import count_table
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
_SHARED = 10  # failures of most models
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
        **_results(runs_on(problem, request.user)),
    )


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


def _results(rows: list[RunOnProblem]) -> dict[str, Any]:
    common = [failure for failure in shared_failures(rows).values() if failure.models > 1][:_SHARED]
    return {
        "results": [
            RunOnProblemOut(
                run=row.run_id,
                model=row.model,
                temperature=row.temperature,
                synthetic=row.synthetic,
                n=row.n,
                c=row.c,
                verdicts=dict(row.verdicts),
            )
            for row in rows
        ],
        "shared_failures": [
            SharedFailureOut(
                behaviour=f"{failure.key:016x}",
                verdict=failure.verdict,
                samples=failure.samples,
                models=failure.models,
                runs=[row.run_id for row, _ in failure.runs],
            )
            for failure in common
        ],
    }
