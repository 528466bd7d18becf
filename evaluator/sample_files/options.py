"""What a reader is told about a file beside its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from evaluator.errors import SampleFileError

TESTS = ("base", "plus")
MAX_TEXT_CHARACTERS = 200
MAX_START = 1_000_000


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a file is to be read. Without any, everything is told from its content.

    Raises SampleFileError for a value that no reader can use.
    """

    format: str | None = None  # name of a SampleFormat; overrules the guess
    clean: bool = True  # turn chat answers into programs; False: every text is taken as it stands
    start: int = 0  # files without task ids: index of their first problem in the benchmark (`limit_start`)
    filter: str | None = None  # lm-evaluation-harness: which filter's rows; by default the first one's
    tests: str | None = None  # EvalPlus results: whose verdicts, "base" or "plus"; default by benchmark
    model: str | None = None  # counts: which model's rows; by default the first one's

    def __post_init__(self) -> None:
        if self.tests is not None and self.tests not in TESTS:
            raise SampleFileError("tests: “base” or “plus” is expected")
        for name in ("format", "filter", "model"):
            value = getattr(self, name)
            if value is not None and not (isinstance(value, str) and len(value) <= MAX_TEXT_CHARACTERS):
                raise SampleFileError(
                    f"{name}: a text of at most {MAX_TEXT_CHARACTERS} characters is expected"
                )
        if not isinstance(self.clean, bool):
            raise SampleFileError("clean: true or false is expected")
        whole = isinstance(self.start, int) and not isinstance(self.start, bool)
        if not whole or not 0 <= self.start <= MAX_START:
            raise SampleFileError(f"start: a whole number from 0 to {MAX_START:,} is expected")

    def as_dict(self) -> dict[str, Any]:
        """What differs from the defaults, ready for JSON; `from_dict` reads it."""
        return {name: value for name, value in asdict(self).items() if value != getattr(DEFAULTS, name)}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> ReadOptions:
        """The options in a JSON object. Raises SampleFileError for an unknown one, or a wrong value."""
        known = {field.name for field in fields(cls)}
        for name in document:
            if name not in known:
                raise SampleFileError(f"{str(name)[:40]!r} is no option of a sample file")
        return cls(**document)


DEFAULTS = ReadOptions()
