"""What differs between two values' texts, word by word, with long equal stretches folded."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_WORDS = re.compile(r"\w+|\s+|.", re.DOTALL)
# Comparing takes a look at every pair of equal items, and that several times over: with more of them, what
# differs is shown as one changed stretch.
_COMPARED_PAIRS = 60_000
_COMPARED_ITEMS = 3_000
_FOLD_ABOVE = 120
_FOLD_KEEPS = 40
_CHANGED_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: equal in both, changed, or folded away (`text` then says how much)."""

    kind: Literal["same", "changed", "folded"]
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Both texts in pieces. `types` says how the types differ where only they do, else it is empty."""

    actual: tuple[Piece, ...]
    expected: tuple[Piece, ...]
    types: str = ""


def difference(actual: str, expected: str) -> Difference:
    """Compare the `repr` of a returned value with the `repr` of the wanted one."""
    left, right = stretches(actual, expected)
    return Difference(tuple(_folded(left)), tuple(_folded(right)), _types_note(actual, expected))


def stretches(one: str, other: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Both texts in (kind, text), kind "same" or "changed", word by word. Joined, they are the texts."""
    left, right = _WORDS.findall(one), _WORDS.findall(other)
    head = shared_length(left, right)
    tail = shared_length(left[head:][::-1], right[head:][::-1])
    middle_left, middle_right = left[head : len(left) - tail], right[head : len(right) - tail]
    blocks = _blocks(middle_left, middle_right)
    before, after = "".join(left[:head]), "".join(left[len(left) - tail :])
    return (
        [("same", before), *_side(middle_left, blocks, 0), ("same", after)],
        [("same", before), *_side(middle_right, blocks, 1), ("same", after)],
    )


def shared_length(left: Sequence[str], right: Sequence[str]) -> int:
    """How many items both begin with."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def comparable(left: Sequence[str], right: Sequence[str]) -> bool:
    """Whether matching the one with the other takes no longer than a page may."""
    if max(len(left), len(right)) > _COMPARED_ITEMS:
        return False
    ones, others = Counter(left), Counter(right)
    return sum(count * others[item] for item, count in ones.items()) <= _COMPARED_PAIRS


def _blocks(left: list[str], right: list[str]) -> list[tuple[int, int, int]]:
    if not comparable(left, right):
        return []
    found = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    # A lone comma or blank that happens to be in both cuts a change into crumbs.
    return [
        (block.a, block.b, block.size)
        for block in found
        if any(word.isalnum() for word in left[block.a : block.a + block.size]) or block.size > 2
    ]


def _side(words: list[str], blocks: list[tuple[int, int, int]], side: int) -> Iterator[tuple[str, str]]:
    at = 0
    for block in blocks:
        start, size = block[side], block[2]
        yield "changed", "".join(words[at:start])
        yield "same", "".join(words[start : start + size])
        at = start + size
    yield "changed", "".join(words[at:])


def _folded(stretches: list[tuple[str, str]]) -> Iterator[Piece]:
    for kind, text in stretches:
        if not text:
            continue
        if kind == "changed":
            yield Piece("changed", text[:_CHANGED_SHOWN])
            if len(text) > _CHANGED_SHOWN:
                yield Piece("folded", f"{len(text) - _CHANGED_SHOWN:,} more characters")
        elif len(text) <= _FOLD_ABOVE:
            yield Piece("same", text)
        else:
            yield from _fold(text)


def _fold(text: str) -> Iterator[Piece]:
    yield Piece("same", text[:_FOLD_KEEPS])
    yield Piece("folded", f"{len(text) - 2 * _FOLD_KEEPS:,} equal characters")
    yield Piece("same", text[-_FOLD_KEEPS:])


def _types_note(actual: str, expected: str) -> str:
    try:
        left, right = ast.literal_eval(actual), ast.literal_eval(expected)
        if _loose(left) != _loose(right):
            return ""
        return _first_other_type(left, right, "")
    except (ValueError, SyntaxError, TypeError, OverflowError, RecursionError, MemoryError):
        return ""  # not plain literals, or cut off: there is nothing to say about their types


def _loose(value: object) -> object:
    """The value with its types forgotten: `(1, '2')` and `[1.0, 2]` become the same."""
    if isinstance(value, list | tuple):
        return [_loose(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((_loose(item) for item in value), key=repr)
    if isinstance(value, dict):
        return sorted(([_loose(key), _loose(item)] for key, item in value.items()), key=repr)
    try:
        return float(value)  # type: ignore[arg-type]
    except (ValueError, TypeError):
        return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _first_other_type(left: object, right: object, where: str) -> str:
    if type(left) is not type(right):
        place = f" at {where}" if where else ""
        return f"only the type differs{place}: {type(left).__name__}, not {type(right).__name__}"
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        for index, (one, other) in enumerate(zip(left, right, strict=False)):
            if note := _first_other_type(one, other, f"{where}[{index}]"):
                return note
    if isinstance(left, dict) and isinstance(right, dict):
        for key in left:
            if note := _first_other_type(left[key], right.get(key, left[key]), f"{where}[{key!r}]"):
                return note
    return ""
