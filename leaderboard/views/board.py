"""The leaderboard: page, htmx part, files and charts answer from the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import conditional_page, require_safe

from leaderboard import charts, formatting
from leaderboard.models import Benchmark
from leaderboard.queries.benchmarks import benchmark_by_slug, default_benchmark
from leaderboard.queries.board import (
    PUBLISHED,
    SYNTHETIC,
    ActiveRun,
    BoardRow,
    active_runs,
    board_rows,
    ranks,
)
from leaderboard.tables import head_cells
from leaderboard.views import board_charts, exports
from leaderboard.views.board_choice import BoardChoice, board_choice, columns
from leaderboard.views.board_rows import Ranks, chosen, record, row_texts
from leaderboard.views.choices import plot_width
from leaderboard.views.pages import answer, resolution_text


@dataclass(frozen=True, slots=True)
class Board:
    """What an address shows of a board."""

    benchmark: Benchmark
    choice: BoardChoice
    rows: Sequence[BoardRow]
    ranks: Ranks
    total: int


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
    """The leaderboard of a benchmark; `?format=csv` and `?format=json` answer with the same rows."""
    return _board_page(request, found_benchmark(slug))


@require_safe
@conditional_page
def board_chart(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """A chart of the rows that the same query string shows in the table."""
    shown = _board(request, found_benchmark(slug))
    figure = board_charts.figure(name, shown.rows, shown.choice.rank_k, plot_width(request.GET))
    return HttpResponse(figure, content_type="application/json")


def found_benchmark(slug: str) -> Benchmark:
    benchmark = benchmark_by_slug(slug)
    if benchmark is None:
        raise Http404(f"No benchmark “{slug}” is loaded here.")
    return benchmark


def _board_page(request: HttpRequest, benchmark: Benchmark) -> HttpResponse:
    shown = _board(request, benchmark)
    form = request.GET.get("format")
    if form:
        rows = [record(row, shown.choice.ks, shown.ranks) for row in shown.rows]
        return exports.table(form, f"{benchmark.slug}-leaderboard", rows)
    context = _context(request, shown) | _charts(shown)
    return answer(request, "board", "board_part", context, shown.choice.address(request.path))


def _board(request: HttpRequest, benchmark: Benchmark) -> Board:
    rows = board_rows(benchmark, request.user)
    choice = board_choice(request.GET, rows)
    # Ranks do not depend on the text filter, only on whether demo runs are among the ranked.
    compared = [row for row in rows if row.kind != SYNTHETIC or SYNTHETIC in choice.kinds]
    standing = ranks(compared, choice.rank_k)
    return Board(benchmark, choice, chosen(rows, choice, standing), standing, len(rows))


def _context(request: HttpRequest, shown: Board) -> dict[str, Any]:
    choice, benchmark = shown.choice, shown.benchmark
    texts = row_texts(shown.rows, choice.ks, shown.ranks, benchmark.problem_count)
    measured = sum(row.kind != PUBLISHED for row in shown.rows)
    return {
        "benchmark": benchmark,
        "resolution": resolution_text(benchmark.problem_count),
        "choice": choice,
        "head": head_cells(
            columns(choice.ks), choice.order, lambda o: choice.sorted_by(o).address(request.path)
        ),
        "column_count": len(columns(choice.ks)),
        "measured": texts[:measured],
        "published": texts[measured:],
        "counts": _counts(measured, len(shown.rows) - measured, shown.total),
        "total": shown.total,
        "csv": choice.address(request.path, format="csv"),
        "json": choice.address(request.path, format="json"),
        "active": [_active_text(active) for active in active_runs(benchmark, request.user)],
        "path": request.path,
    }


def _charts(shown: Board) -> dict[str, Any]:
    query = shown.choice.address("")

    def address(name: str) -> str:
        return reverse("board-chart", args=[shown.benchmark.slug, name]) + query

    boxes: list[charts.ChartBox] = board_charts.boxes(shown.rows, shown.choice.rank_k, address)
    return {"charts": boxes}


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
