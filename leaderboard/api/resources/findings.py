"""/runs/{run}/findings and /benchmarks/{slug}/rules: security findings, counted, explained, marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router
from ninja.responses import Status

from evaluator.security import RULES
from leaderboard.api import found
from leaderboard.api.operations import JSON, reads, writes
from leaderboard.api.paging import around
from leaderboard.api.problems import NOT_FOUND, ApiProblem
from leaderboard.api.schemas.common import Bounded, RunId, Slug
from leaderboard.api.schemas.findings import (
    FindingPage,
    FindingsQuery,
    FlaggedProgramOut,
    MarkedFinding,
    MarkIn,
    MarkOut,
    RuleList,
    RuleOut,
    RulesQuery,
)
from leaderboard.errors import Refused
from leaderboard.models import FindingMark, Run
from leaderboard.queries import security as queries
from leaderboard.queries.marks import FindingKey, Precision, marks_of, precisions
from leaderboard.services.marks import Marked, mark
from leaderboard.views.security_choice import ASKED, PASSING, SecurityChoice

router = Router(tags=["Findings"])


@router.get("/runs/{run}/findings", response=FindingPage, summary="Flagged programs of a run", **reads())
def list_findings(request: HttpRequest, run: RunId, query: Query[FindingsQuery]) -> Any:
    """Program by program, with code, findings and what reviewers said of them."""
    rows = [found.run(request, run)]
    wanted = _wanted(query, query.q)
    places = queries.places_with(queries.found(rows, wanted).places, rows, wanted)
    programs = [program for _, program in queries.programs_at(places[query.slice], rows, wanted)]
    marks = marks_of([program.key for program in programs])
    items = [_program(program, marks) for program in programs]
    return FindingPage(items=items, **around(request, query, len(places)))


@router.get("/runs/{run}/rules", response=RuleList, summary="Rules that flag it", **reads())
def list_run_rules(request: HttpRequest, run: RunId, query: Query[RulesQuery]) -> Any:
    """The most frequent one first, with how often each was right so far."""
    rows = [found.run(request, run)]
    return _rules(rows, queries.found(rows, _wanted(query)).counts)


@router.get("/benchmarks/{slug}/rules", response=RuleList, summary="Rules over all runs", **reads())
def list_benchmark_rules(request: HttpRequest, slug: Slug, query: Query[RulesQuery]) -> Any:
    """Over the measured runs that you see."""
    benchmark = found.benchmark(slug)
    runs = queries.scanned_runs(benchmark, request.user)
    return _rules(runs, queries.found_in(benchmark, runs, _wanted(query)).counts)


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
    return Status(201, _mark(made))


def _wanted(query: RulesQuery, text: str = "") -> queries.Wanted:
    only = [name for name, on in ((PASSING, query.passing), (ASKED, query.asked)) if on]
    text = " ".join(text.split())
    return SecurityChoice(text, query.rule, query.cwe, query.severity, tuple(only)).wanted


def _program(
    program: queries.FlaggedProgram, marks: dict[FindingKey, Sequence[FindingMark]]
) -> FlaggedProgramOut:
    findings = []
    for one in program.findings:
        given = marks.get((program.problem_id, program.key, one.rule, one.line), ())
        said = [_mark(row) for row in given]
        findings.append(MarkedFinding(**asdict(one), asked_for=one.rule in program.asked_for, marks=said))
    return FlaggedProgramOut(
        run=program.run.pk,
        task_id=program.task_id,
        program=program.index,
        samples=program.samples,
        verdict=program.verdict,
        code=program.source,
        findings=findings,
    )


def _mark(row: FindingMark) -> MarkOut:
    author = row.author.get_username() if row.author else None
    return MarkOut(word=row.word, comment=row.comment, author=author, at=row.created_at)


def _rules(runs: Sequence[Run], counts: Sequence[queries.RuleCount]) -> RuleList:
    known = precisions()
    items = [_rule(count, known.get(count.rule)) for count in counts]
    return RuleList(runs=len(runs), samples=sum(run.samples for run in runs), items=items)


def _rule(count: queries.RuleCount, precision: Precision | None) -> RuleOut:
    rule = RULES.get(count.rule)
    interval = precision.interval if precision else None
    return RuleOut(
        rule=count.rule,
        title=rule.title if rule else "",
        cwe=rule.cwe if rule else None,
        asked_for=count.asked_for,
        samples=count.samples,
        passed=count.passed,
        problems=count.problems,
        precision=Bounded(value=precision.value, low=interval.low, high=interval.high)
        if precision and interval
        else None,
        marked=precision.marked if precision else 0,
    )
