"""The failure browser: one problem of one run, its samples in groups of identical failure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from leaderboard.formatting import counted
from leaderboard.forms.filters import FailureFilterForm
from leaderboard.highlight import highlight
from leaderboard.models import Cell, Run
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
from leaderboard.views.failure_rows import Place, group_lines, opened_program
from leaderboard.views.run_rows import verdict_bar
from leaderboard.views.runs import found_run


@require_safe
def failures(request: HttpRequest, pk: int, task_id: str) -> HttpResponse:
    """The page; `?program=<index>` opens another program, `&format=py` downloads it."""
    run = found_run(request, pk)
    cell = cell_of(run, task_id)
    if cell is None:
        raise NotFound(
            f"Run {pk} has no samples of a problem “{task_id}”.", [("The run", reverse("run", args=[pk]))]
        )
    form = FailureFilterForm(request.GET)
    form.full_clean()
    asked = form.cleaned_data
    groups = groups_of(cell)
    if request.GET.get("format"):
        return _download(groups, asked.get("program"), pk)
    place = Place(pk, task_id, asked.get("verdict", ""), asked.get("finding", ""))
    shown = matching(groups, place.verdict, place.finding)
    opened = _opened(shown, asked.get("program"))
    context = _page(run, cell, groups, place) | _opened_context(shown, opened, cell, place)
    return render(request, "leaderboard/failures.html", context)


def _opened(groups: Sequence[FailureGroup], index: int | None) -> tuple[FailureGroup, ProgramRow] | None:
    """The asked program with its group, else the most frequent one of the first group."""
    for group in groups:
        for row in group.programs:
            if row.index == index:
                return group, row
    return (groups[0], groups[0].programs[0]) if groups else None


def _page(run: Run, cell: Cell, groups: Sequence[FailureGroup], place: Place) -> dict[str, Any]:
    counts = {group.verdict: 0 for group in groups}
    for group in groups:
        counts[group.verdict] += group.samples
    filters = {name: place.address(verdict=name, finding="") for name in counts}
    return {
        "run": run,
        "benchmark": run.benchmark,
        "problem": cell.problem,
        "cell": cell,
        "scored": cell.status == Cell.Status.DONE,
        "verdict_bar": verdict_bar(counts, filters),
        "rules": [
            (rule, count, place.address(finding=rule, verdict="")) for rule, count in rules_of(groups).items()
        ],
        "filter_word": VERDICT_WORDS.get(place.verdict),
        "filter_rule": place.finding,
        "match_word": place.finding or (VERDICT_WORDS[place.verdict].word if place.verdict else "failing"),
        "unfiltered": place.address(verdict="", finding=""),
        "prompt": highlight(cell.problem.prompt),
        "tests": highlight(cell.problem.test),
        "steps": _steps(neighbours(run, cell.problem.task_id, place.verdict, place.finding), place),
    }


def _opened_context(
    groups: Sequence[FailureGroup], opened: tuple[FailureGroup, ProgramRow] | None, cell: Cell, place: Place
) -> dict[str, Any]:
    if opened is None:
        return {"groups": [], "program": None}
    group, row = opened
    at = groups.index(group)
    around = {"previous_group": at - 1, "next_group": at + 1}
    return {
        "groups": group_lines(groups, group, place),
        "group_title": _group_title(groups),
        "program": opened_program(row, group, cell.problem.prompt, place),
    } | {
        name: place.address(program=groups[other].programs[0].index) if 0 <= other < len(groups) else ""
        for name, other in around.items()
    }


def _group_title(groups: Sequence[FailureGroup]) -> str:
    samples = sum(group.samples for group in groups)
    return f"{counted(samples, 'sample')}, ending in {counted(len(groups), 'way')}"


def _steps(around: Neighbours, place: Place) -> dict[str, Any]:
    """Addresses of the problems around; those that match keep the filter."""
    return {
        "previous": around.previous and place.address(around.previous, verdict="", finding=""),
        "next": around.next and place.address(around.next, verdict="", finding=""),
        "previous_match": around.previous_match and place.address(around.previous_match),
        "next_match": around.next_match and place.address(around.next_match),
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
