"""What a sample format is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from evaluator.records import Sample
from evaluator.sample_files.strict_json import Record


class SampleFormat(Protocol):
    """A form of sample files: how to recognise it, and how to read one record."""

    @property
    def name(self) -> str:
        """Identifier, e.g. "human-eval"."""

    @property
    def title(self) -> str:
        """For people: the form and the fields that it needs."""

    def matches(self, records: Sequence[Record]) -> bool:
        """Whether these records, the first (at most 50) of a file, are of this form. Never raises."""

    def parse(self, record: Record, line: int) -> Sample:
        """The sample of one record, `line` being its 1-based line. Raises FieldError."""


def most_have(records: Sequence[Record], fields: set[str], without: frozenset[str] = frozenset()) -> bool:
    """Whether at least half of the records have all of `fields` and none of `without`.

    Half, so that a damaged record is reported as a bad line of the right format.
    """
    found = sum(fields <= record.keys() and without.isdisjoint(record) for record in records)
    return found > 0 and 2 * found >= len(records)
