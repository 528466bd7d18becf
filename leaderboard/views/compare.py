"""Two to six runs beside each other: page, htmx parts, files and chart answer from the same comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from leaderboard import charts, formatting
from leaderboard.models import Run
from leaderboard.queries.compare import (
    MOST_RUNS,
    Comparison,
    chosen_runs,
    comparable,
    comparison,
    offered_runs,
)
from leaderboard.queries.compare_pairs import pair_results
from leaderboard.run_links import run_word
from leaderboard.views import choices, compare_charts, compare_problems, compare_rows, compare_words, exports
from leaderboard.views.compare_choice import CompareChoice, asked_runs, parse_choice
from leaderboard.views.errors import NotFound
from leaderboard.views.pages import answer

_PAIRS, _RUNS, _PROBLEMS = "pairs", "runs", "problems"


@dataclass(frozen=True, slots=True)
class Compared:
    """What an address asks for. `said` tells of asked runs that are not among the compared ones."""

    comparison: Comparison
    choice: CompareChoice
    names: list[str]
    said: list[str]

    @property
    def possible(self) -> bool:
        return len(self.comparison.runs) > 1 and bool(self.comparison.problems)


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """The page; `?format=csv&table=pairs|runs|problems` answers with one of its tables."""
    asked = _compared(request)
    if form := request.GET.get("format"):
        return _file(request, asked, form)
    context = _head(request, asked)
    if asked.possible:
        context |= _tables(asked)
    # The table of runs stands apart from the tables of pairs and problems, and is sorted for itself.
    part = "compare_runs" if request.htmx.target == "compared-runs" else "compare_part"
    response = answer(request, "compare", part, context, asked.choice.address(request.path))
    patch_vary_headers(response, ["HX-Target"])
    return response


@require_safe
def compare_chart(request: HttpRequest) -> HttpResponse:
    """The pass@k curves, on the shared problems."""
    asked = _compared(request)
    if not asked.possible:
        raise NotFound("These runs share no problem.", [("Compare runs", reverse("compare"))])
    curves = compare_charts.curves(asked.comparison, asked.names)
    figure = charts.curve_figure(curves, choices.plot_width(request.GET))
    return HttpResponse(figure, content_type="application/json")


@require_safe
def compare_offered(request: HttpRequest) -> HttpResponse:
    """Runs that can be added, for the chooser's list: those whose model holds the text `add`."""
    runs = chosen_runs(asked_runs(request.GET), request.user)
    context = {"offered": _offered(request, runs)}
    return render(request, "leaderboard/compare_offered.html", context)


def _compared(request: HttpRequest) -> Compared:
    ids = asked_runs(request.GET)
    found = chosen_runs(ids, request.user) if ids else []
    runs = [run for run in found if comparable(run)]
    compared = comparison(runs)
    return Compared(
        comparison=compared,
        choice=parse_choice(request.GET, compared),
        names=compare_words.labels(runs),
        said=compare_words.missing(ids, found),
    )


def _head(request: HttpRequest, asked: Compared) -> dict[str, Any]:
    runs = asked.comparison.runs
    benchmark = runs[0].benchmark if runs else None
    full = len(runs) >= MOST_RUNS
    listed = not asked.possible or "add" in request.GET
    return {
        "benchmark": benchmark,
        "compared": [_chosen(asked, place) for place in range(len(runs))],
        "said": asked.said,
        "possible": asked.possible,
        "no_problem": len(runs) > 1 and not asked.possible,
        "choice": asked.choice,
        "path": request.path,
        "full": full,
        "most": MOST_RUNS,
        "added": choices.text_of(request.GET, "add"),
        "offered": _offered(request, runs) if listed and not full else [],
        "run_ids": ",".join(run_word(run.pk) for run in runs),
    }


def _chosen(asked: Compared, place: int) -> dict[str, str]:
    run = asked.comparison.runs[place]
    others = [pk for pk in asked.choice.runs if pk != run.pk]
    return {
        "name": asked.names[place],
        "address": reverse("run", args=[run.pk]),
        "without": asked.choice.with_runs(others).address(reverse("compare")),
    }


def _offered(request: HttpRequest, runs: Sequence[Run]) -> list[dict[str, str]]:
    found = offered_runs(runs, choices.text_of(request.GET, "add"), request.user)
    path = reverse("compare")
    ids = [run.pk for run in runs]
    kept = CompareChoice(runs=tuple(ids))
    return [
        {
            "name": run.model.name,
            "address": kept.with_runs([*ids, run.pk]).address(path),
            "about": _about(run),
        }
        for run in found
    ]


def _about(run: Run) -> str:
    parts = [
        run.benchmark.name,
        f"T {formatting.plain_number(run.temperature)}" if run.temperature is not None else "",
        f"n {formatting.samples_text(run.n_min, run.n_max)}",
        f"run {run.pk}",
    ]
    return ", ".join(part for part in parts if part)


def _tables(asked: Compared) -> dict[str, Any]:
    compared, choice, names = asked.comparison, asked.choice, asked.names
    pairs = pair_results(compared, choice.k)
    rows = compare_problems.compared_rows(compared, choice)
    figures = compare_rows.run_figures(compared, choice.k)
    path = reverse("compare")
    files = {name: choice.address(path, table=name, format="csv") for name in (_PAIRS, _RUNS)}
    return (
        compare_rows.run_table(compared, names, figures, choice)
        | compare_rows.pair_table(compare_rows.ordered_pairs(compared, pairs, choice), names, choice)
        | compare_problems.problem_table(compared, names, rows, choice)
        | {
            "verdict": compare_words.verdict(names, compared, pairs, choice.k),
            "notes": compare_words.notes(compared, names, compared.runs[0].benchmark.problem_count),
            "k": choice.k,
            "ks": compare_rows.k_links(compared, choice),
            "chart": compare_charts.curve_box(compared, names, figures),
            "csv": choice.address(path, format="csv"),
            "pairs_csv": files[_PAIRS],
            "runs_csv": files[_RUNS],
        }
    )


def _file(request: HttpRequest, asked: Compared, form: str) -> HttpResponse:
    """One of the tables; the problems unless another one is named."""
    compared, choice, names = asked.comparison, asked.choice, asked.names
    if not asked.possible:
        raise NotFound("These runs share no problem.", [("Compare runs", reverse("compare"))])
    table = choices.one_of(request.GET, "table", (_PROBLEMS, _PAIRS, _RUNS))
    name = f"compare-{'-'.join(map(str, choice.runs))}-{table}"
    if table == _RUNS:
        figures = compare_rows.run_figures(compared, choice.k)
        places = compare_rows.ordered_places(compared, figures, choice)
        rows = [compare_rows.run_record(compared, names, figures, place) for place in places]
        return exports.table(form, name, rows)
    if table == _PAIRS:
        ordered = compare_rows.ordered_pairs(compared, pair_results(compared, choice.k), choice)
        rows = [compare_rows.pair_record(pair, groups, names, compared.runs) for pair, groups in ordered]
        return exports.table(form, name, rows)
    wanted = compare_problems.chosen_rows(compare_problems.compared_rows(compared, choice), choice)
    rows = [compare_problems.record(compared, row) for row in wanted]
    return exports.table(form, name, rows, compare_problems.record_columns(compared))
