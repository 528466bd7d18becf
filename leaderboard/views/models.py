"""One model: its runs by benchmark, its settings beside each other, and the best one for each k."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import conditional_page, require_safe

from leaderboard import charts, formatting
from leaderboard.models import Benchmark, Model, Run
from leaderboard.queries.board import BoardRow, board_row, ks_of
from leaderboard.queries.compare import MOST_RUNS, comparable
from leaderboard.queries.model_settings import Settings, settings_of
from leaderboard.queries.models import model_by_slug, runs_of
from leaderboard.queries.visibility import may_change_model
from leaderboard.tables import head_cells
from leaderboard.views import board_charts, choices, exports, model_settings
from leaderboard.views.board_choice import usual_ks
from leaderboard.views.board_rows import record, row_texts
from leaderboard.views.errors import NotFound
from leaderboard.views.model_choice import BEST, CELLS, RUNS, ModelChoice, model_choice, ordered, run_columns
from leaderboard.views.pages import answer


@dataclass(frozen=True, slots=True)
class OnBenchmark:
    """The model's scored and published runs on one benchmark."""

    benchmark: Benchmark
    rows: Sequence[BoardRow]

    @property
    def runs(self) -> list[Run]:
        return [row.run for row in self.rows]

    @property
    def ks(self) -> tuple[int, ...]:
        return usual_ks(ks_of(self.rows))


@require_safe
@conditional_page
def model(request: HttpRequest, slug: str) -> HttpResponse:
    """The model's page; `?benchmark=…&table=runs|best|settings&format=csv` answers with one of its tables.

    A model none of whose runs this reader sees is not found: its name is not told.
    """
    found, runs = found_model(request, slug)
    parts = _by_benchmark(runs)
    choice = model_choice(request.GET, sorted({k for part in parts for k in part.ks}))
    if form := request.GET.get("format"):
        return _file(form, slug, _part(parts, choice.benchmark), choice)
    context = {
        "model": found,
        "facts": _facts(found),
        "changes": may_change_model(request.user, found),
        "boards": [_board(part, slug, choice, request.path) for part in parts],
        "waiting": [_waiting(run) for run in runs if run.status != Run.Status.DONE],
    }
    return answer(request, "model", "model_part", context, choice.address(request.path))


@require_safe
@conditional_page
def model_chart(request: HttpRequest, slug: str, benchmark: str) -> HttpResponse:
    """pass@k of the model's runs on one benchmark, a curve per setting, and the best of them."""
    part = _part(_by_benchmark(found_model(request, slug)[1]), benchmark)
    settings = settings_of(part.runs, part.benchmark)
    if settings is None:
        curves = [board_charts.curve(row) for row in _curved(part.rows)]
    else:
        curves = model_settings.curves(settings, model_settings.names_of(part.runs, settings))
    figure = charts.curve_figure(curves, choices.plot_width(request.GET))
    return HttpResponse(figure, content_type="application/json")


def found_model(request: HttpRequest, slug: str) -> tuple[Model, list[Run]]:
    """The model and those of its runs that this reader sees listed; not found where there are none."""
    found = model_by_slug(slug)
    runs = runs_of(found, request.user) if found else []
    if found is None or not runs:
        raise NotFound(f"No model “{slug}” has a run here.", [("Leaderboard", reverse("home"))])
    return found, runs


def _by_benchmark(runs: Sequence[Run]) -> list[OnBenchmark]:
    scored = [run for run in runs if run.status == Run.Status.DONE]
    return [
        OnBenchmark(benchmark, [board_row(run, benchmark) for run in group])
        for benchmark, group in groupby(scored, key=lambda run: run.benchmark)
    ]


def _part(parts: Sequence[OnBenchmark], slug: str) -> OnBenchmark:
    for part in parts:
        if part.benchmark.slug == slug:
            return part
    raise NotFound(f"This model has no scored run on “{slug}”.")


def _board(part: OnBenchmark, slug: str, choice: ModelChoice, path: str) -> dict[str, Any]:
    benchmark, ks = part.benchmark, part.ks
    found = {
        "benchmark": benchmark,
        "head": head_cells(run_columns(ks), choice.order, lambda by: choice.sorted_by(by).address(path)),
        "rows": row_texts(ordered(part.rows, choice.order), ks, benchmark.problem_count),
        "csv": choice.address(path, benchmark=benchmark.slug, table=RUNS, format="csv"),
        "planner": reverse("planner", args=[benchmark.slug]),
        "compare": _compare(part.runs),
    }
    settings = settings_of(part.runs, benchmark)
    address = reverse("model-chart", args=[slug, benchmark.slug])
    return found | (_settings(part, settings, path, address) if settings else _curves(part, address))


def _compare(runs: Sequence[Run]) -> dict[str, str] | None:
    """The way to the measured runs beside each other, as many as fit; None where there are no two."""
    measured = [str(run.pk) for run in runs if comparable(run)]
    if len(measured) < 2:
        return None
    return {
        "address": choices.address(reverse("compare"), {"run": ",".join(measured[:MOST_RUNS])}),
        "word": f"Compare the first {MOST_RUNS}" if len(measured) > MOST_RUNS else "Compare these runs",
    }


def _settings(part: OnBenchmark, settings: Settings, path: str, address: str) -> dict[str, Any]:
    names = model_settings.names_of(part.runs, settings)
    file = {"benchmark": part.benchmark.slug, "format": "csv"}
    return {
        "settings": {
            "ks": settings.grid.ks,
            "rows": model_settings.grid_texts(settings, names),
            "best": model_settings.best_texts(settings, names),
            "said": model_settings.sentence(settings, names),
            "problems": settings.problems,
            "cells_csv": choices.address(path, {"table": CELLS, **file}),
            "best_csv": choices.address(path, {"table": BEST, **file}),
        },
        "chart": model_settings.frontier_box(part.benchmark, settings, names, address),
    }


def _curves(part: OnBenchmark, address: str) -> dict[str, Any]:
    curved = _curved(part.rows)
    if not curved:
        return {}
    columns, table = board_charts.curve_table(curved)
    return {"chart": charts.ChartBox(f"pass@k on {part.benchmark.name}", "", address, columns, table)}


def _curved(rows: Sequence[BoardRow]) -> list[BoardRow]:
    return [row for row in rows if len(row.figures) > 1]


def _file(form: str, slug: str, part: OnBenchmark, choice: ModelChoice) -> HttpResponse:
    name = f"{slug}-{part.benchmark.slug}-{choice.table}"
    if choice.table == RUNS:
        rows = ordered(part.rows, choice.order)
        return exports.table(form, name, [record(row, part.ks, {}) for row in rows])
    settings = settings_of(part.runs, part.benchmark)
    if settings is None:
        raise NotFound("This model has no two measured runs there that share 10 problems.")
    records = model_settings.best_records if choice.table == BEST else model_settings.cell_records
    return exports.table(form, name, records(settings, {run.pk: run for run in part.runs}))


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
