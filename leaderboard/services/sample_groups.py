"""A sample file on its way to cells: read as a stream, grouped by problem, programs told apart by key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from evaluator import records
from evaluator.errors import SampleFileError
from evaluator.sample_files import BadLine, FileLimits, ReadOptions, SampleStream
from evaluator.sample_files.options import DEFAULTS as DEFAULT_OPTIONS
from leaderboard.cell_blob import BlobWriter, StoredProgram, StoredSample
from leaderboard.errors import UploadRefused, VerdictsMissing
from leaderboard.formatting import counted
from leaderboard.services.digest_index import DigestIndex, digest_of
from leaderboard.services.imports import ImportedColumns, ImportedCounts, counted_columns, judgement_of
from leaderboard.services.reading_slots import reading_slot

LISTED_BAD_LINES = 20


def file_limits() -> FileLimits:
    """What a sample file may be. What is read of it is held in memory, compressed, so its unpacked size is
    capped, too."""
    return FileLimits(inflated_bytes=settings.MAX_UPLOAD_BYTES)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read: what overrules the guesses, and whether its own verdicts are taken over."""

    options: ReadOptions = DEFAULT_OPTIONS
    imported: bool = False


@dataclass(slots=True)
class Group:
    """The samples of one problem: a cell in the making, compressed as they come. With `imported`, judged by
    what the file says, which may be no more than `counts`."""

    imported: bool = False
    counts: records.CountRecord | None = None
    n: int = 0
    reported: ImportedCounts = field(default_factory=ImportedCounts)
    _known: DigestIndex = field(default_factory=DigestIndex)
    _content: BlobWriter = field(default_factory=BlobWriter)

    def add(self, problem: records.Problem, sample: records.Sample) -> None:
        program = records.program_of(problem, sample)
        key, judgement = program.key, None
        if self.imported and sample.reported is not None:
            judgement = judgement_of(sample.reported)
            # A file may give two verdicts to one program.
            key += f" {sample.reported.passed} {sample.reported.text}"
            self.reported.add(judgement.verdict, sample.rankers)
        known = self.programs
        index = self._known.number(digest_of(key))
        if index == known:
            self._content.add_program(StoredProgram(program.source, judgement))
        stored = StoredSample(index, sample.line, dict(sample.rankers), tuple(sample.changes))
        self._content.add_sample(stored)
        self.n += 1

    @property
    def programs(self) -> int:
        """Distinct ones so far."""
        return len(self._known)

    def blob(self) -> bytes:
        """Bytes for `Cell.blob`, when all samples are there."""
        return self._content.finish()


@dataclass(frozen=True, slots=True)
class PackedGroup:
    """What a new cell is made from. `done` is what an imported one has already."""

    task_id: str
    n: int
    programs: int
    blob: bytes
    done: ImportedColumns | None = None


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A whole sample file, ready to be stored. `groups` are in the benchmark's order."""

    groups: tuple[PackedGroup, ...]
    left_out: int  # samples of unknown task ids
    format: str
    sha256: str
    changes: dict[str, int]  # samples by what was done to their text


@dataclass(slots=True)
class _Found:
    """What a pass over the file gathers."""

    groups: dict[str, Group] = field(default_factory=dict)
    unknown: Counter[str] = field(default_factory=Counter)  # samples by unknown task id
    changes: Counter[str] = field(default_factory=Counter)
    without_verdict: int = 0
    bad: list[BadLine] = field(default_factory=list)
    bad_count: int = 0

    def add_bad(self, line: BadLine) -> None:
        self.bad_count += 1
        if len(self.bad) < LISTED_BAD_LINES:
            self.bad.append(line)
        self.groups.clear()  # refused already: only its faults are still of interest

    def add_counts(self, record: records.CountRecord) -> None:
        if record.task_id in self.groups:
            self.add_bad(BadLine(record.line, "task_id", f"{record.task_id} has counts in two records"))
        elif not self.bad:
            self.groups[record.task_id] = Group(imported=True, counts=record)


def pack_file(
    path: Path, benchmark: records.Benchmark, file_name: str, reading: Reading = Reading()
) -> PackedFile:
    """Reads and packs a sample file. Messages call it `file_name`.

    Raises UploadRefused for a file that can't be read, has any bad line, or no sample of this benchmark;
    VerdictsMissing where it is to be imported and doesn't say of every sample whether it passed; SiteBusy.
    """
    stream = SampleStream(path, benchmark, reading.options, file_limits(), file_name)
    try:
        with reading_slot():
            found = _found(stream, benchmark, reading.imported)
    except SampleFileError as error:
        raise UploadRefused(str(error)) from error
    if found.bad:
        raise UploadRefused(bad_lines_message(file_name, found.bad_count), tuple(found.bad), found.bad_count)
    unknown = found.unknown
    if not found.groups:
        raise UploadRefused(no_sample_message(file_name, benchmark.name, list(unknown), unknown.total()))
    if reading.imported and found.without_verdict:
        raise VerdictsMissing(
            f"{counted(found.without_verdict, 'sample carries', 'samples carry')} no verdict, so the file "
            "can't be imported as it is. Have its samples measured here."
        )
    assert stream.format is not None, "an exhausted stream knows its format"
    packed = tuple(
        _packed(problem.task_id, found.groups.pop(problem.task_id))
        for problem in benchmark.problems
        if problem.task_id in found.groups
    )
    changes = dict(found.changes.most_common())
    return PackedFile(packed, unknown.total(), stream.format.name, stream.source.sha256, changes)


def no_sample_message(file_name: str, benchmark_name: str, task_ids: Sequence[str], samples: int) -> str:
    """Why a file without a single usable sample is refused. `task_ids` are the unknown ones of `samples`."""
    if not samples:
        return f"{file_name}: holds no samples."
    seen = ", ".join(f"“{task_id}”" for task_id in task_ids[:3])
    return (
        f"{file_name}: none of its {samples:,} samples belongs to {benchmark_name}; "
        f"its task ids are {seen}{' …' if len(task_ids) > 3 else ''}. Choose the benchmark that they are of."
    )


def _found(stream: SampleStream, benchmark: records.Benchmark, imported: bool) -> _Found:
    problems = benchmark.by_task_id
    found = _Found()
    # Only what is imported may be counts without code; otherwise the stream refuses them.
    for item in stream.items() if imported else stream:
        if isinstance(item, BadLine):
            found.add_bad(item)
        elif (problem := problems.get(item.task_id)) is None:
            found.unknown[item.task_id] += item.n if isinstance(item, records.CountRecord) else 1
        elif isinstance(item, records.CountRecord):
            found.add_counts(item)
        elif not found.bad:
            found.groups.setdefault(item.task_id, Group(imported)).add(problem, item)
            found.changes.update(item.changes)
            found.without_verdict += item.reported is None
    return found


def bad_lines_message(file_name: str, count: int) -> str:
    """The sentence above the list of bad lines."""
    lines = "1 bad line" if count == 1 else f"{count:,} bad lines"
    return f"{file_name}: {lines}. Nothing was stored; mend the file and send it again."


def _packed(task_id: str, group: Group) -> PackedGroup:
    if group.counts is not None:
        done = counted_columns(group.counts.n, group.counts.c)
        return PackedGroup(task_id, done.n, 0, group.blob(), done)
    done = group.reported.columns(group.programs) if group.imported else None
    return PackedGroup(task_id, group.n, group.programs, group.blob(), done)
