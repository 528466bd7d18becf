"""The run page's charts as Plotly figures."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from leaderboard import charts
from leaderboard.queries.analysis import analysis_of
from leaderboard.queries.runs import problem_rows
from leaderboard.views import run_rankers, run_rows
from leaderboard.views.choices import plot_width
from leaderboard.views.errors import NotFound
from leaderboard.views.runs import found_run

_BEST_OF = charts.AxisTitles(
    x="m, samples that one is picked from", y="pass@1 of the picked sample, %", point="best of "
)


@require_GET
def run_chart(request: HttpRequest, pk: int) -> HttpResponse:
    """pass@k over k, with its guessed continuation where there is one."""
    run = found_run(request, pk)
    analysis = analysis_of(run)
    curves = [run_rows.curve_of(run)]
    if analysis and analysis.beyond:
        curves.append(run_rows.beyond_curve(run, analysis.beyond))
    return _figure(charts.curve_figure(curves, plot_width(request.GET)))


@require_GET
def ranker_chart(request: HttpRequest, pk: int) -> HttpResponse:
    """pass@1 of the sample that each ranker picks among m."""
    run = found_run(request, pk)
    analysis = analysis_of(run)
    rows = [row for row in problem_rows(run) if row.scored and row.n]
    if analysis is None or not analysis.rankers:
        raise NotFound("This run has no number to pick samples by.", [_page(pk)])
    curves = run_rankers.best_of_curves(run, rows, analysis)
    return _figure(charts.curve_figure(curves, plot_width(request.GET), _BEST_OF))


@require_GET
def calibration_chart(request: HttpRequest, pk: int) -> HttpResponse:
    """The share of samples that passes, by the number of `?ranker=`."""
    analysis = analysis_of(found_run(request, pk))
    name = request.GET.get("ranker", "")
    figure = run_rankers.calibration(analysis, name, plot_width(request.GET)) if analysis else None
    if figure is None:
        raise NotFound(f"The samples of this run have no number “{name}”.", [_page(pk)])
    return _figure(figure)


def _figure(document: str) -> HttpResponse:
    return HttpResponse(document, content_type="application/json")


def _page(pk: int) -> tuple[str, str]:
    return "The run", reverse("run", args=[pk])
