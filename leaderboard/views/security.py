"""Security findings of a run, and of all runs on a benchmark: counted, explained, marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from evaluator.security import RULES, WEAKNESSES
from evaluator.security.version import rules_version
from leaderboard.board_cache import remembered
from leaderboard.formatting import counted
from leaderboard.models import Run
from leaderboard.queries import security as queries
from leaderboard.queries.marks import Precision, precisions
from leaderboard.queries.security import Found, Place, RuleCount
from leaderboard.tables import head_cells
from leaderboard.views import exports, security_files, security_rows, security_runs
from leaderboard.views.board import found_benchmark
from leaderboard.views.pages import answer
from leaderboard.views.runs import found_run
from leaderboard.views.security_choice import (
    COLUMNS,
    RUN_COLUMNS,
    SEVERITIES,
    SecurityChoice,
    security_choice,
)
from leaderboard.views.security_programs import problem_cards

# Cells whose flagged programs one page shows.
_CELLS = 6
# Rows of the table of models; the others are in its file and in the filter line.
_MODELS = 50


@require_safe
def run_security(request: HttpRequest, pk: int) -> HttpResponse:
    """A run's findings; `?format=csv|json|tex|sarif` are the findings, `&table=rules` the table of rules."""
    run = found_run(request, pk)
    choice = security_choice(request.GET)
    if request.GET.get("format"):
        return _file(request, [run], choice, f"run-{run.pk}")
    context = _context(request, [run], choice, queries.found([run], choice.wanted)) | {
        "run": run,
        "benchmark": run.benchmark,
        "headline": {
            "flagged": security_rows.figure(run.security.get("flagged")),
            "passed_flagged": security_rows.figure(run.security.get("passed_flagged")),
        },
        "secure": security_rows.secure_rows(run),
        "scored": run.status == Run.Status.DONE,
    }
    return answer(request, "security", "security_part", context, choice.address(request.path))


@require_safe
def benchmark_security(request: HttpRequest, slug: str) -> HttpResponse:
    """The findings of all measured runs that the reader's board shows; `&table=models` is a file, too."""
    benchmark = found_benchmark(slug)
    choice = security_choice(request.GET)
    runs = queries.scanned_runs(benchmark, request.user)
    chosen = [run for run in runs if choice.run in (0, run.pk)] or runs
    form = request.GET.get("format", "")
    if form and request.GET.get("table") != "models":
        return _file(request, chosen, choice, benchmark.slug)
    rows = remembered(
        "security-models",
        (benchmark.board_key, [run.pk for run in runs]),
        lambda: security_runs.run_records(runs, queries.counts_by_problem(runs)),
    )
    if form:
        return exports.table(form, f"{benchmark.slug}-security-models", rows)
    ordered = security_runs.in_choice(rows, choice)
    context = _context(request, chosen, choice, queries.found_in(benchmark, chosen, choice.wanted)) | {
        "benchmark": benchmark,
        "runs": [(run.pk, security_rows.run_name(run)) for run in runs],
        "models": security_runs.run_texts(ordered[:_MODELS], runs),
        "model_count": _model_count(len(ordered)),
        "models_head": head_cells(
            RUN_COLUMNS, choice.run_order, lambda order: choice.runs_by(order).address(request.path)
        ),
        "models_csv": choice.address(request.path, table="models", format="csv"),
        "matrix": security_rows.model_matrix(
            queries.found_in(benchmark, runs, choice.wanted).by_run,
            security_runs.runs_of(ordered, runs),
            choice,
            request.path,
        ),
    }
    return answer(request, "security", "security_part", context, choice.address(request.path))


def _file(request: HttpRequest, runs: Sequence[Run], choice: SecurityChoice, name: str) -> HttpResponse:
    form = request.GET.get("format", "")
    if request.GET.get("table") != "rules":
        return security_files.findings_file(form, name, runs, choice.wanted)
    table = _rule_table(runs, queries.found(runs, choice.wanted))
    records = [table.record(row) for row in table.sorted_counts(choice)]
    return exports.table(form, f"{name}-security-rules", records, security_rows.RULE_RECORD)


def _rule_table(runs: Sequence[Run], found: Found) -> security_rows.RuleTable:
    return security_rows.RuleTable(found.counts, precisions(), sum(run.samples for run in runs))


def _context(
    request: HttpRequest, runs: Sequence[Run], choice: SecurityChoice, found: Found
) -> dict[str, Any]:
    path, table = request.path, _rule_table(runs, found)
    places = queries.places_with(found.places, runs, choice.wanted)
    return {
        "path": path,
        "choice": choice,
        "severities": [severity.value for severity in SEVERITIES],
        "rule_choices": _rule_choices(choice),
        "weakness_choices": [
            (number, WEAKNESSES[number].title) for number in sorted({rule.cwe for rule in RULES.values()})
        ],
        "head": head_cells(COLUMNS, choice.order, lambda order: choice.sorted_by(order).address(path)),
        "rules": table.texts(choice, path),
        "weaknesses": security_rows.weakness_rows(table.counts, choice, path),
        "counts": _counts(table.counts, runs),
        "asked_hidden": "asked" not in choice.only,
        "csv": choice.address(path, table="rules", format="csv"),
        "findings_csv": choice.address(path, format="csv"),
        "sarif": choice.address(path, format="sarif"),
        "old": sum(run.rules_version != rules_version() for run in runs if run.status == Run.Status.DONE),
        **_programs(runs, choice, table.precisions, places, path),
    }


def _programs(
    runs: Sequence[Run],
    choice: SecurityChoice,
    known: Mapping[str, Precision],
    places: Sequence[Place],
    path: str,
) -> dict[str, Any]:
    """The cards of this page: blobs of at most _CELLS cells are opened."""
    pages = max(1, -(-len(places) // _CELLS))
    page = min(choice.page, pages)
    portion, with_runs = places[(page - 1) * _CELLS : page * _CELLS], len(runs) > 1
    programs = (program for _, program in queries.programs_at(portion, runs, choice.wanted))
    return {
        "problems": problem_cards(programs, known, with_runs=with_runs),
        "page": page,
        "pages": pages,
        "cell_count": _cell_count(len(places), with_runs=with_runs),
        "previous": choice.on_page(page - 1).address(path) if page > 1 else "",
        "next": choice.on_page(page + 1).address(path) if page < pages else "",
    }


def _rule_choices(choice: SecurityChoice) -> list[tuple[str, str]]:
    known = sorted((rule.id, f"{rule.id} {rule.title}") for rule in RULES.values())
    return known if choice.rule in ("", *RULES) else [*known, (choice.rule, choice.rule)]


def _counts(counts: Sequence[RuleCount], runs: Sequence[Run]) -> str:
    rules = counted(len({row.rule for row in counts}), "rule")
    samples = counted(sum(run.samples for run in runs), "sample")
    return f"{rules} found something in {samples} of {counted(len(runs), 'run')}"


def _model_count(runs: int) -> str:
    return f"{_MODELS} of {runs} runs; all are in the files" if runs > _MODELS else counted(runs, "run")


def _cell_count(cells: int, *, with_runs: bool) -> str:
    if with_runs:
        return f"{counted(cells, 'problem')} of {'a run' if cells == 1 else 'runs'}"
    return counted(cells, "problem")
