"""What differs between two programs: line by line, and word by word in the lines that changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice
from typing import Literal

from leaderboard.difference import Piece, comparable, shared_length, stretches
from leaderboard.visible import visible

# Equal lines kept around a change; more are folded.
_AROUND = 3
_SHOWN_LINES = 1_000
_SHOWN_CHARACTERS = 2_000  # of one line

Kind = Literal["same", "removed", "added", "folded"]


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """A line of one or both programs. Numbers count from 1, and are 0 where a program has no such line.

    A folded line stands for many: its only piece says how many.
    """

    kind: Kind
    left: int
    right: int
    pieces: tuple[Piece, ...]


def code_difference(left: str, right: str) -> list[DifferenceLine]:
    """The lines of both programs in one list: what only the left one has is removed, what only the right
    one has is added. Equal stretches are folded; no line for equal programs. At most _SHOWN_LINES lines."""
    one, other = _lines(left), _lines(right)
    if one == other:
        return []
    lines = list(islice(_changes(one, other), _SHOWN_LINES + 1))
    if len(lines) > _SHOWN_LINES:
        lines[-1] = DifferenceLine("folded", 0, 0, (Piece("folded", "further lines are not shown"),))
    return lines


def _lines(source: str) -> list[str]:
    text = visible(source.replace("\r\n", "\n").replace("\r", "\n"))
    return [line[:_SHOWN_CHARACTERS] for line in text.rstrip("\n").split("\n")]


def _changes(left: Sequence[str], right: Sequence[str]) -> Iterator[DifferenceLine]:
    head = shared_length(left, right)
    tail = shared_length(left[head:][::-1], right[head:][::-1])
    ends = len(left) - tail, len(right) - tail
    yield from _equal(left, (0, head), (0, head), first=True)
    for tag, *places in _blocks(left[head : ends[0]], right[head : ends[1]]):
        a, b, c, d = (place + head for place in places)
        if tag == "equal":
            yield from _equal(left, (a, b), (c, d))
        else:
            yield from _changed(left[a:b], right[c:d], a, c)
    yield from _equal(left, (ends[0], len(left)), (ends[1], len(right)), last=True)


def _blocks(left: Sequence[str], right: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    if not comparable(left, right):
        return [("replace", 0, len(left), 0, len(right))]
    return SequenceMatcher(None, left, right, autojunk=False).get_opcodes()


def _equal(
    lines: Sequence[str],
    left: tuple[int, int],
    right: tuple[int, int],
    *,
    first: bool = False,
    last: bool = False,
) -> Iterator[DifferenceLine]:
    """Equal lines, those far from any change folded into one."""
    count = left[1] - left[0]
    before, after = (0 if first else _AROUND), (0 if last else _AROUND)
    folded = range(before, count - after) if count - before - after > 1 else range(0)
    for place in range(count):
        if place not in folded:
            at, pieces = left[0] + place, (Piece("same", lines[left[0] + place]),)
            yield DifferenceLine("same", at + 1, right[0] + place + 1, pieces)
        elif place == folded.start:
            yield DifferenceLine("folded", 0, 0, (Piece("folded", f"{len(folded):,} equal lines"),))


def _changed(left: Sequence[str], right: Sequence[str], a: int, c: int) -> Iterator[DifferenceLine]:
    """Lines that only one program has; where both have some, their words are compared."""
    if left and right and len(left) + len(right) <= _SHOWN_LINES:
        removed, added = (_by_line(parts) for parts in stretches("\n".join(left), "\n".join(right)))
    else:
        removed, added = _plain(left), _plain(right)
    for offset, pieces in enumerate(removed):
        yield DifferenceLine("removed", a + offset + 1, 0, pieces)
    for offset, pieces in enumerate(added):
        yield DifferenceLine("added", 0, c + offset + 1, pieces)


def _plain(lines: Sequence[str]) -> Iterator[tuple[Piece, ...]]:
    """Lines with nothing to compare them with."""
    return ((Piece("same", line),) for line in lines)


def _by_line(parts: Sequence[tuple[str, str]]) -> Iterator[tuple[Piece, ...]]:
    line: list[Piece] = []
    for kind, text in parts:
        first, *others = text.split("\n")
        if first:
            line.append(_piece(kind, first))
        for other in others:
            yield tuple(line)
            line = [_piece(kind, other)] if other else []
    yield tuple(line)


def _piece(kind: str, text: str) -> Piece:
    return Piece("changed" if kind == "changed" else "same", text)
