"""Cuts a text into logical lines without asking that it be Python."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# In the order in which they are tried at a place: texts, comments, brackets, ends of lines.
_TOKENS = re.compile(r"'''|\"\"\"|'|\"|\#|[\[\](){}]|\\\n|\n")
_ENDS = {
    "'''": re.compile(r"(?:[^\\']|\\.|'(?!''))*+'''", re.DOTALL),
    '"""': re.compile(r'(?:[^\\"]|\\.|"(?!""))*+"""', re.DOTALL),
    "'": re.compile(r"(?:[^\\'\n]|\\.)*+'", re.DOTALL),
    '"': re.compile(r'(?:[^\\"\n]|\\.)*+"', re.DOTALL),
}
_CLOSING = {"(": ")", "[": "]", "{": "}"}
# A line that begins like this begins a statement, whatever bracket is still open above it.
_FRESH = re.compile(r"\n[ \t]*(?:def|class|import|from|return|if|for|while|try|with|@|raise|print\()")
_INDENT = re.compile(r"[ \t\f]*")
_TAB = 8


@dataclass(frozen=True, slots=True)
class LogicalLine:
    """`number` is the 1-based line that it begins in; `brackets` and `quote` close what was left open."""

    number: int
    indent: int
    text: str
    brackets: tuple[str, ...]
    quote: str


def logical_lines(source: str) -> Iterator[LogicalLine]:
    """All lines with something on them, in their order."""
    position, number = 0, 1
    while position < len(source):
        end, brackets, quote = _end_of_line(source, position)
        text = source[position:end]
        stripped = text.lstrip(" \t\f\n")
        if stripped and not stripped.startswith("#"):
            skipped = text[: len(text) - len(stripped)]
            indent = _INDENT.match(skipped.rpartition("\n")[2])
            width = len(indent[0].expandtabs(_TAB)) if indent else 0
            yield LogicalLine(number + skipped.count("\n"), width, stripped.rstrip("\n"), brackets, quote)
        number += source.count("\n", position, end)
        position = end


def _end_of_line(source: str, start: int) -> tuple[int, tuple[str, ...], str]:
    """Where the logical line ends, which brackets are open there, and which quote."""
    closers: list[str] = []
    position = start
    while True:
        token = _TOKENS.search(source, position)
        if token is None:
            return len(source), tuple(closers), ""
        position = token.end()
        mark = token[0]
        if mark == "\n":
            if not closers or _FRESH.match(source, token.start()):
                return position, tuple(closers), ""
        elif mark == "#":
            newline = source.find("\n", position)
            position = len(source) if newline < 0 else newline
        elif mark in _ENDS:
            closed = _ENDS[mark].match(source, position)
            if closed is not None:
                position = closed.end()
            else:
                # Left open: up to the end of the line, or of the text for one of several lines.
                newline = -1 if len(mark) == 3 else source.find("\n", position)
                return (len(source) if newline < 0 else newline + 1), tuple(closers), mark
        elif mark in _CLOSING:
            closers.append(_CLOSING[mark])
        elif mark != "\\\n" and closers and closers[-1] == mark:
            closers.pop()
