"""A sample file as samples and bad lines, as a stream or strictly all at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from evaluator.errors import SampleFileError
from evaluator.records import Benchmark, Sample
from evaluator.sample_files.catalog import format_of, head_of
from evaluator.sample_files.container import LineReader
from evaluator.sample_files.formats import SampleFormat
from evaluator.sample_files.limits import DEFAULT_LIMITS, FileLimits
from evaluator.sample_files.rankers import carries_verdicts
from evaluator.sample_files.strict_json import BadLine, FieldError, Record, parse_object, shown

LISTED_BAD_LINES = 20


class SampleStream:
    """Iterates the samples and bad lines of a file in its order, in one pass and bounded memory.

    `format` is known from the first item on (None before, unless it was given); `carries_verdicts` says
    whether any record so far was scored elsewhere; `lines` knows the sizes and the hash.

    Iterating raises SampleFileError for what spoils the whole file: unreadable, corrupt, too large, or of
    no known form.
    """

    def __init__(
        self,
        path: Path,
        fmt: SampleFormat | None = None,
        limits: FileLimits = DEFAULT_LIMITS,
        label: str | None = None,
    ) -> None:
        self.lines = LineReader(path, limits, label)
        self.format = fmt
        self.carries_verdicts = False

    def __iter__(self) -> Iterator[Sample | BadLine]:
        lines = iter(self.lines)
        head = head_of(lines)
        fmt = self.format = self.format or format_of(self.lines.label, head)
        for number, line in chain(head, lines):
            try:
                record = parse_object(line)
                sample = fmt.parse(record, number)
            except FieldError as error:
                yield BadLine(number, error.field, error.message)
                continue
            self.carries_verdicts = self.carries_verdicts or carries_verdicts(record)
            yield sample


def read_samples(
    path: Path, fmt: SampleFormat | None = None, limits: FileLimits = DEFAULT_LIMITS
) -> Iterator[Sample | BadLine]:
    """The samples and bad lines of a file, as a stream; the format is told by content unless given.

    Task ids are not checked against a benchmark. Raises SampleFileError, see SampleStream.
    """
    return iter(SampleStream(path, fmt, limits))


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A file that was read without fault. `samples` are in file order, each with its line number."""

    path: Path
    format: SampleFormat
    samples: tuple[Sample, ...]
    carries_verdicts: bool
    sha256: str  # hex, of the file as stored


def read_all(
    path: Path,
    benchmark: Benchmark,
    fmt: SampleFormat | None = None,
    limits: FileLimits = DEFAULT_LIMITS,
    label: str | None = None,
) -> SampleFile:
    """All samples of a file, each of a problem of the benchmark. Messages call the file `label`, or its path.

    Raises SampleFileError naming file, line and field of the first 20 bad lines (unknown task ids are
    bad lines) and how many there are in all; also for a file without samples.
    """
    stream = SampleStream(path, fmt, limits, label)
    samples: list[Sample] = []
    bad: list[BadLine] = []
    bad_count = 0
    for item in stream:
        fault = item if isinstance(item, BadLine) else unknown_task_id(item, benchmark)
        if fault is not None:
            bad_count += 1
            bad.extend([fault] * (len(bad) < LISTED_BAD_LINES))
        elif isinstance(item, Sample):
            samples.append(item)
    if bad:
        raise SampleFileError(_complaint(stream.lines.label, bad, bad_count))
    if stream.format is None or not samples:
        raise SampleFileError(f"{stream.lines.label}: holds no samples")
    return SampleFile(path, stream.format, tuple(samples), stream.carries_verdicts, stream.lines.sha256)


def unknown_task_id(sample: Sample, benchmark: Benchmark) -> BadLine | None:
    """The fault of a sample that belongs to no problem of the benchmark, None where it has none."""
    if sample.task_id in benchmark.by_task_id:
        return None
    wanted = f"{benchmark.name} has {benchmark.problems[0].task_id} … {benchmark.problems[-1].task_id}"
    return BadLine(sample.line, "task_id", f"unknown problem “{shown(sample.task_id)}”; {wanted}")


def raw_records(path: Path, limits: FileLimits = DEFAULT_LIMITS) -> Iterator[tuple[int, Record]]:
    """`(line, JSON object)` of every non-blank line: what a results file repeats with its own fields added.

    The line joins it to `Sample.line`. Raises SampleFileError at the first line that is no JSON object.
    """
    for number, line in LineReader(path, limits):
        try:
            yield number, parse_object(line)
        except FieldError as error:
            raise SampleFileError(f"{path}:{number}: {error}") from error


def _complaint(label: str, bad: list[BadLine], count: int) -> str:
    lines = [f"{label}:{line}" for line in bad]
    if count > len(bad):
        lines.append(f"… and {count - len(bad):,} more")
    if count == 1:
        return lines[0]
    return f"{label}: {count:,} bad lines:\n" + "\n".join(lines)
