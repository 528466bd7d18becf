"""/benchmarks/{slug}/leaderboard and /matrix: the board as the page shows it, what stands around it, and all
runs × problems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from ninja import Query, Router

from evaluator.metrics import RankInterval
from evaluator.metrics.scaling import Scaling
from leaderboard.api import found
from leaderboard.api.conditional import same_board
from leaderboard.api.operations import reads
from leaderboard.api.paging import around
from leaderboard.api.problems import INVALID, ApiProblem, Wrong
from leaderboard.api.runs_out import model_name
from leaderboard.api.schemas.boards import (
    ActiveRunOut,
    ActiveRuns,
    BoardChoice,
    BoardPage,
    BoardQuery,
    BoardRowOut,
    MatrixOut,
    MatrixQuery,
    MatrixRun,
    OriginOut,
    RankOut,
    ScalingOut,
    SizedRun,
    SizesOut,
)
from leaderboard.api.schemas.common import Bounded, Slug, bounded, pass_at_k
from leaderboard.models import Benchmark
from leaderboard.queries.board import BoardRow, active_runs
from leaderboard.queries.counts import count_table
from leaderboard.queries.matrix import matrix_of, matrix_problems, pass_at_1
from leaderboard.queries.problems import counted_runs
from leaderboard.size_chart import fit_text
from leaderboard.views.board_charts import size_fit, sized_rows
from leaderboard.views.board_rows import source_text, time_limit
from leaderboard.views.board_shown import Board, shown_board

router = Router(tags=["Benchmarks"])


@router.get("/benchmarks/{slug}/leaderboard", response=BoardPage, summary="Its leaderboard", **reads())
def get_leaderboard(request: HttpRequest, slug: Slug, query: Query[BoardQuery]) -> Any:
    """The rows of the page of the same query: filtered, ranked, at any k. What can't be done is refused."""
    benchmark = found.benchmark(slug)
    if unchanged := same_board(request, benchmark):
        return unchanged
    shown = _shown(request, benchmark, query)
    rows = [_row(request, row, shown.ranks, shown.choice.ks) for row in shown.rows[query.slice]]
    return BoardPage(
        ks=list(shown.choice.ks),
        rank_k=shown.choice.rank_k,
        items=rows,
        **around(request, query, len(shown.rows)),
    )


@router.get("/benchmarks/{slug}/sizes", response=SizesOut, summary="pass@k by size of models", **reads())
def get_sizes(request: HttpRequest, slug: Slug, query: Query[BoardChoice]) -> Any:
    """Of the rows that the leaderboard shows for the same query, at the k that it ranks by; with a fit."""
    benchmark = found.benchmark(slug)
    if unchanged := same_board(request, benchmark):
        return unchanged
    shown = _shown(request, benchmark, query)
    k = shown.choice.rank_k
    rows = sized_rows(shown.rows, k)
    fit = size_fit(rows, k)
    return SizesOut(
        k=k,
        items=[_sized_run(row, k) for row in rows],
        fit=_scaling(fit) if fit else None,
        said=fit_text(fit) if fit else "",
    )


@router.get(
    "/benchmarks/{slug}/active-runs", response=ActiveRuns, summary="Runs being scored there", **reads()
)
def list_active_runs(request: HttpRequest, slug: Slug) -> Any:
    """Runs of its board that are not scored yet, the oldest first."""
    rows = active_runs(found.benchmark(slug), request.user)
    return ActiveRuns(
        items=[
            ActiveRunOut(
                run=row.run.pk,
                model=model_name(row.run.model),
                temperature=row.run.temperature,
                status=row.run.status,
                share=row.share,
            )
            for row in rows
        ]
    )


