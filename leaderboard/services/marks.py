"""Reviewers' words on findings: added, never changed."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from evaluator.records import Program
from leaderboard.cell_blob import unpack
from leaderboard.errors import Refused
from leaderboard.models import Cell, FindingMark
from leaderboard.services.audit import Action, note


@dataclass(frozen=True, slots=True)
class Marked:
    """A finding of a stored program: `program` is its index in the cell's blob, `line` is 1-based."""

    program: int
    rule: str
    line: int


@transaction.atomic
def mark(cell: Cell, finding: Marked, word: str, author: AbstractBaseUser, comment: str = "") -> FindingMark:
    """Notes what the author thinks of a finding. Earlier marks stay as its history.

    `cell` comes with its problem. Raises Refused where the program has no such finding (any more).
    """
    programs = unpack(cell.blob).programs
    stored = programs[finding.program] if finding.program < len(programs) else None
    if stored is None or (finding.rule, finding.line) not in {
        (one.rule, one.line) for one in stored.findings
    }:
        raise Refused("The program has no such finding any more: it was scanned again by other rules.")
    problem = cell.problem.record()
    note(author, Action.FINDING_MARKED, run=cell.run, detail=f"{finding.rule} {word}")
    return FindingMark.objects.create(
        problem=cell.problem,
        run=cell.run,
        program=Program(problem.task_id, stored.source, problem.content_hash).key,
        rule=finding.rule,
        line=finding.line,
        word=word,
        comment=comment,
        author=author,
    )
