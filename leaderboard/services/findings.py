"""Findings of stored programs, and which of them the task itself asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from evaluator.records import Finding, Problem
from evaluator.security import scan
from leaderboard.cell_blob import CellContent


def with_findings(contents: Sequence[tuple[Problem, CellContent]]) -> list[CellContent]:
    """The contents with the findings of today's rules, in one scan. Raises SecurityScanError.

    Each problem's reference solution is scanned beside its programs: what it trips, too, the task asks for.
    """
    sources = [source for problem, content in contents for source in _sources(problem, content)]
    found = iter(scan(sources))
    return [_with(content, islice(found, len(content.programs) + 1)) for _, content in contents]


def _sources(problem: Problem, content: CellContent) -> list[str]:
    reference = problem.prompt + problem.canonical_solution
    return [reference, *(program.source for program in content.programs)]


def _with(content: CellContent, found: Iterable[tuple[Finding, ...]]) -> CellContent:
    of_reference, *of_programs = found
    programs = [
        replace(program, findings=findings)
        for program, findings in zip(content.programs, of_programs, strict=True)
    ]
    asked_for = tuple(sorted({finding.rule for finding in of_reference}))
    return CellContent(programs, content.samples, asked_for)
