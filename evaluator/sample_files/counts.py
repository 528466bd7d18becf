"""Files that hold how many samples passed, and no code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evaluator.errors import SampleFileError
from evaluator.records import Benchmark, CountRecord
from evaluator.sample_files.formats import CountFormat, SampleFormat
from evaluator.sample_files.limits import DEFAULT_LIMITS, FileLimits
from evaluator.sample_files.options import DEFAULTS, ReadOptions
from evaluator.sample_files.reader import BadRecords, SampleStream, unknown_task_id
from evaluator.sample_files.strict_json import BadLine


@dataclass(frozen=True, slots=True)
class CountFile:
    """Counts of one model, at most one record per problem, in the file's order."""

    format: SampleFormat
    counts: tuple[CountRecord, ...]
    sha256: str  # hex, of the file as stored
    notes: tuple[str, ...]  # what was chosen or left out


def read_counts(
    path: Path,
    benchmark: Benchmark,
    options: ReadOptions = DEFAULTS,
    limits: FileLimits = DEFAULT_LIMITS,
    label: str | None = None,
) -> CountFile:
    """The counts of a file, each of a problem of the benchmark. Messages call the file `label`, or its path.

    Raises SampleFileError as `read_all` does; also for a problem that stands twice, and for samples.
    """
    stream = SampleStream(path, benchmark, options, limits, label)
    counts: dict[str, CountRecord] = {}
    bad = BadRecords()
    for item in stream.items():
        if isinstance(item, BadLine):
            bad.add(item)
        elif not isinstance(item, CountRecord):
            raise SampleFileError(f"{stream.source.label}: holds samples, not counts")
        elif fault := unknown_task_id(item, benchmark) or _again(item, counts):
            bad.add(fault)
        else:
            counts[item.task_id] = item
    if bad.count:
        raise bad.error(stream.source.label)
    if not isinstance(stream.format, CountFormat) or not counts:
        raise SampleFileError(f"{stream.source.label}: holds no counts")
    return CountFile(stream.format, tuple(counts.values()), stream.source.sha256, stream.notes)


def _again(item: CountRecord, counts: dict[str, CountRecord]) -> BadLine | None:
    if item.task_id not in counts:
        return None
    return BadLine(item.line, "task_id", f"{item.task_id} stands in record {counts[item.task_id].line}, too")
