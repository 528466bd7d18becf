"""What an uploader is shown before anything is scored or stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evaluator.records import Benchmark, CountRecord, Sample
from evaluator.sample_files.formats import CountFormat
from evaluator.sample_files.guess import FileNameGuess, guess_from_name
from evaluator.sample_files.limits import DEFAULT_LIMITS, FileLimits
from evaluator.sample_files.options import DEFAULTS, ReadOptions
from evaluator.sample_files.reader import LISTED_BAD_LINES, SampleStream
from evaluator.sample_files.strict_json import BadLine
from evaluator.sample_files.tally import Coverage, Tally

FIRST_SAMPLES = 3
SHOWN_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class PreviewSample:
    """One of the first samples; its text is cut to 2000 characters."""

    line: int
    task_id: str
    text: str
    characters: int  # of the whole text
    rankers: Mapping[str, float]
    kind: str  # "completion" or "solution"
    changes: tuple[str, ...]  # what was done to its text
    reported: str | None  # the file's own verdict of it, in its words


@dataclass(frozen=True, slots=True)
class Preview:
    """A sample file in numbers. It can be scored as it is if `usable`, imported if `counts_only`."""

    file_name: str
    format: str  # name of the SampleFormat
    format_title: str
    container: str  # "plain", "gzip", "zstd", "zip", "tar", "tar, gzip" or "tar, zstd"
    sha256: str  # hex, of the file as stored
    stored_bytes: int
    inflated_bytes: int
    samples: int  # well-formed ones, unknown task ids included
    first: tuple[PreviewSample, ...]
    coverage: Coverage
    bad_line_count: int
    bad_lines: tuple[BadLine, ...]  # the first 20
    ranker_names: tuple[str, ...]  # the first 64
    carries_verdicts: bool  # scored by another harness already
    repeats_prompt: int  # completions that seem to start over with the prompt
    fenced: int  # samples with a Markdown code fence
    changes: tuple[tuple[str, int], ...]  # what was done to how many samples, most frequent first
    reported: int  # samples that have a verdict of another harness
    reported_passed: int
    counts_only: bool  # counts without code: `read_counts` gives them, there is nothing to score
    notes: tuple[str, ...]  # sentences about what was chosen or left out
    guess: FileNameGuess

    @property
    def usable(self) -> bool:
        """Whether `read_all` would accept the file."""
        unknown = self.coverage.unknown_samples
        return self.samples > 0 and not (self.bad_line_count or unknown or self.counts_only)


def preview(
    path: Path,
    benchmark: Benchmark,
    file_name: str,
    limits: FileLimits = DEFAULT_LIMITS,
    options: ReadOptions = DEFAULTS,
) -> Preview:
    """Reads the file once, in memory bounded by the limits and not by its size.

    `file_name` is the uploader's name for it, only used for guesses and messages to people. Raises
    SampleFileError for what spoils the whole file; bad lines are counted instead.
    """
    stream = SampleStream(path, benchmark, options, limits, file_name)
    tally = Tally(benchmark)
    first: list[PreviewSample] = []
    bad: list[BadLine] = []
    bad_count = 0
    for item in stream.items():
        if isinstance(item, BadLine):
            bad_count += 1
            if len(bad) < LISTED_BAD_LINES:
                bad.append(item)
            continue
        if isinstance(item, CountRecord):
            tally.add_counts(item)
            continue
        tally.add(item)
        if len(first) < FIRST_SAMPLES:
            first.append(_shown(item))
    return _report(file_name, stream, tally, tuple(first), (bad_count, tuple(bad)))


def _shown(sample: Sample) -> PreviewSample:
    return PreviewSample(
        line=sample.line,
        task_id=sample.task_id,
        text=sample.text[:SHOWN_CHARACTERS],
        characters=len(sample.text),
        rankers=sample.rankers,
        kind=str(sample.kind),
        changes=sample.changes,
        reported=None if sample.reported is None else sample.reported.text,
    )


def _report(
    file_name: str,
    stream: SampleStream,
    tally: Tally,
    first: tuple[PreviewSample, ...],
    bad: tuple[int, tuple[BadLine, ...]],
) -> Preview:
    assert stream.format is not None, "an exhausted stream knows its format"
    source = stream.source
    return Preview(
        file_name=file_name,
        format=stream.format.name,
        format_title=stream.format.title,
        container=source.container,
        sha256=source.sha256,
        stored_bytes=source.stored_bytes,
        inflated_bytes=source.inflated_bytes,
        samples=tally.samples,
        first=first,
        coverage=tally.coverage(),
        bad_line_count=bad[0],
        bad_lines=bad[1],
        ranker_names=tally.ranker_names,
        carries_verdicts=stream.carries_verdicts,
        repeats_prompt=tally.repeats_prompt,
        fenced=tally.fenced,
        changes=tuple(tally.changes.most_common()),
        reported=tally.reported,
        reported_passed=tally.reported_passed,
        counts_only=isinstance(stream.format, CountFormat),
        notes=stream.notes,
        guess=guess_from_name(file_name),
    )
