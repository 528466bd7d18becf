"""The failure browser: one problem of one run, its samples in groups of identical failure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from leaderboard.formatting import counted
from leaderboard.highlight import highlight
from leaderboard.models import Cell, Run
from leaderboard.queries.behaviours import runs_on
from leaderboard.queries.failures import (
    FailureGroup,
    Neighbours,
    ProgramRow,
    cell_of,
    groups_of,
    matching,
    neighbours,
    rules_of,
)
from leaderboard.verdict_words import VERDICT_WORDS
from leaderboard.views.errors import NotFound
from leaderboard.views.failure_difference import comparison
from leaderboard.views.failure_elsewhere import elsewhere
from leaderboard.views.failure_place import Place, filters_by_verdict, place_of
from leaderboard.views.failure_rows import group_lines, opened_program
from leaderboard.views.run_rows import verdict_bar
from leaderboard.views.runs import found_run
from leaderboard.views.security_programs import opened_findings

Opened = tuple[FailureGroup, ProgramRow]


@require_safe
def failures(request: HttpRequest, pk: int, task_id: str) -> HttpResponse:
    """The page; `?program=<index>` opens another program, `&format=py` downloads it."""
    run = found_run(request, pk)
    cell = cell_of(run, task_id)
    if cell is None:
        raise NotFound(
            f"Run {pk} has no samples of a problem “{task_id}”.", [("The run", reverse("run", args=[pk]))]
        )
    place = place_of(request.GET, pk, task_id)
    groups = groups_of(cell)
    if request.GET.get("format"):
        return _download(groups, place.program, pk)
    shown = matching(groups, place.verdict, place.finding, place.text)
    context = _page(run, cell, groups, place)
    opened = _opened(shown, place)
    if opened:
        context |= _groups_context(shown, opened, place) | _program_context(groups, opened, cell, place)
        context["findings"] = opened_findings(run, cell, opened[1])
        context["elsewhere"] = elsewhere(runs_on(cell.problem, request.user), opened[0], place)
    response = render(request, "leaderboard/failures.html", context)
    if request.htmx:  # type: ignore[attr-defined]
        response["HX-Push-Url"] = place.canonical
    return response


def _opened(groups: Sequence[FailureGroup], place: Place) -> Opened | None:
    """The asked program with its group, or the asked group, else the first one with its representative."""
    for group in groups:
        for row in group.programs:
            if row.index == place.program:
                return group, row
    asked = next((group for group in groups if group.key == place.behaviour), None)
    shown = asked or next(iter(groups), None)
    return (shown, shown.programs[0]) if shown else None


def _page(run: Run, cell: Cell, groups: list[FailureGroup], place: Place) -> dict[str, Any]:
    counts = {group.verdict: 0 for group in groups}
    for group in groups:
        counts[group.verdict] += group.samples
    if run.has_counts_only:
        counts = dict(cell.verdict_counts)
    return {
        "run": run,
        "benchmark": run.benchmark,
        "problem": cell.problem,
        "cell": cell,
        "place": place,
        "path": reverse("failures", args=[run.pk, cell.problem.task_id]),
        "scored": cell.status == Cell.Status.DONE,
        "verdict_bar": verdict_bar(counts, filters_by_verdict(groups, place)),
        "rules": [
            (rule, count, place.address(finding=rule, verdict="")) for rule, count in rules_of(groups).items()
        ],
        "filter_word": VERDICT_WORDS.get(place.verdict),
        "match_word": place.finding or (VERDICT_WORDS[place.verdict].word if place.verdict else "failing"),
        "unfiltered": place.address(verdict="", finding="", q=""),
        "prompt": highlight(cell.problem.prompt),
        "tests": highlight(cell.problem.test),
        "steps": _steps(neighbours(run, cell.problem.task_id, place.verdict, place.finding), place),
    }


def _groups_context(groups: Sequence[FailureGroup], opened: Opened, place: Place) -> dict[str, Any]:
    at = groups.index(opened[0])
    around = {"previous_group": at - 1, "next_group": at + 1}
    return {
        "groups": group_lines(groups, opened[0], place),
        "group_title": _group_title(groups),
    } | {
        name: place.opening(groups[other].programs[0].index) if 0 <= other < len(groups) else ""
        for name, other in around.items()
    }


def _program_context(
    groups: Sequence[FailureGroup], opened: Opened, cell: Cell, place: Place
) -> dict[str, Any]:
    group, row = opened
    return {
        "program": opened_program(row, group, cell.problem.prompt, place),
        "comparison": comparison(groups, row, cell.problem, place),
    }


def _group_title(groups: Sequence[FailureGroup]) -> str:
    samples = sum(group.samples for group in groups)
    return f"{counted(samples, 'sample')}, ending in {counted(len(groups), 'way')}"


def _steps(around: Neighbours, place: Place) -> dict[str, Any]:
    """Addresses of the problems around; those that match keep the filter."""
    return {
        "previous": around.previous and place.at(around.previous).address(verdict="", finding=""),
        "next": around.next and place.at(around.next).address(verdict="", finding=""),
        "previous_match": around.previous_match and place.at(around.previous_match).address(),
        "next_match": around.next_match and place.at(around.next_match).address(),
        "position": around.position,
        "total": around.total,
    }


def _download(groups: Sequence[FailureGroup], index: int | None, pk: int) -> HttpResponse:
    rows = (row for group in groups for row in group.programs if row.index == index)
    row = next(rows, None)
    if row is None:
        raise NotFound("There is no such program: ask for one with ?program=<index>&format=py.")
    body = row.source.encode("utf-8", "surrogatepass")
    response = HttpResponse(body, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="run-{pk}-program-{row.index}.py"'
    return response
