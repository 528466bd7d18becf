"""The planner of a benchmark: what n and k resolve a difference, and what more samples would bring."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import conditional_page, require_safe

from leaderboard import charts
from leaderboard.forms.planner import PAIRED, POWERS, UNPAIRED, PlanWish, plan_wish
from leaderboard.models import Benchmark
from leaderboard.queries.analysis import analysis_of
from leaderboard.queries.planner import Basis, basis_of, plannable
from leaderboard.queries.visibility import Reader
from leaderboard.views import choices, exports, planner_gains, planner_rows
from leaderboard.views.board import found_benchmark
from leaderboard.views.pages import answer

_GRID, _GAINS = TABLES = ("grid", "more")


@require_safe
@conditional_page
def planner(request: HttpRequest, slug: str) -> HttpResponse:
    """The page; `?table=grid|more&format=csv` answers with one of its tables."""
    benchmark = found_benchmark(slug)
    wish = plan_wish(request.GET)
    basis = basis_of(benchmark, request.user, wish.run)
    if form := request.GET.get("format"):
        return _file(request, form, benchmark, wish, basis)
    grid = planner_rows.grid(wish, basis)
    context = {
        "benchmark": benchmark,
        "path": request.path,
        "wish": wish,
        "refused": _refused(wish, basis),
        "fields": _fields(wish, benchmark, request.user),
        "said": planner_rows.verdict(wish, basis),
        "rests": planner_rows.foundations(wish, basis, benchmark),
        "grid": grid,
        "grid_csv": _address(request, wish, table=_GRID, format="csv"),
        "chart": _chart(request, wish, grid),
    } | _more(request, wish, basis)
    return answer(request, "planner", "planner_part", context, _address(request, wish))


@require_safe
@conditional_page
def planner_chart(request: HttpRequest, slug: str) -> HttpResponse:
    """The smallest difference against n, a curve for each k."""
    wish = plan_wish(request.GET)
    basis = basis_of(found_benchmark(slug), request.user, wish.run)
    figure = charts.curve_figure(
        planner_rows.curves(wish, basis), choices.plot_width(request.GET), planner_rows.TITLES
    )
    return HttpResponse(figure, content_type="application/json")


def _refused(wish: PlanWish, basis: Basis) -> list[str]:
    missing = wish.run is not None and (basis.run is None or basis.run.run.pk != wish.run)
    said = f"Run {wish.run} is not on this board or shows no spread: two samples of a problem or more do."
    return [*wish.refused, *([said] if missing else [])]


def _fields(wish: PlanWish, benchmark: Benchmark, reader: Reader) -> dict[str, Any]:
    """The form as it is filled in."""
    return {
        "points": f"{wish.difference * 100:g}",
        "k": wish.k,
        "powers": [choices.Box(value, f"{value} %", value == f"{wish.power * 100:.0f}") for value in POWERS],
        "comparisons": [
            choices.Box(PAIRED, "paired", wish.paired),
            choices.Box(UNPAIRED, "unpaired", not wish.paired),
        ],
        "runs": [
            choices.Box(str(row.run.pk), planner_rows.run_name(row), row.run.pk == wish.run)
            for row in plannable(benchmark, reader)
        ],
    }


def _more(request: HttpRequest, wish: PlanWish, basis: Basis) -> dict[str, Any]:
    """What more samples of the plan's run would bring."""
    if basis.run is None:
        return {}
    rows = planner_gains.gains(wish, basis, analysis_of(basis.run.run))
    if not rows:
        return {}
    return {
        "run_name": planner_rows.run_name(basis.run),
        "run_address": reverse("run", args=[basis.run.run.pk]),
        "gains": [planner_gains.gain_texts(row) for row in rows],
        "gains_said": planner_gains.gain_sentence(rows, wish.k),
        "gains_csv": _address(request, wish, table=_GAINS, format="csv"),
    }


def _file(
    request: HttpRequest, form: str, benchmark: Benchmark, wish: PlanWish, basis: Basis
) -> HttpResponse:
    table = choices.one_of(request.GET, "table", TABLES)
    if table == _GRID:
        return exports.table(form, f"{benchmark.slug}-plan", planner_rows.grid_records(wish, basis))
    rows = planner_gains.gains(wish, basis, analysis_of(basis.run.run)) if basis.run else []
    records = [planner_gains.gain_record(row) for row in rows]
    return exports.table(form, f"{benchmark.slug}-more-samples", records, planner_gains.GAIN_COLUMNS)


def _chart(request: HttpRequest, wish: PlanWish, grid: dict[str, Any]) -> charts.ChartBox:
    address = choices.address(f"{request.path}chart.json", wish.values())
    columns, rows = planner_rows.curve_table(grid)
    note = f"dashed: the {wish.difference * 100:g} points that are wanted"
    return charts.ChartBox("Smallest difference by n", note, address, columns, rows)


def _address(request: HttpRequest, wish: PlanWish, **more: str) -> str:
    return choices.address(request.path, {**wish.values(), **more})
