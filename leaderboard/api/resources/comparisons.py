"""/comparisons: two to six runs on the problems that all of them have, with paired statistics."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from leaderboard.api import found
from leaderboard.api.comparisons_out import compared_run, pair_out
from leaderboard.api.operations import reads
from leaderboard.api.paging import Portion, around
from leaderboard.api.problems import INVALID, NOT_FOUND, ApiProblem, Wrong
from leaderboard.api.results_out import group_out
from leaderboard.api.schemas.comparisons import (
    ComparedProblem,
    ComparedProblemPage,
    ComparedProblemsQuery,
    ComparedRuns,
    ComparedSamples,
    ComparisonOut,
    ProblemComparison,
)
from leaderboard.queries.compare import Comparison, comparison
from leaderboard.queries.compare_pairs import pair_results
from leaderboard.queries.compare_samples import around as steps_around
from leaderboard.queries.compare_samples import samples_of
from leaderboard.tables import Order, parse_order
from leaderboard.views.compare_choice import DEFAULT_ORDER, CompareChoice, known_ks, problem_columns
from leaderboard.views.compare_problems import ComparedRow, chosen_rows, compared_rows
from leaderboard.views.compare_rows import run_figures
from leaderboard.views.compare_words import labels, notes, verdict

router = Router(tags=["Comparisons"])


@router.get("/comparisons", response=ComparisonOut, summary="Runs beside each other", **reads())
def get_comparison(request: HttpRequest, query: Query[ComparedRuns]) -> Any:
    """Differences with intervals and p-values of all pairs, and each run on the shared problems."""
    compared = _compared(request, query)
    pairs, names = pair_results(compared, query.k), labels(compared.runs)
    figures = run_figures(compared, query.k)
    total = compared.runs[0].benchmark.problem_count
    return ComparisonOut(
        k=query.k,
        ks=known_ks(compared),
        problems=len(compared.problems),
        runs=[compared_run(compared, names, figures, place) for place in range(len(compared.runs))],
        pairs=[pair_out(compared, pair, query.rule) for pair in pairs],
        verdict=verdict(names, compared, pairs, query.k),
        notes=list(notes(compared, names, total)),
    )


@router.get("/comparisons/problems", response=ComparedProblemPage, summary="Problem by problem", **reads())
def list_compared_problems(request: HttpRequest, query: Query[ComparedProblemsQuery]) -> Any:
    """Who solves which problem, in the benchmark's order unless another is asked for."""
    compared = _compared(request, query)
    first, second = _pair(compared, query.pair)
    runs = [run.pk for run in compared.runs]
    choice = CompareChoice(
        runs=tuple(runs),
        pair=(first, second),
        rule=query.rule,
        group=query.show,
        text=query.q,
        order=_order(compared, query.sort),
    )
    rows = chosen_rows(compared_rows(compared, choice), choice)
    portion = Portion(limit=query.limit, offset=query.offset)
    items = [_problem(compared, row) for row in rows[portion.slice]]
    return ComparedProblemPage(runs=runs, items=items, **around(request, portion, len(rows)))


@router.get(
    "/comparisons/problems/{path:task_id}", response=ProblemComparison, summary="One problem", **reads()
)
def compare_problem(request: HttpRequest, task_id: str, query: Query[ComparedRuns]) -> Any:
    """The samples of each run side by side, those that end alike in one group."""
    compared = _compared(request, query)
    if task_id not in compared.places:
        raise ApiProblem(NOT_FOUND, f"These runs do not all have samples of “{task_id[:128]}”.")
    rows = samples_of(compared.runs, task_id)
    steps = steps_around(compared, task_id, query.rule)
    return ProblemComparison(
        task_id=task_id,
        prompt=rows[0].problem.prompt,
        previous=steps.previous,
        next=steps.next,
        previous_differing=steps.previous_differing,
        next_differing=steps.next_differing,
        runs=[
            ComparedSamples(
                run=row.run.pk,
                n=row.n,
                c=row.c,
                verdicts=dict(row.verdicts),
                groups=[group_out(group, ()) for group in row.groups],
            )
            for row in rows
        ],
    )


def _compared(request: HttpRequest, query: ComparedRuns) -> Comparison:
    """The comparison that is asked for."""
    runs = found.scored_runs(request, query.run)
    if len(runs) < 2:
        said = "Name two runs or more."
        raise ApiProblem(INVALID, said, [Wrong("run", "query", said)])
    compared = comparison(runs)
    if not 1 <= query.k <= compared.n_min:
        said = f"k goes up to {compared.n_min}." if compared.problems else "These runs share no problem."
        raise ApiProblem(INVALID, said, [Wrong("k" if compared.problems else "run", "query", said)])
    return compared


def _order(compared: Comparison, sort: str) -> Order:
    columns = problem_columns(compared.runs)
    if sort.removeprefix("-") not in {column.key for column in columns}:
        said = "It sorts by the runs that are compared."
        raise ApiProblem(INVALID, said, [Wrong("sort", "query", said)])
    return parse_order(sort, columns, DEFAULT_ORDER)


def _problem(compared: Comparison, row: ComparedRow) -> ComparedProblem:
    place = compared.places[row.problem.task_id]
    return ComparedProblem(
        task_id=row.problem.task_id,
        n=compared.n[:, place].tolist(),
        c=compared.c[:, place].tolist(),
        difference=row.difference,
        solved_by=row.group,
    )


def _pair(compared: Comparison, pair: list[int]) -> tuple[int, int]:
    places = {run.pk: place for place, run in enumerate(compared.runs)}
    if not pair:
        return 0, 1
    if len(set(pair)) != 2 or not set(pair) <= places.keys():
        said = "A pair is two of the compared runs."
        raise ApiProblem(INVALID, said, [Wrong("pair", "query", said)])
    return places[pair[0]], places[pair[1]]
