"""Source text → statements, whatever the text is like.

What Python can't parse as a whole is read logical line by logical line: `lines.py` cuts it, each line is
parsed alone, and the blocks are put together again by their indentation. So a program that breaks off in the
middle, or has a fault in one line, still has its assignments, guards and calls in their order.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from evaluator.security.flow.lines import LogicalLine, logical_lines

# What can't be in a file that Python reads, put as what can: one character for one, so that columns stay.
_UNREADABLE = re.compile("[\0\ud800-\udfff]")
_NEWLINES = re.compile("\r\n?")
_MAX_CLOSERS = 60
_LONG_LINE, _MOST_WORK, _PIECE = 20_000, 4_000_000_000, 4_000
_SIGNS = re.compile(r"[^\w\s]")
_ERRORS = (SyntaxError, ValueError, RecursionError, MemoryError)
_BLOCKS = re.compile(
    r"(?:async\s+)?(?:def|class|if|elif|else|for|while|with|try|except|finally|match|case)\b(?!\s*=[^=])"
)
_IN_BRACES = re.compile(r"\{[^{}\n]{1,200}\}")
_CLAUSE = re.compile(r"(elif|else|except|finally|case)\b")


@dataclass(frozen=True, slots=True)
class Reading:
    """Statements in their order. `whole` is False where the text was read line by line."""

    statements: list[ast.stmt]
    whole: bool


@dataclass(slots=True)
class _Open:
    """A block that later lines may belong to."""

    indent: int
    statement: ast.stmt | None
    body: list[ast.stmt]


def cleaned(source: str) -> str:
    """The text with \\n at the ends of lines, without a byte order mark, null bytes and lone surrogates."""
    if source.startswith("\ufeff"):
        source = source[1:]
    if "\r" in source:
        source = _NEWLINES.sub("\n", source)
    return source if source.isascii() and "\0" not in source else _UNREADABLE.sub("?", source)


def read(source: str) -> Reading:
    """The statements of a text that `cleaned` made. Never raises because of what the text holds."""
    if not _takes_ages(source):
        try:
            return Reading(ast.parse(source).body, True)
        except _ERRORS:
            pass
    return Reading(_by_lines(source), False)


def _takes_ages(source: str) -> bool:
    """Python's own parser needs time by the square of a line's length, for each sign that is no letter."""
    if len(source) < _LONG_LINE:
        return False
    return any(
        len(line) * len(_SIGNS.findall(line)) > _MOST_WORK
        for line in source.split("\n")
        if len(line) > _LONG_LINE
    )


def _by_lines(source: str) -> list[ast.stmt]:
    top: list[ast.stmt] = []
    blocks = [_Open(-1, None, top)]
    for line, statement in chain.from_iterable(map(_statements, logical_lines(source))):
        while len(blocks) > 1 and line.indent <= blocks[-1].indent:
            blocks.pop()
        body = _home(line, blocks[-1].body, statement)
        if body is not None:
            blocks.append(_Open(line.indent, statement, body))
        inner = getattr(statement, "body", None)
        if body is None and _is_header(line) and isinstance(inner, list):
            blocks.append(_Open(line.indent, statement, inner))
    return top


def _statements(line: LogicalLine) -> Iterator[tuple[LogicalLine, ast.stmt]]:
    """The statements of a logical line; where it is none, those of its physical lines, each by itself."""
    if _takes_ages(line.text):
        for text in _pieces(line.text):
            part = replace(line, text=text, brackets=(), quote="")
            yield from ((part, statement) for statement in _parsed(part))
        return
    found = _parsed(line)
    if found or "\n" not in line.text:
        yield from ((line, statement) for statement in found)
        return
    for number, text in enumerate(line.text.split("\n"), line.number):
        for piece in logical_lines(text):
            whole = replace(
                piece, number=number, indent=line.indent if number == line.number else piece.indent
            )
            yield from ((whole, statement) for statement in _parsed(whole))


def _pieces(text: str) -> Iterator[str]:
    """A very long line of many statements, some at a time."""
    held: list[str] = []
    size = 0
    for statement in text.split(";"):
        if _takes_ages(statement):
            continue
        held.append(statement.strip())
        size += len(statement)
        if size > _PIECE:
            yield ";".join(held)
            held, size = [], 0
    yield ";".join(held)


def _home(line: LogicalLine, siblings: list[ast.stmt], statement: ast.stmt) -> list[ast.stmt] | None:
    """Put a statement among its siblings. For a clause of an earlier statement: where its lines belong."""
    clause = _CLAUSE.match(line.text)
    if clause is None:
        siblings.append(statement)
        return None
    last = siblings[-1] if siblings else None
    word = clause[1]
    if word in ("elif", "else"):
        last = getattr(last, "last_clause", last)
    body: list[ast.stmt] = getattr(statement, "body", [])
    if word == "elif" and isinstance(last, ast.If):
        last.orelse.append(statement)
        siblings[-1].last_clause = statement  # type: ignore[attr-defined]  # our own note on the node
    elif word == "else" and isinstance(last, ast.If | ast.For | ast.While | ast.Try):
        last.orelse = body
    elif word == "except" and isinstance(last, ast.Try) and isinstance(statement, ast.Try):
        last.handlers += statement.handlers
        body = statement.handlers[0].body
    elif word == "finally" and isinstance(last, ast.Try):
        last.finalbody = body
    else:
        siblings.append(statement)
    return body


def _is_header(line: LogicalLine) -> bool:
    return _BLOCKS.match(line.text) is not None and line.text.rstrip().endswith(":")


def _parsed(line: LogicalLine) -> list[ast.stmt]:
    """The line's statements with their lines in the source; none where nothing helps."""
    for candidate in _candidates(line):
        try:
            statements = ast.parse(candidate).body
        except _ERRORS:
            continue
        for statement in statements:
            ast.increment_lineno(statement, line.number - 1)
        return _emptied(statements) if _is_header(line) else statements
    return []


