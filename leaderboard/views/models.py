"""One model: its runs by benchmark and temperature."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import conditional_page, require_safe

from leaderboard import charts, formatting
from leaderboard.models import Benchmark, Model, Run
from leaderboard.queries.board import BoardRow, board_row, ks_of
from leaderboard.queries.models import model_by_slug, runs_of
from leaderboard.views import board_charts
from leaderboard.views.board_choice import usual_ks
from leaderboard.views.board_rows import row_texts
from leaderboard.views.choices import plot_width
from leaderboard.views.errors import NotFound


@require_safe
@conditional_page
def model(request: HttpRequest, slug: str) -> HttpResponse:
    """The model's page. A model none of whose runs this reader sees is not found: its name is not told."""
    found, runs = _found(request, slug)
    boards = [_board(benchmark, rows, slug) for benchmark, rows in _by_benchmark(runs)]
    waiting = [_waiting(run) for run in runs if run.status != Run.Status.DONE]
    context = {"model": found, "facts": _facts(found), "boards": boards, "waiting": waiting}
    return render(request, "leaderboard/model.html", context)


@require_safe
@conditional_page
def model_chart(request: HttpRequest, slug: str, benchmark: str) -> HttpResponse:
    """pass@k of the model's runs on one benchmark, a curve per temperature."""
    _, runs = _found(request, slug)
    for found, rows in _by_benchmark(runs):
        if found.slug == benchmark:
            curves = [board_charts.curve(row) for row in _curved(rows)]
            figure = charts.curve_figure(curves, plot_width(request.GET))
            return HttpResponse(figure, content_type="application/json")
    raise NotFound(f"This model has no scored run on “{benchmark}”.")


def _found(request: HttpRequest, slug: str) -> tuple[Model, list[Run]]:
    found = model_by_slug(slug)
    runs = runs_of(found, request.user) if found else []
    if found is None or not runs:
        raise NotFound(f"No model “{slug}” has a run here.", [("Leaderboard", reverse("home"))])
    return found, runs


def _by_benchmark(runs: Sequence[Run]) -> list[tuple[Benchmark, list[BoardRow]]]:
    scored = [run for run in runs if run.status == Run.Status.DONE]
    return [
        (benchmark, [board_row(run, benchmark) for run in group])
        for benchmark, group in groupby(scored, key=lambda run: run.benchmark)
    ]


def _board(benchmark: Benchmark, rows: Sequence[BoardRow], slug: str) -> dict[str, Any]:
    ks = usual_ks(ks_of(rows))
    curved = _curved(rows)
    return {
        "benchmark": benchmark,
        "ks": ks,
        "rows": row_texts(rows, ks, benchmark.problem_count),
        "chart": _chart(curved, benchmark, slug) if curved else None,
    }


def _chart(rows: Sequence[BoardRow], benchmark: Benchmark, slug: str) -> charts.ChartBox:
    columns, table = board_charts.curve_table(rows)
    address = reverse("model-chart", args=[slug, benchmark.slug])
    return charts.ChartBox(f"pass@k on {benchmark.name}", "", address, columns, table)


def _curved(rows: Sequence[BoardRow]) -> list[BoardRow]:
    return [row for row in rows if len(row.figures) > 1]


def _facts(found: Model) -> list[tuple[str, str]]:
    facts = [
        ("Organisation", found.organisation),
        ("Parameters", formatting.size_text(found.parameters) if found.parameters else ""),
        ("Released", found.released.isoformat() if found.released else ""),
    ]
    return [(name, value) for name, value in facts if value]


def _waiting(run: Run) -> dict[str, str]:
    return {
        "address": reverse("run", args=[run.pk]),
        "benchmark": run.benchmark.name,
        "temperature": formatting.plain_number(run.temperature),
        "status": run.get_status_display(),
    }
