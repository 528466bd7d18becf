"""Python source → highlighted lines of HTML, each whole in itself so that lines can be marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from pygments.lexers.python import PythonLexer
from pygments.token import STANDARD_TYPES, _TokenType

from leaderboard.visible import visible

# Above these a reader no longer reads: colour first, then length is given up.
COLOURED_CHARACTERS = 60_000
SHOWN_CHARACTERS = 400_000

# The lexer takes quadratic time and worse over long runs of blanks: 60,000 of them cost 40 seconds.
_LONG_BLANK = re.compile(r"\s{300}")

_LEXER = PythonLexer(stripnl=False, ensurenl=False)


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One line of source. `number` counts from 1; `html` is escaped and has no line end."""

    number: int
    html: SafeString


def highlight(source: str) -> list[CodeLine]:
    """The lines of a Python source, highlighted with Pygments' short class names (`k`, `s2`, …).

    Bounds: sources above COLOURED_CHARACTERS or with very long blanks come without colour, above
    SHOWN_CHARACTERS cut off with a last line that says so. Markup and hidden characters of the source are
    shown, never obeyed.
    """
    text = visible(source[:SHOWN_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n"))
    plain = len(text) > COLOURED_CHARACTERS or _LONG_BLANK.search(text)
    pieces = [(None, text)] if plain else _LEXER.get_tokens(text)
    lines = [CodeLine(number, mark_safe(html)) for number, html in enumerate(_lines(pieces), 1)]
    if len(source) > SHOWN_CHARACTERS:
        rest = f"… {len(source) - SHOWN_CHARACTERS:,} more characters are not shown"
        lines.append(CodeLine(len(lines) + 1, escape(rest)))
    return lines


def _lines(pieces: Iterable[tuple[_TokenType | None, str]]) -> Iterator[str]:
    line: list[tuple[str, str]] = []
    for kind, text in pieces:
        name = _class_of(kind)
        first, *others = text.split("\n")
        line.append((name, first))
        for other in others:
            yield _line(line)
            line = [(name, other)]
    # A source that ends in a line end has no further, empty line.
    if last := _line(line):
        yield last


def _line(pieces: Iterable[tuple[str, str]]) -> str:
    """Neighbours of one class share a span."""
    spans = []
    for name, same in groupby(pieces, key=itemgetter(0)):
        text = escape("".join(text for _, text in same))
        spans.append(f'<span class="{name}">{text}</span>' if name and text else text)
    return "".join(spans)


def _class_of(kind: _TokenType | None) -> str:
    while kind is not None and kind not in STANDARD_TYPES:
        kind = kind.parent
    # Plain text, names and blanks look the same with and without a span.
    return "" if kind is None else {"w": "", "n": "", "p": ""}.get(STANDARD_TYPES[kind], STANDARD_TYPES[kind])
