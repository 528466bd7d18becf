"""A sample file as samples and bad records, as a stream or strictly all at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from evaluator.errors import SampleFileError
from evaluator.records import Benchmark, CountRecord, Sample
from evaluator.sample_files.answers import as_program
from evaluator.sample_files.catalog import format_of, named_format
from evaluator.sample_files.containers.stored import StoredFile
from evaluator.sample_files.formats import CountFormat, SampleFormat, Shape, Told
from evaluator.sample_files.limits import DEFAULT_LIMITS, FileLimits
from evaluator.sample_files.lines import LineReader
from evaluator.sample_files.options import DEFAULTS, ReadOptions
from evaluator.sample_files.rankers import carries_verdicts
from evaluator.sample_files.records_of import FileRecords
from evaluator.sample_files.strict_json import BadLine, FieldError, Record, json_type, parse_object, shown
from evaluator.sample_files.syntax import SyntaxReader

LISTED_BAD_LINES = 20


class SampleStream:
    """Iterates the samples and bad records of a file in its order, in one pass and bounded memory.

    `format` is known from the first item on (None before); `carries_verdicts` says whether any sample so far
    has a verdict of another harness; `source` knows the container, the sizes and the hash. With a
    `benchmark`, chat answers become programs unless `options.clean` is off.

    Iterating raises SampleFileError for what spoils the whole file: unreadable, corrupt, too large, of no
    known form, or counts without code (`items` gives these, too).
    """

    def __init__(
        self,
        path: Path,
        benchmark: Benchmark | None = None,
        options: ReadOptions = DEFAULTS,
        limits: FileLimits = DEFAULT_LIMITS,
        label: str | None = None,
    ) -> None:
        self.benchmark = benchmark
        self.options = options
        self.format: SampleFormat | None = None
        self.shape = Shape.LINES
        self.carries_verdicts = False
        self._records = FileRecords(path, limits, label)
        self._syntax = SyntaxReader()

    @property
    def source(self) -> StoredFile:
        return self._records.source

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about what was chosen or left out of what was read so far."""
        notes = self.format.notes() if self.format else ()
        if self._syntax.exhausted:
            notes = (*notes, "So many answers are no programs that the last of them were left as they are.")
        return (*notes, *self._records.notes())

    def __iter__(self) -> Iterator[Sample | BadLine]:
        for item in self.items():
            if isinstance(item, CountRecord):
                raise SampleFileError(
                    f"{self.source.label}: holds counts and no code, so that nothing in it can be scored"
                )
            yield item

    def items(self) -> Iterator[Sample | CountRecord | BadLine]:
        """As iterating, and the records of a file that holds counts and no code."""
        fmt = self._opened()
        problems = self.benchmark.by_task_id if self.benchmark and self.options.clean else {}
        records, syntax = self._records, self._syntax
        parse = fmt.counts if isinstance(fmt, CountFormat) else fmt.parse
        for number, value in records.read(fmt.of_files):
            try:
                if not isinstance(value, fmt.takes):
                    raise _other_type(value, fmt)
                for item in parse(value, number):
                    if isinstance(item, CountRecord):
                        yield item
                        continue
                    if not self.carries_verdicts:
                        self._note_verdict(item, value)
                    problem = problems.get(item.task_id)
                    yield item if problem is None else as_program(problem, item, syntax)
            except FieldError as error:
                yield BadLine(number, error.field, error.message, records.place(number))

    def _opened(self) -> SampleFormat:
        head = self._records.head()
        name = self.options.format
        kind = named_format(name) if name else format_of(self.source.label, head)
        self.shape = head.shape
        self.format = kind(Told(self.benchmark, self.options))
        return self.format

    def _note_verdict(self, sample: Sample, value: Any) -> None:
        in_record = isinstance(value, dict) and carries_verdicts(value)
        self.carries_verdicts = sample.reported is not None or in_record


def _other_type(value: object, fmt: SampleFormat) -> FieldError:
    """Why a value is no record of this format."""
    if isinstance(value, FieldError):
        return value
    wanted = "a JSON object" if dict in fmt.takes else "a JSON array"
    return FieldError(None, f"{wanted} was expected, not {json_type(value)}")


