"""A member of a file as a stream of records, whatever its shape: lines, a list, a document, a program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from evaluator.errors import SampleFileError
from evaluator.sample_files.containers.members import Member
from evaluator.sample_files.formats import Shape
from evaluator.sample_files.json_text import JsonText
from evaluator.sample_files.limits import FileLimits
from evaluator.sample_files.lines import UTF8_BOM, lines_of
from evaluator.sample_files.strict_json import FieldError, Record, parse_object, shown

# A record's number within its member, from 1, and its JSON value; a FieldError where it has none.
Piece = tuple[int, Any]

HEAD_BYTES = 1 << 16
HEAD_LINES = 50
# Inside of a JSON string the second quote would have a backslash before it.
EVAL_KEY = re.compile(rb'"eval"\s*:\s*\{')
EVAL_KEY_WITHIN = 4096
GOES_ON = (b"{", b"[", b",", b":")  # how a line of a document ends whose value is not yet closed
PYTHON = ".py"


@dataclass(frozen=True, slots=True)
class Pieces:
    """The records of one member."""

    shape: Shape
    stream: Iterator[Piece]

    def place(self, number: int) -> str:
        """Where record `number` stands, in words; "" for a line, whose number says it."""
        return "" if self.shape is Shape.LINES else f"{self.shape} {number}"


def pieces_of(member: Member, limits: FileLimits, label: str) -> Pieces:
    """The records of a member. Reading them raises SampleFileError for what spoils the whole of it."""
    if member.name.endswith(PYTHON):
        return Pieces(Shape.FILES, _program(member, limits, label))
    head = b""
    while len(head) < HEAD_BYTES and (chunk := next(member.chunks, None)) is not None:
        head += chunk
    chunks = chain((head,), member.chunks)
    shape = _shape(head)
    if shape is Shape.LINES:
        return Pieces(shape, _lines(chunks, limits, label))
    text = JsonText(chunks, limits, label)
    return Pieces(shape, _READERS[shape](text, limits, label))


def _shape(head: bytes) -> Shape:
    start = head.removeprefix(UTF8_BOM).lstrip()
    if start.startswith(b"["):
        return Shape.LIST
    if not start.startswith(b"{"):
        return Shape.LINES
    if EVAL_KEY.search(start[:EVAL_KEY_WITHIN]):
        return Shape.RESULTS
    lines = [line.strip() for line in start.split(b"\n", HEAD_LINES)[:HEAD_LINES]]
    lines = [line for line in lines if line]
    spread = len(lines) > 1 and lines[0].endswith(GOES_ON) and not any(map(_is_object, lines))
    return Shape.OBJECT if spread else Shape.LINES


def _is_object(line: bytes) -> bool:
    if not (line.startswith(b"{") and line.endswith(b"}")):
        return False
    try:
        return bool(parse_object(line))
    except FieldError:
        return False


def _lines(chunks: Iterator[bytes], limits: FileLimits, label: str) -> Iterator[Piece]:
    for number, line in lines_of(chunks, limits, label):
        try:
            yield number, parse_object(line)
        except FieldError as fault:
            yield number, fault


def _list(text: JsonText, limits: FileLimits, label: str) -> Iterator[Piece]:
    for number, value in enumerate(text.elements(), start=1):
        if number > limits.lines:
            raise SampleFileError(f"{label}: more than {limits.lines:,} elements; split the file")
        yield number, value
    text.end()


def _results(text: JsonText, limits: FileLimits, label: str) -> Iterator[Piece]:
    """An entry of `eval` each, as `{"task_id": …, "results": …}`; other fields are passed over."""
    number = 0
    for key in text.object_keys():
        if key != "eval" or text.peek() != "{":
            text.value()
            continue
        for task_id in text.object_keys():
            number += 1
            value = text.value()
            yield number, value if isinstance(value, FieldError) else {"task_id": task_id, "results": value}
    text.end()


def _object(text: JsonText, limits: FileLimits, label: str) -> Iterator[Piece]:
    yield 1, text.value()
    text.end()


def _program(member: Member, limits: FileLimits, label: str) -> Iterator[Piece]:
    """A Python file as `{"member": …, "text": …}`."""
    held, size = [], 0
    for chunk in member.chunks:
        size += len(chunk)
        if size > limits.line_bytes:
            raise SampleFileError(f"{label}: longer than {limits.line_bytes:,} bytes")
        held.append(chunk)
    record: Record | FieldError
    try:
        record = {"member": member.name, "text": b"".join(held).decode("utf-8-sig")}
    except UnicodeDecodeError as error:
        record = FieldError(None, f"invalid UTF-8 at byte {error.start + 1}")
    yield 1, record


_READERS = {Shape.LIST: _list, Shape.RESULTS: _results, Shape.OBJECT: _object}


def named(label: str, member: Member) -> str:
    """What messages call a member: the file, and its name in it."""
    return f"{label}: {shown(member.name, 200)}" if member.name else label
