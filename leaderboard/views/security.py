"""Security findings of a run, and of all runs on a benchmark: counted, explained, marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from evaluator.security import RULES, WEAKNESSES
from evaluator.security.version import rules_version
from leaderboard.formatting import counted
from leaderboard.models import Run
from leaderboard.queries import security as queries
from leaderboard.queries.marks import precisions
from leaderboard.queries.security import RuleCount, Wanted
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
_CELLS = 10


@require_safe
def run_security(request: HttpRequest, pk: int) -> HttpResponse:
    """A run's findings; `?format=csv|json|tex|sarif` are the findings, `&table=rules` the table of rules."""
    run = found_run(request, pk)
    choice = security_choice(request.GET)
    if request.GET.get("format"):
        return _file(request, [run], choice, f"run-{run.pk}")
    context = _context(request, [run], choice) | {
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
    rows = security_runs.run_records(runs, queries.counts_by_problem(runs))
    if form:
        return exports.table(form, f"{benchmark.slug}-security-models", rows)
    ordered = security_runs.in_choice(rows, choice)
    by_id = {run.pk: run for run in runs}
    listed = [by_id[row["run"]] for row in ordered]
    counted_by_run = queries.samples_by_run(runs, choice.wanted)
    context = _context(request, chosen, choice) | {
        "benchmark": benchmark,
        "runs": [(run.pk, security_rows.run_name(run)) for run in runs],
        "models": security_runs.run_texts(ordered, runs),
        "models_head": head_cells(
            RUN_COLUMNS, choice.run_order, lambda order: choice.runs_by(order).address(request.path)
        ),
        "models_csv": choice.address(request.path, table="models", format="csv"),
        "matrix": security_rows.model_matrix(counted_by_run, listed, choice, request.path),
    }
    return answer(request, "security", "security_part", context, choice.address(request.path))


def _file(request: HttpRequest, runs: Sequence[Run], choice: SecurityChoice, name: str) -> HttpResponse:
    form = request.GET.get("format", "")
    if request.GET.get("table") != "rules":
        return security_files.findings_file(form, name, runs, choice.wanted)
    table = _rule_table(runs, choice.wanted)
    records = [table.record(row) for row in table.sorted_counts(choice)]
    return exports.table(form, f"{name}-security-rules", records, security_rows.RULE_RECORD)


def _rule_table(runs: Sequence[Run], wanted: Wanted) -> security_rows.RuleTable:
    counts = queries.rule_counts(runs, wanted)
    return security_rows.RuleTable(counts, precisions(), sum(run.samples for run in runs))


def _context(request: HttpRequest, runs: Sequence[Run], choice: SecurityChoice) -> dict[str, Any]:
    path, table = request.path, _rule_table(runs, choice.wanted)
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
        **_programs(runs, choice, table, path),
    }


def _programs(
    runs: Sequence[Run], choice: SecurityChoice, table: security_rows.RuleTable, path: str
) -> dict[str, Any]:
    """The cards of this page. Blobs of at most _CELLS cells are opened, unless a text is looked for."""
    cell_ids = queries.cells_with(runs, choice.wanted)
    pages = max(1, -(-len(cell_ids) // _CELLS))
    page = min(choice.page, pages)
    portion = cell_ids[(page - 1) * _CELLS : page * _CELLS]
    by_id, with_runs = {run.pk: run for run in runs}, len(runs) > 1
    programs = (program for _, program in queries.programs_of(portion, by_id, choice.wanted))
    return {
        "problems": problem_cards(programs, table.precisions, with_runs=with_runs),
        "page": page,
        "pages": pages,
        "cell_count": _cell_count(len(cell_ids), with_runs=with_runs),
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


def _cell_count(cells: int, *, with_runs: bool) -> str:
    if with_runs:
        return f"{counted(cells, 'problem')} of {'a run' if cells == 1 else 'runs'}"
    return counted(cells, "problem")
