"""The matrix of a benchmark: runs × problems by pass rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import conditional_page, require_safe

from leaderboard import formatting
from leaderboard.models import Benchmark
from leaderboard.queries.counts import count_table
from leaderboard.queries.matrix import Matrix, matrix_of, matrix_problems, pass_at_1
from leaderboard.queries.problems import counted_runs
from leaderboard.views import exports, matrix_rows
from leaderboard.views.board import found_benchmark
from leaderboard.views.matrix_choice import MODES, MatrixChoice, matrix_choice
from leaderboard.views.pages import answer


@dataclass(frozen=True, slots=True)
class Shown:
    """What an address shows."""

    benchmark: Benchmark
    choice: MatrixChoice
    matrix: Matrix
    both_kinds: bool
    total: int  # runs without the text filter


@require_safe
@conditional_page
def matrix(request: HttpRequest, slug: str) -> HttpResponse:
    """The page; `?format=csv` and `?format=json` answer with the rates, a row per run."""
    shown = _shown(request, found_benchmark(slug))
    figures = pass_at_1(shown.matrix.runs)
    form = request.GET.get("format")
    if form:
        columns = [*matrix_rows.RECORD, *(problem.task_id for problem in shown.matrix.problems)]
        rows = matrix_rows.records(shown.matrix, figures)
        return exports.table(form, f"{shown.benchmark.slug}-matrix", rows, columns)
    context = _context(request, shown) | {"runs": matrix_rows.run_texts(shown.matrix, figures)}
    return answer(request, "matrix", "matrix_part", context, shown.choice.address(request.path))


@require_safe
@conditional_page
def matrix_numbers(request: HttpRequest, slug: str) -> HttpResponse:
    """The numbers of the same address, for the script that names what the reader points at."""
    shown = _shown(request, found_benchmark(slug))
    return JsonResponse(matrix_rows.numbers(shown.matrix), json_dumps_params={"separators": (",", ":")})


def _shown(request: HttpRequest, benchmark: Benchmark) -> Shown:
    runs = counted_runs(benchmark, request.user)
    demo = sum(run.synthetic for run in runs)
    both_kinds = 0 < demo < len(runs)
    choice = matrix_choice(request.GET, both_kinds=both_kinds)
    kept = [run for run in runs if choice.synthetic or not run.synthetic]
    named = [run for run in kept if choice.text.casefold() in run.model.casefold()]
    table = count_table(named, benchmark.problem_count)
    found = matrix_of(table, matrix_problems(benchmark), choice.mode)
    return Shown(benchmark, choice, found, both_kinds, len(kept))


def _context(request: HttpRequest, shown: Shown) -> dict[str, Any]:
    choice, found = shown.choice, shown.matrix
    data = reverse("matrix-numbers", args=[shown.benchmark.slug])
    drawn = bool(found.runs and found.problems)
    return {
        "benchmark": shown.benchmark,
        "choice": choice,
        "modes": MODES,
        "both_kinds": shown.both_kinds,
        "total": shown.total,
        "drawing": matrix_rows.drawing(found, room=choice.room) if drawn else None,
        "counts": _counts(shown),
        "data": choice.address(data),
        "csv": choice.address(request.path, format="csv"),
        "path": request.path,
    }


def _counts(shown: Shown) -> str:
    runs, problems = len(shown.matrix.runs), len(shown.matrix.problems)
    total = shown.benchmark.problem_count
    of = formatting.counted(total, "problem") if problems == total else f"{problems} of {total} problems"
    all_runs = "" if runs == shown.total else f" of {shown.total}"
    return f"{runs}{all_runs} run{'' if runs == 1 and not all_runs else 's'} × {of}"
