"""/runs/{run}/findings and /benchmarks/{slug}/rules: security findings, counted, explained, marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router
from ninja.responses import Status

from evaluator.security.version import rules_version
from leaderboard.api import found
from leaderboard.api.findings_out import (
    mark_out,
    program_out,
    rules_out,
    security_out,
    wanted_of,
    weaknesses_out,
)
from leaderboard.api.operations import JSON, reads, writes
from leaderboard.api.paging import around
from leaderboard.api.problems import NOT_FOUND, ApiProblem
from leaderboard.api.schemas.common import RunId, Slug
from leaderboard.api.schemas.findings import (
    BenchmarkFindingsQuery,
    BenchmarkSecurity,
    FindingPage,
    FindingsQuery,
    MarkIn,
    MarkOut,
    RuleList,
    RulesQuery,
    RunFlagsOut,
    WeaknessList,
)
from leaderboard.errors import Refused
from leaderboard.models import Run
from leaderboard.queries import security as queries
from leaderboard.queries.marks import marks_of
from leaderboard.services.marks import Marked, mark
from leaderboard.views.security_runs import run_records

router = Router(tags=["Findings"])


@router.get("/runs/{run}/findings", response=FindingPage, summary="Flagged programs of a run", **reads())
def list_findings(request: HttpRequest, run: RunId, query: Query[FindingsQuery]) -> Any:
    """Program by program, with code, findings and what reviewers said of them."""
    rows = [found.run(request, run)]
    wanted = wanted_of(query, query.q)
    return _findings(request, query, rows, wanted, queries.found(rows, wanted).places)


@router.get("/runs/{run}/rules", response=RuleList, summary="Rules that flag it", **reads())
def list_run_rules(request: HttpRequest, run: RunId, query: Query[RulesQuery]) -> Any:
    """The most frequent one first, with how often each was right so far."""
    rows = [found.run(request, run)]
    return rules_out(rows, queries.found(rows, wanted_of(query)).counts)


@router.get("/benchmarks/{slug}/rules", response=RuleList, summary="Rules over all runs", **reads())
def list_benchmark_rules(request: HttpRequest, slug: Slug, query: Query[RulesQuery]) -> Any:
    """Over the measured runs that you see."""
    benchmark = found.benchmark(slug)
    runs = queries.scanned_runs(benchmark, request.user)
    return rules_out(runs, queries.found_in(benchmark, runs, wanted_of(query)).counts)


@router.get("/runs/{run}/weaknesses", response=WeaknessList, summary="Weaknesses in it", **reads())
def list_run_weaknesses(request: HttpRequest, run: RunId, query: Query[RulesQuery]) -> Any:
    rows = [found.run(request, run)]
    return _weaknesses(rows, queries.found(rows, wanted_of(query)).counts)


@router.get(
    "/benchmarks/{slug}/weaknesses", response=WeaknessList, summary="Weaknesses over all runs", **reads()
)
def list_benchmark_weaknesses(request: HttpRequest, slug: Slug, query: Query[RulesQuery]) -> Any:
    """Over the measured runs that you see."""
    benchmark = found.benchmark(slug)
    runs = queries.scanned_runs(benchmark, request.user)
    return _weaknesses(runs, queries.found_in(benchmark, runs, wanted_of(query)).counts)


@router.get(
    "/benchmarks/{slug}/findings",
    response=FindingPage,
    summary="Flagged programs of all runs",
    **reads(),
)
def list_benchmark_findings(request: HttpRequest, slug: Slug, query: Query[BenchmarkFindingsQuery]) -> Any:
    """Of the measured runs that you see, problem by problem, as /runs/{run}/findings tells them."""
    benchmark = found.benchmark(slug)
    runs = queries.scanned_runs(benchmark, request.user)
    chosen = [run for run in runs if query.run in (None, run.pk)]
    if not chosen and query.run is not None:
        raise ApiProblem(NOT_FOUND, f"{benchmark.name} has no measured run {query.run} that you see.")
    wanted = wanted_of(query, query.q)
    return _findings(request, query, chosen, wanted, queries.found_in(benchmark, chosen, wanted).places)


@router.get(
    "/benchmarks/{slug}/security", response=BenchmarkSecurity, summary="How secure its runs are", **reads()
)
def get_benchmark_security(request: HttpRequest, slug: Slug, query: Query[RulesQuery]) -> Any:
    """pass@1 beside secure-pass@1 (passes and has no finding) of the measured runs that you see, each against
    the most secure one; and which rule flags how many samples of which run."""
    benchmark = found.benchmark(slug)
    runs = queries.scanned_runs(benchmark, request.user)
    by_run = queries.found_in(benchmark, runs, wanted_of(query)).by_run
    records = run_records(runs, queries.counts_by_problem(runs))
    samples = {run.pk: run.samples for run in runs}
    return BenchmarkSecurity(
        items=[security_out(row, samples[row["run"]]) for row in records],
        flags=[RunFlagsOut(rule=rule, run=pk, samples=count) for (rule, pk), count in sorted(by_run.items())],
        outdated=sum(run.rules_version != rules_version() for run in runs),
    )


@router.post(
    "/runs/{run}/findings/marks",
    response={201: MarkOut},
    summary="Mark a finding",
    **writes(takes=(JSON,)),
)
def mark_finding(request: HttpRequest, run: RunId, body: MarkIn) -> Any:
    """Confirmed or a false alarm. Equal programs of other runs have the same finding, and its marks."""
    cell = found.cell(found.run(request, run), body.task_id)
    finding = Marked(body.program, body.rule, body.line)
    try:
        made = mark(cell, finding, body.word, request.user, body.comment)
    except Refused as refusal:
        raise ApiProblem(NOT_FOUND, str(refusal)) from refusal
    return Status(201, mark_out(made))


def _findings(
    request: HttpRequest,
    query: FindingsQuery,
    runs: Sequence[Run],
    wanted: queries.Wanted,
    known: Sequence[queries.Place],
) -> FindingPage:
    places = queries.places_with(known, runs, wanted)
    programs = [program for _, program in queries.programs_at(places[query.slice], runs, wanted)]
    marks = marks_of([program.key for program in programs])
    items = [program_out(program, marks) for program in programs]
    return FindingPage(items=items, **around(request, query, len(places)))


def _weaknesses(runs: Sequence[Run], counts: Sequence[queries.RuleCount]) -> WeaknessList:
    samples = sum(run.samples for run in runs)
    return WeaknessList(runs=len(runs), samples=samples, items=weaknesses_out(counts))
