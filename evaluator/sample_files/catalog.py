"""The sample formats that are read, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from evaluator.errors import SampleFileError
from evaluator.sample_files.container import LineReader
from evaluator.sample_files.evalplus import EvalPlusFormat
from evaluator.sample_files.formats import SampleFormat
from evaluator.sample_files.human_eval import HumanEvalFormat
from evaluator.sample_files.limits import DEFAULT_LIMITS, MIB, FileLimits
from evaluator.sample_files.strict_json import FieldError, Record, parse_object, shown

FORMATS: tuple[SampleFormat, ...] = (
    HumanEvalFormat(),
    EvalPlusFormat(),
)

HEAD_LINES = 50
HEAD_BYTES = 4 * MIB  # long records are not hoarded only to tell their form
SHOWN_KEYS = 12

Line = tuple[int, bytes]


def detect(path: Path, limits: FileLimits = DEFAULT_LIMITS) -> SampleFormat:
    """The format of a file by its content. Raises SampleFileError that says what was seen instead."""
    return format_of(str(path), head_of(LineReader(path, limits)))


def head_of(lines: Iterable[Line]) -> list[Line]:
    """The lines that a format is told by, taken from `lines`: at most 50, and fewer where they are long."""
    head: list[Line] = []
    size = 0
    for line in islice(lines, HEAD_LINES):
        head.append(line)
        size += len(line[1])
        if size > HEAD_BYTES:
            break
    return head


def format_of(label: str, head: Sequence[Line]) -> SampleFormat:
    """The first format that the head of the file `label` matches. Raises SampleFileError where none does."""
    records: list[Record] = []
    trouble = "it is empty"
    for number, line in head:
        try:
            records.append(parse_object(line))
        except FieldError as error:
            if number == head[0][0]:
                trouble = f"line {number}: {error}"
    if records:
        for fmt in FORMATS:
            if fmt.matches(records):
                return fmt
        trouble = f"its first record has {_keys(records[0])}"
    known = ", ".join(fmt.title for fmt in FORMATS)
    raise SampleFileError(f"{label}: no sample file that is known here: {trouble}. Known forms: {known}")


def _keys(record: Record) -> str:
    if not record:
        return "no fields"
    more = f", … ({len(record)} in all)" if len(record) > SHOWN_KEYS else ""
    return "the fields " + ", ".join(shown(name) for name in islice(record, SHOWN_KEYS)) + more
