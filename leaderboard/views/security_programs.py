"""Flagged programs as cards: the lines that are marked, what is wrong with them, what reviewers said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from evaluator.records import Finding, Program
from evaluator.security import RULES, WEAKNESSES
from leaderboard.cell_blob import unpack
from leaderboard.formatting import counted
from leaderboard.highlight import CodeLine, highlight
from leaderboard.models import Cell, FindingMark, Run
from leaderboard.queries.failures import ProgramRow
from leaderboard.queries.marks import FindingKey, Precision, marks_of, precisions
from leaderboard.queries.security import FlaggedProgram
from leaderboard.services.marks import Marked
from leaderboard.verdict_words import VERDICT_WORDS
from leaderboard.views.run_rows import failures_address
from leaderboard.views.security_marks import marking
from leaderboard.views.security_rows import precision_text, run_name
from leaderboard.visible import visible

# Lines shown around a flagged one.
_AROUND = 2
_REMEMBERED_CHARACTERS = 10_000
# Programs of a problem on a page; the others open from the failure browser.
_PROGRAMS = 2

Marks = Mapping[FindingKey, Sequence[FindingMark]]


def problem_cards(
    programs: Iterable[FlaggedProgram], known: Mapping[str, Precision], *, with_runs: bool
) -> list[dict[str, Any]]:
    """The flagged programs by problem, equal ones of several runs together; _PROGRAMS of each. One query.

    `with_runs`: say which models wrote them, too.
    """
    problems: dict[str, dict[str, list[FlaggedProgram]]] = {}
    runs = set()
    for program in programs:
        problems.setdefault(program.task_id, {}).setdefault(program.key, []).append(program)
        runs.add(program.run.pk)
    keys = {key for alike in problems.values() for key in list(alike)[:_PROGRAMS]}
    marks = marks_of(keys, runs)
    return [
        {
            "task_id": task_id,
            "address": _address(next(iter(alike.values()))[0]),
            "programs": [
                program_card(equal, marks, known, with_runs=with_runs)
                for equal in list(alike.values())[:_PROGRAMS]
            ],
            "more": counted(len(alike) - _PROGRAMS, "more program") if len(alike) > _PROGRAMS else "",
        }
        for task_id, alike in problems.items()
    ]


def program_card(
    equal: Sequence[FlaggedProgram], marks: Marks, known: Mapping[str, Precision], *, with_runs: bool
) -> dict[str, Any]:
    """One flagged program, which several runs may have."""
    program = equal[0]
    return {
        "task_id": program.task_id,
        "address": _address(program),
        "writers": [(run_name(one.run), _address(one), one.samples) for one in equal] if with_runs else [],
        "word": VERDICT_WORDS[program.verdict],
        "samples": counted(sum(one.samples for one in equal), "sample"),
        "lines": snippet(program.source, program.findings),
        "findings": [
            finding_card(program, finding, marks, known.get(finding.rule)) for finding in program.findings
        ],
    }


def _address(program: FlaggedProgram) -> str:
    return failures_address(program.run.pk, program.task_id, program=program.index)


def opened_findings(run: Run, cell: Cell, row: ProgramRow) -> list[dict[str, Any]]:
    """The findings of the failure browser's opened program. Two queries where there are any."""
    if not row.findings:
        return []
    problem = cell.problem.record()
    program = FlaggedProgram(
        run=run,
        problem_id=cell.problem_id,
        task_id=problem.task_id,
        index=row.index,
        key=Program(problem.task_id, row.source, problem.content_hash).key,
        source=row.source,
        verdict=row.verdict,
        samples=len(row.samples),
        findings=row.findings,
        asked_for=unpack(cell.blob).asked_for,
    )
    marks, known = marks_of({program.key}, {program.run.pk}), precisions()
    return [finding_card(program, finding, marks, known.get(finding.rule)) for finding in row.findings]


def finding_card(
    program: FlaggedProgram, finding: Finding, marks: Marks, precision: Precision | None
) -> dict[str, Any]:
    """One finding, explained, with its marks and what a new mark has to send."""
    rule = RULES.get(finding.rule)
    given = marks.get((program.problem_id, program.key, finding.rule, finding.line), ())
    return {
        "rule": finding.rule,
        "title": rule.title if rule else "",
        "weakness": WEAKNESSES.get(finding.cwe),
        "cwe": finding.cwe,
        "severity": finding.severity.value,
        "line": finding.line,
        "message": visible(finding.message),
        "why": rule.why if rule else "",
        "fix": rule.fix if rule else "",
        "asked_for": finding.rule in program.asked_for,
        **marking(program.run.pk, program.task_id, Marked(program.index, finding.rule, finding.line), given),
        "precision": precision_text(precision),
    }


def snippet(source: str, findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """The flagged lines with a few around them; `gap` says that lines are left out before this one."""
    flags: dict[int, list[str]] = {}
    for finding in findings:
        flags.setdefault(finding.line, []).append(f"{finding.rule} · CWE-{finding.cwe}")
    near = {line + step for line in flags for step in range(-_AROUND, _AROUND + 1)}
    # The compiler's lines, and not str.splitlines'. What comes after the last one shown needs no colours.
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    begin = "\n".join(lines[: max(near)])
    coloured = _remembered(begin) if len(begin) <= _REMEMBERED_CHARACTERS else highlight(begin)
    shown = [line for line in coloured if line.number in near]
    return [_line(line, shown[place - 1] if place else None, flags) for place, line in enumerate(shown)]


@lru_cache(maxsize=256)
def _remembered(text: str) -> tuple[CodeLine, ...]:
    """Every change of a filter shows much of what was shown before."""
    return tuple(highlight(text))


def _line(line: CodeLine, before: CodeLine | None, flags: Mapping[int, Sequence[str]]) -> dict[str, Any]:
    return {
        "line": line,
        "kind": "flagged" if line.number in flags else "",
        "remark": ", ".join(flags.get(line.number, ())),
        "gap": line.number > (before.number + 1 if before else 1),
    }
