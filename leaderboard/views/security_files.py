"""Findings as files: one row or result for each finding of each distinct program."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse

from evaluator.records import Finding
from evaluator.security.sarif import Located, sarif_log
from leaderboard import VERSION
from leaderboard.formatting import counted
from leaderboard.models import Run
from leaderboard.queries.marks import marks_of
from leaderboard.queries.security import FlaggedProgram, Wanted, found, places_with, programs_at
from leaderboard.views import exports
from leaderboard.views.security_rows import run_name

# A file opens every blob that it speaks of: a run of any usual benchmark fits, all runs of a site do not.
MOST_CELLS = 2000
SARIF = "sarif"
COLUMNS = ("run", "model", "task_id", "program", "samples", "verdict", "rule", "cwe", "severity")
COLUMNS += ("confidence", "asked_for", "mark", "marks", "line", "code", "message")


def findings_file(form: str, name: str, runs: Sequence[Run], wanted: Wanted) -> HttpResponse:
    """The findings as `name`-findings.csv, .json, .tex or .sarif; 400 where they are too many for a file."""
    places = places_with(found(runs, wanted).places, runs, wanted)
    if len(places) > MOST_CELLS:
        said = (
            f"These findings lie in {counted(len(places), 'problem')} of runs, and a file holds those of "
            f"{MOST_CELLS:,}. Choose a rule, a weakness or a run first."
        )
        return HttpResponse(said, "text/plain", status=400)
    programs = [program for _, program in programs_at(places, runs, wanted)]
    if form != SARIF:
        return exports.table(form, f"{name}-findings", list(_records(programs)), COLUMNS)
    body = json.dumps(sarif_log(_located(programs), VERSION), indent=1)
    headers = {"Content-Disposition": f'attachment; filename="{name}-findings.sarif"'}
    return HttpResponse(body, content_type="application/sarif+json", headers=headers)


def _records(programs: Sequence[FlaggedProgram]) -> Iterator[dict[str, Any]]:
    marks = marks_of([program.key for program in programs], {program.run.pk for program in programs})
    for program in programs:
        for finding in program.findings:
            given = marks.get((program.problem_id, program.key, finding.rule, finding.line), ())
            values = (
                program.run.pk,
                run_name(program.run),
                program.task_id,
                program.index,
                program.samples,
                program.verdict,
                finding.rule,
                finding.cwe,
                finding.severity.value,
                finding.confidence.value,
                finding.rule in program.asked_for,
                given[0].word if given else "",
                len(given),
                finding.line,
                _code(program, finding),
                finding.message,
            )
            yield dict(zip(COLUMNS, values, strict=True))


def _located(programs: Iterable[FlaggedProgram]) -> Iterator[Located]:
    """A program has no file: its path is made of run, problem and number, as its page's address is."""
    for program in programs:
        uri = quote(f"runs/{program.run.pk}/{program.task_id}/{program.index}.py")
        properties = {"samples": program.samples, "verdict": program.verdict, "model": run_name(program.run)}
        for finding in program.findings:
            asked_for = {"asked_for": finding.rule in program.asked_for}
            yield Located(uri, finding, _code(program, finding), properties | asked_for)


def _code(program: FlaggedProgram, finding: Finding) -> str:
    """The flagged line, of bounded length; lone surrogates spelled out, since files are UTF-8."""
    lines = program.source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    line = lines[finding.line - 1].strip() if finding.line <= len(lines) else ""
    return line[:500].encode("utf-8", "backslashreplace").decode()
