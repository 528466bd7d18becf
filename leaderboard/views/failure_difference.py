"""The opened program beside another sample of its cell, or beside the reference solution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from leaderboard.code_difference import code_difference
from leaderboard.formatting import counted, shortened
from leaderboard.forms.filters import REFERENCE
from leaderboard.models import Problem
from leaderboard.queries.failures import FailureGroup, ProgramRow
from leaderboard.verdict_words import VERDICT_WORDS
from leaderboard.views.failure_place import Place
from leaderboard.views.failure_rows import summary

_OFFERED = 300  # programs in the list of those to compare with
_LABEL_CHARACTERS = 60
_SIGNS = {"removed": "−", "added": "+", "same": "", "folded": ""}


def comparison(
    groups: Sequence[FailureGroup], row: ProgramRow, problem: Problem, place: Place
) -> dict[str, Any]:
    """What can be compared with the opened program and, where the address names one, the difference."""
    rows = {other.index: other for group in groups for other in group.programs}
    context: dict[str, Any] = {"choices": _choices(groups, row, place.against), "against": place.against}
    if place.against == REFERENCE:
        return context | _difference(
            row, "the reference solution", problem.prompt + problem.canonical_solution
        )
    if place.against and (other := rows.get(int(place.against))):
        return context | _difference(row, _name(other), other.source)
    return context


def _difference(row: ProgramRow, name: str, source: str) -> dict[str, Any]:
    lines = code_difference(row.source, source)
    return {
        "compared": True,
        "left": _name(row),
        "right": name,
        "difference": [
            {"line": line, "sign": _SIGNS[line.kind], "number": line.left or line.right or ""}
            for line in lines
        ],
    }


def _name(row: ProgramRow) -> str:
    word = VERDICT_WORDS[row.verdict].word
    return f"program {row.index} ({word}, {counted(len(row.samples), 'sample')})"


def _choices(groups: Sequence[FailureGroup], row: ProgramRow, against: str) -> list[dict[str, Any]]:
    """Groups of options: the programs of each behaviour, its most frequent one first."""
    left = _OFFERED
    listed = []
    for group in groups:
        options = [
            {
                "value": str(other.index),
                "label": f"program {other.index} × {len(other.samples)}",
                "chosen": str(other.index) == against,
            }
            for other in group.programs[:left]
            if other.index != row.index
        ]
        left -= len(options)
        if options:
            listed.append({"label": _label(group), "options": options})
    return listed


def _label(group: FailureGroup) -> str:
    text = " ".join(summary(group)).strip()
    word = VERDICT_WORDS[group.verdict].word
    return shortened(f"{word} {text}", _LABEL_CHARACTERS)
