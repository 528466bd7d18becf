"""The leaderboard: page, htmx part, files and charts answer from the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import conditional_page, require_safe

from leaderboard import charts, formatting
from leaderboard.board_cache import remembered
from leaderboard.forms.board_filter import FIELDS
from leaderboard.models import Benchmark
from leaderboard.queries.benchmarks import benchmark_by_slug, default_benchmark
from leaderboard.queries.board import PUBLISHED, ActiveRun, active_runs, board_of
from leaderboard.queries.compare import MOST_RUNS
from leaderboard.tables import head_cells
from leaderboard.views import board_charts, exports
from leaderboard.views.board_cells import lines_html
from leaderboard.views.board_rows import record
from leaderboard.views.board_shown import Board, html_of, shown_board
from leaderboard.views.choices import address, plot_width
from leaderboard.views.pages import resolution_text
from leaderboard.views.unchanged import is_partial, not_modified, page_tag, tagged, view_parts

Active = Sequence[dict[str, str]]


@require_safe
@conditional_page
def home(request: HttpRequest) -> HttpResponse:
    """The leaderboard of the first benchmark; on an empty site, how to load one."""
    benchmark = default_benchmark()
    if benchmark is None:
        return render(request, "leaderboard/board_none.html")
    return _board_page(request, benchmark)


@require_safe
@conditional_page
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """The leaderboard of a benchmark; `?format=csv` and others answer with the same rows as a file."""
    return _board_page(request, found_benchmark(slug))


@require_safe
@conditional_page
def board_chart(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """A chart of the rows that the same query string shows in the table."""
    benchmark = found_benchmark(slug)

    def draw() -> str:
        shown = shown_board(request.GET, benchmark, request.user)
        return board_charts.figure(name, shown, plot_width(request.GET))

    tag = page_tag(request, board_of(benchmark, request.user))
    if unchanged := not_modified(request, tag):
        return unchanged
    parts = (*board_of(benchmark, request.user), name, request.GET.urlencode())
    return tagged(HttpResponse(remembered("board-chart", parts, draw), "application/json"), tag)


def found_benchmark(slug: str) -> Benchmark:
    benchmark = benchmark_by_slug(slug)
    if benchmark is None:
        raise Http404(f"No benchmark “{slug}” is loaded here.")
    return benchmark


def _board_page(request: HttpRequest, benchmark: Benchmark) -> HttpResponse:
    form = request.GET.get("format")
    if form:
        return _file(form, shown_board(request.GET, benchmark, request.user))
    active = [_active_text(one) for one in active_runs(benchmark, request.user)]
    tag = page_tag(request, board_of(benchmark, request.user), active)
    if unchanged := not_modified(request, tag):
        return unchanged
    shortest, html = _main_html(request, benchmark, active)
    if is_partial(request):
        response = HttpResponse(html, headers={"HX-Push-Url": shortest})
    else:
        response = render(request, "leaderboard/board.html", {"benchmark": benchmark, "page": html})
    return tagged(response, tag)


def _file(form: str, shown: Board) -> HttpResponse:
    """The rows as a file. What can't be read is refused: in a file nobody would see what is left out."""
    choice = shown.choice
    if choice.refused:
        return HttpResponse("\n".join(choice.refused), "text/plain; charset=utf-8", status=400)
    rows = [record(row, choice.ks, shown.ranks) for row in shown.rows]
    return exports.table(form, f"{shown.benchmark.slug}-leaderboard", rows)


def _main_html(request: HttpRequest, benchmark: Benchmark, active: Active) -> tuple[str, SafeString]:
    """The shortest address of what is shown, and it: for htmx the table's part, else all but the frame."""
    partial = is_partial(request)

    def make() -> tuple[str, str]:
        shown = shown_board(request.GET, benchmark, request.user)
        context = _context(request, shown) | {"active": active}
        name = "board_part" if partial else "board_main"
        html = render_to_string(f"leaderboard/{name}.html", context, request)
        return shown.choice.address(request.path), html

    parts = (*board_of(benchmark, request.user), partial, active, *view_parts(request))
    shortest, html = remembered("board-main", parts, make)
    return shortest, mark_safe(html)  # rendered by a template, which escapes


def _context(request: HttpRequest, shown: Board) -> dict[str, Any]:
    choice, benchmark = shown.choice, shown.benchmark
    lines = lines_html(shown.rows, html_of(shown, request.user), shown.ranks, choice.runs)
    measured = sum(row.kind != PUBLISHED for row in shown.rows)
    complete = sum(row.kind != PUBLISHED and row.complete for row in shown.rows)
    columns = choice.columns
    return {
        "benchmark": benchmark,
        "resolution": resolution_text(benchmark.problem_count),
        "choice": choice,
        "head": head_cells(columns, choice.order, lambda o: choice.sorted_by(o).address(request.path)),
        "column_count": len(columns) + 1,
        "measured": mark_safe("".join(lines[:complete])),  # each made by format_html
        "partial": mark_safe("".join(lines[complete:measured])),
        "published": mark_safe("".join(lines[measured:])),
        "counts": _counts(measured, len(lines) - measured, shown.total),
        "total": shown.total,
        "csv": choice.address(request.path, format="csv"),
        "path": request.path,
        "chosen": _chosen(request.path, shown),
        "filter_fields": FIELDS.values(),
        "charts": _charts(shown),
    }


def _chosen(path: str, shown: Board) -> dict[str, str] | None:
    """What can be done with the runs that the reader chose; None where none is."""
    runs = shown.choice.runs
    if not runs:
        return None
    measured = [str(row.run.pk) for row in shown.rows if row.run.pk in runs and row.kind != PUBLISHED]
    compared = address(reverse("compare"), {"run": ",".join(measured[:MOST_RUNS])})
    return {
        "count": f"{formatting.counted(len(runs), 'run')} chosen",
        "compare": compared if len(measured) > 1 else "",
        "word": f"compare the first {MOST_RUNS}" if len(measured) > MOST_RUNS else "compare",
        "clear": replace(shown.choice, runs=()).address(path),
    }


def _charts(shown: Board) -> list[charts.ChartBox]:
    query = shown.choice.address("")

    def figure_address(name: str) -> str:
        return reverse("board-chart", args=[shown.benchmark.slug, name]) + query

    return board_charts.boxes(shown, figure_address)


def _counts(measured: int, published: int, total: int) -> str:
    parts = []
    if measured:
        parts.append(formatting.counted(measured, "run"))
    if published:
        parts.append(f"{formatting.counted(published, 'row')} of published figures")
    shown = " and ".join(parts)
    return shown if measured + published == total else f"{shown}, of {total} rows"


def _active_text(active: ActiveRun) -> dict[str, str]:
    return {
        "name": active.run.model.name,
        "address": reverse("run", args=[active.run.pk]),
        "share": f"{active.share * 100:.0f} %",
    }
