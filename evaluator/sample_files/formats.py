"""What a sample format is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from evaluator.records import Benchmark, CountRecord, Sample
from evaluator.sample_files.options import ReadOptions
from evaluator.sample_files.strict_json import FieldError, Record, json_type, text_of

MAX_ITEMS = 100_000  # samples of one problem


class Shape(StrEnum):
    """How the records of a file stand in it."""

    LINES = "line"  # a JSON value per line
    LIST = "element"  # one JSON list
    RESULTS = "problem"  # one JSON object whose `eval` holds an entry per problem
    OBJECT = "document"  # one JSON object that is the record
    FILES = "file"  # a folder of Python files


@dataclass(frozen=True, slots=True)
class Head:
    """What a format is told by: the shape of a file and its first records (at most 50)."""

    shape: Shape
    values: Sequence[Any]  # a FieldError where a record is no JSON
    first: int = 1  # number of the first one

    @property
    def records(self) -> list[Record]:
        """Those that are JSON objects."""
        return [value for value in self.values if isinstance(value, dict)]

    def most_have(self, *fields: str, without: frozenset[str] = frozenset()) -> bool:
        """Whether at least half of the records have all of `fields` and none of `without`.

        Half, so that a damaged record is reported as a bad line of the right format.
        """
        wanted, records = set(fields), self.records
        found = sum(wanted <= record.keys() and without.isdisjoint(record) for record in records)
        return found > 0 and 2 * found >= len(records)


@dataclass(frozen=True, slots=True)
class Told:
    """What a format knows beside the records."""

    benchmark: Benchmark | None
    options: ReadOptions

    def task_id(self, family: str, number: int) -> str:
        """The task id of problem `number` of a family ("HumanEval", "mbpp"), as the benchmark writes it."""
        wanted = f"{family}/{number}"
        known = self.benchmark.by_task_id if self.benchmark else {}
        if wanted in known:
            return wanted
        return next((task_id for task_id in known if task_id.lower() == wanted.lower()), wanted)


class SampleFormat(ABC):
    """A form of sample files: how to recognise it, and how to read one record.

    An instance reads one file, so it may remember what it has seen there.
    """

    name: ClassVar[str]  # identifier, e.g. "human-eval"
    title: ClassVar[str]  # for people: the form and the fields that it needs
    takes: ClassVar[tuple[type, ...]] = (dict,)  # what a record is in JSON
    of_files: ClassVar[bool] = False  # whether its records are Python files, and not JSON

    def __init__(self, told: Told) -> None:
        self.told = told

    @classmethod
    @abstractmethod
    def matches(cls, head: Head) -> bool:
        """Whether a file that begins like this is of this form. Never raises."""

    @abstractmethod
    def parse(self, record: Any, line: int) -> Sequence[Sample]:
        """The samples of one record, `line` being its 1-based number. Raises FieldError.

        Raises SampleFileError where the file can't be read without being told more.
        """

    def notes(self) -> tuple[str, ...]:
        """Sentences about what was chosen or left out of the records read so far."""
        return ()


class CountFormat(SampleFormat):
    """A form that holds how many samples passed, and no code."""

    def parse(self, record: Any, line: int) -> Sequence[Sample]:
        return ()

    @abstractmethod
    def counts(self, record: Any, line: int) -> Sequence[CountRecord]:
        """The counts of one record. Raises FieldError."""


def list_field(record: Record, name: str) -> list[Any]:
    """The list in a field. Raises FieldError where it is missing or no list."""
    if name not in record:
        raise FieldError(name, "is missing")
    value = record[name]
    if not isinstance(value, list):
        raise FieldError(name, f"an array was expected, not {json_type(value)}")
    if len(value) > MAX_ITEMS:
        raise FieldError(name, f"holds more than {MAX_ITEMS:,} items")
    return value


def texts_field(record: Record, name: str) -> list[str]:
    """The strings in a field that is a list of them. Raises FieldError naming the first one that is none."""
    return [text_of(value, f"{name}[{index}]") for index, value in enumerate(list_field(record, name))]