def _candidates(line: LogicalLine) -> list[str]:
    text = line.text.rstrip()
    # A bracket or a text that was left open is closed: a sample often breaks off there.
    closed = text + line.quote + "".join(reversed(line.brackets[-_MAX_CLOSERS:]))
    found = []
    if _BLOCKS.match(text):
        header = closed if closed.endswith(":") else closed + ":"
        found += [_as_statement(header + (" pass" if end else "")) for end in (True, False)]
        found.append(_as_statement(closed))
    found.append(closed)
    if "{" in text:  # newer f-strings may have the same quotes within
        found.append(_IN_BRACES.sub(lambda braces: braces[0].replace('"', "'"), closed))
    if line.brackets:
        found.append(text.rstrip(" ,+-*/%.=(") + line.quote)
        trimmed = re.sub(r"[,+\-*/%.=\s]+$|\b\w+\s*=\s*$", "", text)
        found.append(trimmed + "".join(reversed(line.brackets[-_MAX_CLOSERS:])))
    return found


def _as_statement(text: str) -> str:
    """A clause alone is no statement: `elif x: pass` → `if x: pass`, `except E: pass` → a try with it."""
    word = _CLAUSE.match(text)
    if word is None:
        return text + "\nfinally: pass" if text.startswith("try") else text
    if word[1] == "elif":
        return text[2:]
    if word[1] == "except":
        return "try: pass\n" + text
    if word[1] == "case":
        return "if True: pass"
    return "if True" + text[len(word[1]) :]


def _emptied(statements: list[ast.stmt]) -> list[ast.stmt]:
    """The stand-in `pass` goes; the lines that follow take its place."""
    for statement in statements:
        body = getattr(statement, "body", None)
        if isinstance(body, list) and len(body) == 1 and isinstance(body[0], ast.Pass):
            body.clear()
        if isinstance(statement, ast.Try):
            statement.finalbody.clear()
            for handler in statement.handlers:
                handler.body.clear()
    return statements