def read_samples(
    path: Path,
    benchmark: Benchmark | None = None,
    options: ReadOptions = DEFAULTS,
    limits: FileLimits = DEFAULT_LIMITS,
) -> Iterator[Sample | BadLine]:
    """The samples and bad records of a file, as a stream; the format is told by content unless given.

    Task ids are not checked against the benchmark. Raises SampleFileError, see SampleStream.
    """
    return iter(SampleStream(path, benchmark, options, limits))


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A file that was read without fault. `samples` are in file order, each with its record's number."""

    path: Path
    format: SampleFormat
    samples: tuple[Sample, ...]
    carries_verdicts: bool
    sha256: str  # hex, of the file as stored
    notes: tuple[str, ...]  # what was chosen or left out
    of_lines: bool  # whether it is JSON lines, each of them at most one sample


def read_all(
    path: Path,
    benchmark: Benchmark,
    options: ReadOptions = DEFAULTS,
    limits: FileLimits = DEFAULT_LIMITS,
    label: str | None = None,
) -> SampleFile:
    """All samples of a file, each of a problem of the benchmark. Messages call the file `label`, or its path.

    Raises SampleFileError naming file, line and field of the first 20 bad records (unknown task ids are
    bad records) and how many there are in all; also for a file without samples.
    """
    stream = SampleStream(path, benchmark, options, limits, label)
    samples: list[Sample] = []
    bad = BadRecords()
    for item in stream:
        fault = item if isinstance(item, BadLine) else unknown_task_id(item, benchmark)
        if fault is not None:
            bad.add(fault)
        elif isinstance(item, Sample):
            samples.append(item)
    if bad.count:
        raise bad.error(stream.source.label)
    if stream.format is None or not samples:
        raise SampleFileError(f"{stream.source.label}: holds no samples")
    return SampleFile(
        path=path,
        format=stream.format,
        samples=tuple(samples),
        carries_verdicts=stream.carries_verdicts,
        sha256=stream.source.sha256,
        notes=stream.notes,
        of_lines=_of_lines(stream, samples),
    )


def _of_lines(stream: SampleStream, samples: list[Sample]) -> bool:
    if stream.shape is not Shape.LINES or stream.source.is_archive:
        return False
    return all(one.line < later.line for one, later in pairwise(samples))


def unknown_task_id(item: Sample | CountRecord, benchmark: Benchmark) -> BadLine | None:
    """The fault of a sample that belongs to no problem of the benchmark, None where it has none."""
    if item.task_id in benchmark.by_task_id:
        return None
    wanted = f"{benchmark.name} has {benchmark.problems[0].task_id} … {benchmark.problems[-1].task_id}"
    return BadLine(item.line, "task_id", f"unknown problem “{shown(item.task_id)}”; {wanted}")


def raw_records(path: Path, limits: FileLimits = DEFAULT_LIMITS) -> Iterator[tuple[int, Record]]:
    """`(line, JSON object)` of every non-blank line: what a results file repeats with its own fields added.

    The line joins it to `Sample.line`. Raises SampleFileError at the first line that is no JSON object.
    """
    for number, line in LineReader(path, limits):
        try:
            yield number, parse_object(line)
        except FieldError as error:
            raise SampleFileError(f"{path}:{number}: {error}") from error


class BadRecords:
    """The bad records of a file: all counted, the first 20 kept."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[BadLine] = []

    def add(self, bad: BadLine) -> None:
        self.count += 1
        if len(self.first) < LISTED_BAD_LINES:
            self.first.append(bad)

    def error(self, label: str) -> SampleFileError:
        """The refusal of the file `label`."""
        lines = [f"{label}:{line}" for line in self.first]
        if self.count > len(lines):
            lines.append(f"… and {self.count - len(lines):,} more")
        if self.count == 1:
            return SampleFileError(lines[0])
        return SampleFileError(f"{label}: {self.count:,} bad lines:\n" + "\n".join(lines))