@router.get("/benchmarks/{slug}/matrix", response=MatrixOut, summary="All runs × problems", **reads())
def get_matrix(request: HttpRequest, slug: Slug, query: Query[MatrixQuery]) -> Any:
    benchmark = found.benchmark(slug)
    if unchanged := same_board(request, benchmark):
        return unchanged
    text = query.q.casefold()
    runs = [run for run in counted_runs(benchmark, request.user) if query.synthetic or not run.synthetic]
    runs = [run for run in runs if text in run.model.casefold()]
    matrix = matrix_of(count_table(runs, benchmark.problem_count), matrix_problems(benchmark), query.show)
    figures = pass_at_1(matrix.runs)
    return MatrixOut(
        runs=[
            MatrixRun(
                run=run.pk,
                model=run.model,
                temperature=run.temperature,
                synthetic=run.synthetic,
                pass_at_1=bounded(figures.get(run.pk)),
                solved=matrix.solved[row],
                solved_alone=matrix.alone[row],
            )
            for row, run in enumerate(matrix.runs)
        ],
        problems=[problem.task_id for problem in matrix.problems],
        n=matrix.n.tolist(),
        c=matrix.c.tolist(),
    )


def _shown(request: HttpRequest, benchmark: Benchmark, query: BoardChoice) -> Board:
    shown = shown_board(_address(query), benchmark, request.user)
    _refuse(shown, query)
    return shown


def _address(query: BoardChoice) -> QueryDict:
    """The page's address of the same question."""
    address = QueryDict(mutable=True)
    address.update({"q": query.q, "best": query.best, "sort": query.sort})
    if query.k:
        address["k"] = ",".join(map(str, query.k))
    if query.show:
        address["show"] = ",".join(query.show)
    return address


def _refuse(shown: Board, query: BoardChoice) -> None:
    """A page says what it leaves out; a program would take the rest for the answer."""
    choice = shown.choice
    errors = [Wrong("q" if said in choice.filter.errors else "k", "query", said) for said in choice.refused]
    if query.sort and str(choice.order) != query.sort:
        known = ", ".join(column.key for column in choice.columns)
        errors.append(Wrong("sort", "query", f"The columns of this board are {known}."))
    if errors:
        raise ApiProblem(INVALID, "This board can't be shown like that.", errors)


def _row(
    request: HttpRequest, row: BoardRow, ranks: Mapping[int, RankInterval], ks: tuple[int, ...]
) -> BoardRowOut:
    run, rank = row.run, ranks.get(row.run.pk)
    return BoardRowOut(
        run=run.pk,
        kind=row.kind,
        complete=row.complete,
        rank=RankOut(point=rank.point, low=rank.low, high=rank.high) if rank else None,
        model=model_name(run.model),
        temperature=run.temperature,
        top_p=run.top_p,
        n_min=run.n_min,
        n_max=run.n_max,
        samples=run.samples,
        problems_covered=run.problems_covered,
        figures=[pass_at_k(row.figures[k]) for k in ks if k in row.figures],
        origins=[
            OriginOut(k=k, run=of.pk, temperature=of.temperature) for k, of in (row.origins or {}).items()
        ],
        reranked=bounded(row.reranked),
        flagged=bounded(row.security("flagged")),
        passed_flagged=bounded(row.security("passed_flagged")),
        verdicts=run.verdict_counts,
        visibility=run.visibility,
        organisation=run.organisation.slug if run.organisation else None,
        verdicts_from=run.verdicts_from,
        scored_on=run.finished_at.date() if run.finished_at else None,
        time_limit=time_limit(row),
        method=run.method,
        source=source_text(row),
        source_url=run.citation.get("url", ""),
        page=request.build_absolute_uri(reverse("run", args=[run.pk])),
    )


def _sized_run(row: BoardRow, k: int) -> SizedRun:
    return SizedRun(
        run=row.run.pk,
        kind=row.kind,
        model=model_name(row.run.model),
        temperature=row.run.temperature,
        pass_at_k=pass_at_k(row.figures[k]),
    )


def _scaling(fit: Scaling) -> ScalingOut:
    return ScalingOut(
        slope=Bounded(value=fit.slope, low=fit.low, high=fit.high),
        parameters=list(fit.parameters),
        value=list(fit.values),
        low=list(fit.lows),
        high=list(fit.highs),
        scatter=fit.scatter,
        models=fit.models,
        sizes=fit.sizes,
    )
