"""A sample file on its way to cells: read as a stream, grouped by problem, programs told apart by key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from evaluator import records
from evaluator.errors import SampleFileError
from evaluator.sample_files import BadLine, FileLimits, SampleStream
from leaderboard.cell_blob import CellContent, StoredProgram, StoredSample, pack
from leaderboard.errors import UploadRefused

LISTED_BAD_LINES = 20


def file_limits() -> FileLimits:
    """What a sample file may be. Unpacked it is held in memory for a moment, so that size is capped, too."""
    return FileLimits(inflated_bytes=settings.MAX_UPLOAD_BYTES)


@dataclass(slots=True)
class Group:
    """The samples of one problem: a cell in the making."""

    content: CellContent = field(default_factory=lambda: CellContent([], []))
    index_by_key: dict[str, int] = field(default_factory=dict)

    def add(self, problem: records.Problem, sample: records.Sample) -> None:
        program = records.program_of(problem, sample)
        index = self.index_by_key.setdefault(program.key, len(self.content.programs))
        if index == len(self.content.programs):
            self.content.programs.append(StoredProgram(program.source))
        self.content.samples.append(StoredSample(index, sample.line, dict(sample.rankers)))


@dataclass(frozen=True, slots=True)
class PackedGroup:
    """What a new cell is made from."""

    task_id: str
    n: int
    programs: int
    blob: bytes


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A whole sample file, ready to be stored. `groups` are in the benchmark's order."""

    groups: tuple[PackedGroup, ...]
    left_out: int  # samples of unknown task ids
    format: str
    sha256: str


def pack_file(path: Path, benchmark: records.Benchmark, file_name: str) -> PackedFile:
    """Reads and packs a sample file. Messages call it `file_name`.

    Raises UploadRefused for a file that can't be read, has any bad line, or no sample of this benchmark.
    """
    stream = SampleStream(path, limits=file_limits(), label=file_name)
    try:
        groups, unknown = _grouped(stream, benchmark, file_name)
    except SampleFileError as error:
        raise UploadRefused(str(error)) from error
    if not groups:
        raise UploadRefused(no_sample_message(file_name, benchmark.name, list(unknown), unknown.total()))
    assert stream.format is not None, "an exhausted stream knows its format"
    packed = tuple(
        _packed(problem.task_id, groups.pop(problem.task_id))
        for problem in benchmark.problems
        if problem.task_id in groups
    )
    return PackedFile(packed, unknown.total(), stream.format.name, stream.lines.sha256)


def no_sample_message(file_name: str, benchmark_name: str, task_ids: Sequence[str], samples: int) -> str:
    """Why a file without a single usable sample is refused. `task_ids` are the unknown ones of `samples`."""
    if not samples:
        return f"{file_name}: holds no samples."
    seen = ", ".join(f"“{task_id}”" for task_id in task_ids[:3])
    return (
        f"{file_name}: none of its {samples:,} samples belongs to {benchmark_name}; "
        f"its task ids are {seen}{' …' if len(task_ids) > 3 else ''}. Choose the benchmark that they are of."
    )


def _grouped(
    stream: SampleStream, benchmark: records.Benchmark, file_name: str
) -> tuple[dict[str, Group], Counter[str]]:
    """Groups by task id, and how many samples each unknown task id has."""
    problems = benchmark.by_task_id
    groups: dict[str, Group] = {}
    unknown: Counter[str] = Counter()
    bad: list[BadLine] = []
    bad_count = 0
    for item in stream:
        if isinstance(item, BadLine):
            bad_count += 1
            if len(bad) < LISTED_BAD_LINES:
                bad.append(item)
            groups.clear()  # refused already: only its faults are still of interest
        elif (problem := problems.get(item.task_id)) is None:
            unknown[item.task_id] += 1
        elif not bad:
            groups.setdefault(item.task_id, Group()).add(problem, item)
    if bad:
        raise UploadRefused(bad_lines_message(file_name, bad_count), tuple(bad), bad_count)
    return groups, unknown


def bad_lines_message(file_name: str, count: int) -> str:
    """The sentence above the list of bad lines."""
    lines = "1 bad line" if count == 1 else f"{count:,} bad lines"
    return f"{file_name}: {lines}. Nothing was stored; mend the file and send it again."


def _packed(task_id: str, group: Group) -> PackedGroup:
    content = group.content
    return PackedGroup(task_id, len(content.samples), len(content.programs), pack(content))
