"""/benchmarks/{slug}/plan: how many samples it takes to tell two models apart."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from leaderboard.api import found
from leaderboard.api.conditional import same_board
from leaderboard.api.operations import reads
from leaderboard.api.problems import INVALID, ApiProblem, Wrong
from leaderboard.api.schemas.common import Slug, bounded
from leaderboard.api.schemas.plans import (
    GainOut,
    Likely,
    NeededOut,
    PlanOut,
    PlanQuery,
    PlanRun,
    ResolvedOut,
)
from leaderboard.forms.planner import PAIRED, PlanWish
from leaderboard.queries.analysis import analysis_of
from leaderboard.queries.board import BoardRow
from leaderboard.queries.planner import Basis, Likeness, basis_of, plannable
from leaderboard.views import planner_rows
from leaderboard.views.planner_gains import Gain, gain_sentence, gains
from leaderboard.views.planner_rows import Needed, Resolved, problem_samples

router = Router(tags=["Benchmarks"])


@router.get("/benchmarks/{slug}/plan", response=PlanOut, summary="How many samples it takes", **reads())
def get_plan(request: HttpRequest, slug: Slug, query: Query[PlanQuery]) -> Any:
    """To tell two models apart by so many points, from how a run's pass rates are spread and how alike runs
    are; and what more samples of that run would bring."""
    benchmark = found.benchmark(slug)
    if unchanged := same_board(request, benchmark):
        return unchanged
    paired = query.compare == PAIRED
    wish = PlanWish(query.points / 100, query.k, int(query.power) / 100, paired, query.run)
    basis = basis_of(benchmark, request.user, query.run)
    if query.run is not None and (basis.run is None or basis.run.run.pk != query.run):
        said = f"Run {query.run} is not on this board, or has no two samples of each problem to plan with."
        raise ApiProblem(INVALID, said, [Wrong("run", "query", said)])
    more = gains(wish, basis, analysis_of(basis.run.run)) if basis.run else []
    return PlanOut(
        run=_run(basis.run) if basis.run else None,
        runs=[_run(row) for row in plannable(benchmark, request.user)],
        problems=basis.problems,
        pairs=basis.pairs,
        likeness=_likely(basis.at(wish.k)),
        needed=_needed(planner_rows.needed(wish, basis), wish),
        said=planner_rows.verdict(wish, basis),
        rests=planner_rows.foundations(wish, basis, benchmark),
        grid=_grid(wish, basis),
        more=[_gain(row) for row in more],
        more_said=gain_sentence(more, wish.k) if more else "",
    )


def _run(row: BoardRow) -> PlanRun:
    return PlanRun(run=row.run.pk, name=planner_rows.run_name(row))


def _needed(needed: Needed, wish: PlanWish) -> NeededOut:
    return NeededOut(
        samples=needed.samples,
        few=needed.few,
        many=needed.many,
        least=_likely(needed.least),
        problems=needed.problems,
        each=problem_samples(wish),
    )


def _grid(wish: PlanWish, basis: Basis) -> list[ResolvedOut]:
    name = "smallest_difference"
    return [
        ResolvedOut(
            n=row["n"],
            k=row["k"],
            smallest_difference=Likely(value=row[name], low=row[f"{name}_low"], high=row[f"{name}_high"]),
        )
        for row in planner_rows.grid_records(wish, basis)
    ]


def _gain(row: Gain) -> GainOut:
    return GainOut(
        n=row.n,
        drawn=row.drawn,
        half_width=row.half_width,
        sample_share=row.sample_share,
        pass_at_n=bounded(row.guess),
    )


def _likely(of: Likeness | Resolved) -> Likely:
    return Likely(value=of.middle, low=of.low, high=of.high)
