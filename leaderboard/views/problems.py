"""The problems of a benchmark by difficulty, and one problem across all runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import conditional_page, require_safe

from leaderboard import formatting
from leaderboard.highlight import highlight
from leaderboard.models import Benchmark, Problem
from leaderboard.queries.behaviours import RunOnProblem, examples, runs_on, shared_failures
from leaderboard.queries.counts import count_table
from leaderboard.queries.items import contrast
from leaderboard.queries.problems import (
    counted_runs,
    neighbours,
    problem_by_task_id,
    problem_summaries,
    problems_of,
)
from leaderboard.tables import head_cells
from leaderboard.verdict_words import VERDICT_WORDS, WAITING
from leaderboard.views import exports, problem_facts, problem_rows
from leaderboard.views.board import found_benchmark
from leaderboard.views.errors import NotFound
from leaderboard.views.pages import answer
from leaderboard.views.problem_choice import COLUMNS, SOLVED, ProblemsChoice, problems_choice

_SHARED = 10  # failures of most models, listed on a problem's page


@require_safe
@conditional_page
def problems(request: HttpRequest, slug: str) -> HttpResponse:
    """Problems by difficulty; `?format=csv` and `?format=json` answer with the same rows."""
    benchmark = found_benchmark(slug)
    runs = counted_runs(benchmark, request.user)
    demo = sum(run.synthetic for run in runs)
    real = len(runs) - demo
    choice = problems_choice(request.GET, both_kinds=bool(real and demo))
    chosen = [run for run in runs if choice.synthetic or not run.synthetic]
    table = count_table(chosen, benchmark.problem_count)
    summaries = problem_summaries(problems_of(benchmark), table)
    rows = problem_rows.chosen(summaries, choice)
    form = request.GET.get("format")
    if form:
        records = [problem_rows.record(row) for row in rows]
        return exports.table(form, f"{benchmark.slug}-problems", records, problem_rows.RECORD)
    context = _list_context(request, benchmark, choice) | {
        "rows": [problem_rows.texts(row, benchmark.slug) for row in rows],
        "counts": _counts(len(rows), len(summaries)),
        "runs": _runs_text(real, demo if choice.synthetic else 0),
        "both_kinds": bool(real and demo),
    }
    return answer(request, "problems", "problems_part", context, choice.address(request.path))


@require_safe
@conditional_page
def problem(request: HttpRequest, slug: str, task_id: str) -> HttpResponse:
    """One problem: its text, its tests, and how every measured run fares on it."""
    benchmark = found_benchmark(slug)
    found = problem_by_task_id(benchmark, task_id)
    if found is None:
        nearby = [(f"Problems of {benchmark.name}", reverse("problems", args=[slug]))]
        raise NotFound(f"{benchmark.name} has no problem “{task_id}”.", nearby)
    rows = runs_on(found, request.user)
    table = count_table(counted_runs(benchmark, request.user), benchmark.problem_count)
    [summary] = problem_summaries([found], table)
    context = _problem_context(benchmark, found, rows) | _steps(benchmark, found)
    context |= {"facts": problem_facts.facts(summary)} if rows else {}
    context["suspicions"] = problem_facts.suspicions(summary, contrast(found.position, table), rows)
    return render(request, "leaderboard/problem.html", context)


def _list_context(request: HttpRequest, benchmark: Benchmark, choice: ProblemsChoice) -> dict[str, Any]:
    return {
        "benchmark": benchmark,
        "choice": choice,
        "solved": SOLVED,
        "verdict_words": [word for name, word in VERDICT_WORDS.items() if name != WAITING],
        "head": head_cells(
            COLUMNS, choice.order, lambda order: choice.sorted_by(order).address(request.path)
        ),
        "csv": choice.address(request.path, format="csv"),
        "path": request.path,
    }


def _problem_context(benchmark: Benchmark, found: Problem, rows: Sequence[RunOnProblem]) -> dict[str, Any]:
    failures = shared_failures(rows)
    common = [failure for failure in failures.values() if failure.models > 1][:_SHARED]
    commonest = (row.behaviours[0].key for row in rows if row.behaviours)
    keys = list(dict.fromkeys([*(failure.key for failure in common), *commonest]))
    examined = examples(found, rows, keys) if keys else {}
    shown = {key: problem_rows.failure_texts(group) for key, group in examined.items()}
    return {
        "benchmark": benchmark,
        "problem": found,
        "prompt": highlight(found.prompt),
        "reference": highlight(found.prompt + found.canonical_solution),
        "test": highlight(found.test),
        "rows": [problem_rows.run_texts(row, found, shown) for row in rows],
        "common": [problem_rows.shared_texts(failure, found, shown) for failure in common],
    }


def _steps(benchmark: Benchmark, found: Problem) -> dict[str, Any]:
    before, after = neighbours(found)
    return {
        "previous": before and reverse("problem", args=[benchmark.slug, before]),
        "previous_id": before,
        "next": after and reverse("problem", args=[benchmark.slug, after]),
        "next_id": after,
    }


def _counts(shown: int, total: int) -> str:
    return formatting.counted(total, "problem") if shown == total else f"{shown} of {total} problems"


def _runs_text(real: int, demo: int) -> str:
    if not real + demo:
        return "No run is scored yet, so nothing is known of their difficulty."
    synthetic = f", {demo} of them synthetic" if real and demo else ", synthetic" if demo else ""
    return f"Pass rates are means over {formatting.counted(real + demo, 'measured run')}{synthetic}."
