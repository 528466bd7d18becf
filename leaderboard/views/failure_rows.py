"""What the failure browser's templates show: groups in a line each, one of them opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evaluator.records import Detail, Finding
from leaderboard.formatting import counted, percent
from leaderboard.highlight import CodeLine, highlight
from leaderboard.queries.failures import FailureGroup, ProgramRow
from leaderboard.verdict_words import VERDICT_WORDS
from leaderboard.views.failing_call import failing_call
from leaderboard.views.failure_place import Place
from leaderboard.visible import visible, visible_detail

_LINE_CHARACTERS = 100
_SHOWN_SAMPLES = 20
_SHOWN_PROGRAMS = 200


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A line of code with what is said about it in the margin. `kind` is its CSS class."""

    line: CodeLine
    kind: str
    remark: str
    title: str


def group_lines(
    groups: Sequence[FailureGroup], opened: FailureGroup | None, place: Place
) -> list[dict[str, Any]]:
    """One line per group: its verdict, size, share of these samples, and how it ends."""
    total = sum(group.samples for group in groups)
    return [
        {
            "word": VERDICT_WORDS[group.verdict],
            "samples": group.samples,
            "share": f"{percent(group.samples / total, 0)} %",
            "programs": counted(len(group.programs), "distinct program"),
            "summary": [_shortened(text) for text in summary(group)],
            "address": place.opening(group.programs[0].index),
            "open": group is opened,
        }
        for group in groups
    ]


def summary(group: FailureGroup) -> tuple[str, str]:
    """How a group ends: the failing call, and what came of it."""
    detail = group.detail
    if not group.failing:
        return "", ""
    if detail.call is None:
        return ": ".join(filter(None, (detail.exception, detail.message))), ""
    came = detail.exception or detail.actual or detail.message
    return detail.call, f"→ {came}" if came else ""


def marked_lines(row: ProgramRow) -> list[MarkedLine]:
    """The program's code; the failing line and flagged lines carry a word in the margin."""
    failing = row.judgement.detail.line if row.judgement else None
    flags: dict[int, list[Finding]] = {}
    for finding in row.findings:
        flags.setdefault(finding.line, []).append(finding)
    word = VERDICT_WORDS[row.verdict].word
    return [
        _marked(line, word if line.number == failing else "", flags.get(line.number, []))
        for line in highlight(row.source)
    ]


def _marked(line: CodeLine, failed: str, findings: Sequence[Finding]) -> MarkedLine:
    words = [failed] if failed else []
    words += [f"{finding.rule} · CWE-{finding.cwe}" for finding in findings]
    kind = "failing" if failed else "flagged" if findings else ""
    return MarkedLine(
        line, kind, ", ".join(words), "; ".join(visible(finding.message) for finding in findings)
    )


def opened_program(row: ProgramRow, group: FailureGroup, prompt: str, place: Place) -> dict[str, Any]:
    """The opened program with its group: failing call, code, traceback, cost, samples, its siblings."""
    detail = visible_detail(row.judgement.detail) if row.judgement else Detail()
    cpu = row.judgement.cpu_seconds if row.judgement else 0.0
    return {
        "word": VERDICT_WORDS[row.verdict],
        "detail": detail,
        "call": failing_call(detail),
        **_code(marked_lines(row), row.source, prompt),
        "cpu": f"{1000 * cpu:,.1f} ms" if cpu else "",  # an imported verdict cost nothing here
        "samples": [
            {
                "line": sample.line,
                "rankers": [(name, f"{value:.6g}") for name, value in sample.rankers.items()],
                "changes": ", ".join(sample.changes),
            }
            for sample in row.samples[:_SHOWN_SAMPLES]
        ],
        "changes": _changes(row),
        "more_samples": max(0, len(row.samples) - _SHOWN_SAMPLES),
        "count": counted(len(row.samples), "sample"),
        "index": row.index,
        "download": place.address(program=row.index, format="py"),
        "siblings_title": f"{counted(len(group.programs), 'distinct program')} end like this, by samples:",
        "siblings": [
            {
                "address": place.opening(other.index),
                "label": f"× {len(other.samples)}",
                "title": f"program {other.index}, {_share_of(other, group)}",
                "open": other.index == row.index,
            }
            for other in group.programs[:_SHOWN_PROGRAMS]
        ],
        "more_siblings": max(0, len(group.programs) - _SHOWN_PROGRAMS),
    }


def _changes(row: ProgramRow) -> str:
    """What was done to its samples' texts to make this program, where it was done to any."""
    counts = Counter(change for sample in row.samples for change in sample.changes)
    return ", ".join(f"{change}: {counted(count, 'sample')}" for change, count in counts.most_common())


def _share_of(row: ProgramRow, group: FailureGroup) -> str:
    share = percent(len(row.samples) / group.samples, 0)
    return f"{counted(len(row.samples), 'sample')}, {share} % of the group"


def _code(lines: Sequence[MarkedLine], source: str, prompt: str) -> dict[str, Any]:
    """The lines; those that repeat the prompt come apart, to be folded, unless one of them is marked."""
    given = prompt.rstrip("\n").count("\n") + 1 if source.startswith(prompt) and prompt.endswith("\n") else 0
    if given >= len(lines) or any(line.kind for line in lines[:given]):
        given = 0
    return {"given": lines[:given], "lines": lines[given:]}


def _shortened(text: str) -> str:
    return text if len(text) <= _LINE_CHARACTERS else f"{text[: _LINE_CHARACTERS - 1]}…"
