"""One problem of the compared runs: their samples side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from evaluator.records import Detail
from leaderboard.formatting import counted, percent
from leaderboard.highlight import highlight
from leaderboard.models import Run
from leaderboard.queries.compare import chosen_runs, comparable, comparison
from leaderboard.queries.compare_samples import Around, RunSamples, around, samples_of
from leaderboard.queries.failures import FailureGroup, ProgramRow
from leaderboard.verdict_words import VERDICT_WORDS
from leaderboard.views import choices
from leaderboard.views.compare_choice import CompareChoice, asked_runs, parse_choice
from leaderboard.views.compare_problems import samples_address
from leaderboard.views.compare_words import labels
from leaderboard.views.errors import NotFound
from leaderboard.views.failing_call import failing_call
from leaderboard.views.failure_rows import summary
from leaderboard.views.run_rows import failures_address, verdict_bar
from leaderboard.visible import visible_detail

_SHOWN_GROUPS = 8
_LINE_CHARACTERS = 80


@require_safe
def compare_samples(request: HttpRequest, task_id: str) -> HttpResponse:
    """The page; `?open=<run>-<program>,…` opens other programs than the most frequent ones."""
    runs = [run for run in chosen_runs(asked_runs(request.GET), request.user) if comparable(run)]
    compared = comparison(runs)
    if task_id not in compared.places:
        nearby = [("Compare runs", reverse("compare"))]
        raise NotFound(f"The chosen runs do not all have samples of a problem “{task_id}”.", nearby)
    choice = parse_choice(request.GET, compared)
    opened = _opened(request.GET)
    found = samples_of(runs, task_id)
    names = labels(runs)
    problem = found[0].problem
    context = {
        "benchmark": runs[0].benchmark,
        "task_id": task_id,
        "entry_point": problem.entry_point,
        "prompt": highlight(problem.prompt),
        "back": choice.address(reverse("compare")),
        "steps": _steps(around(compared, task_id, choice.rule), choice),
        "columns": [
            _column(one, name, opened, choice, task_id) for one, name in zip(found, names, strict=True)
        ],
    }
    return render(request, "leaderboard/compare_samples.html", context)


def _opened(query: QueryDict) -> dict[int, int]:
    """Program by run of `?open=12-3,15-0`; what is not of this form is left out."""
    pairs = (value.partition("-") for value in choices.listed(query, "open"))
    return {
        int(run): int(program)
        for run, _, program in pairs
        if run.isdecimal() and program.isdecimal() and len(run + program) < 18
    }


def _column(
    one: RunSamples, name: str, opened: Mapping[int, int], choice: CompareChoice, task_id: str
) -> dict[str, Any]:
    run = one.run
    shown = _shown(one, opened.get(run.pk))

    def address(group: FailureGroup) -> str:
        others = {**opened, run.pk: group.programs[0].index}
        state = ",".join(f"{pk}-{index}" for pk, index in sorted(others.items()))
        base = samples_address(task_id, choice)
        return f"{base}{'&' if '?' in base else '?'}open={state}"

    return {
        "name": name,
        "address": reverse("run", args=[run.pk]),
        "failures": failures_address(run.pk, task_id),
        "passed": f"{one.c} of {counted(one.n, 'sample')} passed, {percent(one.c / one.n)} %",
        "bar": verdict_bar(one.verdicts),
        "groups": [
            _group_line(group, shown is not None and group is shown[0], address(group))
            for group in one.groups[:_SHOWN_GROUPS]
        ],
        "more": max(0, len(one.groups) - _SHOWN_GROUPS),
        "imported": run.verdicts_from == Run.VerdictsFrom.IMPORTED,
        "program": _program(*shown, one) if shown else None,
    }


def _shown(one: RunSamples, index: int | None) -> tuple[FailureGroup, ProgramRow] | None:
    """The program with this index and its group, else the most frequent program of the largest group.

    None where the run's file held no code.
    """
    for group in one.groups:
        for row in group.programs:
            if row.index == index:
                return group, row
    if not one.groups:
        return None
    largest = max(one.groups, key=lambda group: group.samples)
    return largest, largest.programs[0]


def _group_line(group: FailureGroup, is_open: bool, address: str) -> dict[str, Any]:
    text = " ".join(part for part in summary(group) if part)
    return {
        "word": VERDICT_WORDS[group.verdict],
        "samples": group.samples,
        "summary": text if len(text) <= _LINE_CHARACTERS else f"{text[: _LINE_CHARACTERS - 1]}…",
        "address": address,
        "open": is_open,
    }


def _program(group: FailureGroup, row: ProgramRow, one: RunSamples) -> dict[str, Any]:
    """The code without the prompt that it begins with, its failing line, and the failing call."""
    detail = visible_detail(row.judgement.detail) if row.judgement else Detail()
    prompt = one.problem.prompt
    given = (
        prompt.rstrip("\n").count("\n") + 1 if row.source.startswith(prompt) and prompt[-1:] == "\n" else 0
    )
    return {
        "word": VERDICT_WORDS[row.verdict],
        "call": failing_call(detail),
        "said": ": ".join(filter(None, (detail.exception, detail.message))),
        "lines": [
            {"line": line, "failing": line.number == detail.line}
            for line in highlight(row.source)
            if line.number > given or line.number == detail.line
        ],
        "count": f"{counted(len(row.samples), 'sample')} of the {group.samples} that end like this",
        "address": failures_address(one.run.pk, one.problem.task_id, program=row.index),
    }


def _steps(found: Around, choice: CompareChoice) -> dict[str, Any]:
    def address(task_id: str | None) -> str:
        return samples_address(task_id, choice) if task_id else ""

    return {
        "previous": address(found.previous),
        "next": address(found.next),
        "previous_match": address(found.previous_differing),
        "next_match": address(found.next_differing),
        "position": found.position,
        "total": found.total,
        "differing": found.differing,
    }
