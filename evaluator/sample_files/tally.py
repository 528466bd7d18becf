"""Counts over a stream of samples that a preview shows, in memory that does not grow with the file."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice

from evaluator.records import Benchmark, CountRecord, Problem, Sample, TextKind
from evaluator.sample_files.answers import FENCE_REMOVED

LISTED = 20
MAX_UNKNOWN_IDS = 10_000
MAX_RANKER_NAMES = 64
FENCE = re.compile(r"^[ \t]*```", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which problems of the benchmark a file has samples of. n counts over the covered problems."""

    problems: int  # of the benchmark
    covered: int
    n_min: int  # 0 where nothing is covered, as the next two
    n_max: int
    n_common: int  # the most frequent n; the larger one of a tie
    missing: tuple[str, ...]  # the first 20 task ids, in the benchmark's order
    missing_count: int
    unknown: tuple[tuple[str, int], ...]  # the 20 most frequent, with their samples
    unknown_count: int  # distinct ids, counted up to 10,000
    unknown_samples: int


class Tally:
    """What the samples of a file add up to."""

    def __init__(self, benchmark: Benchmark) -> None:
        self._problems = benchmark.by_task_id
        self._n: Counter[str] = Counter()
        self._unknown: Counter[str] = Counter()
        self._rankers: dict[str, None] = {}  # a set that keeps the order of appearance
        self.samples = 0
        self.unknown_samples = 0
        self.repeats_prompt = 0
        self.fenced = 0
        self.reported = 0
        self.reported_passed = 0
        self.changes: Counter[str] = Counter()  # samples by what was done to their text

    def add(self, sample: Sample) -> None:
        self.samples += 1
        problem = self._problems.get(sample.task_id)
        if problem is None:
            self._add_unknown(sample.task_id)
        else:
            self._n[sample.task_id] += 1
            self.repeats_prompt += repeats_prompt(problem, sample)
        self.fenced += FENCE_REMOVED in sample.changes or has_fence(sample.text)
        if sample.changes:
            self.changes.update(sample.changes)
        if sample.reported is not None:
            self.reported += 1
            self.reported_passed += sample.reported.passed
        for name in sample.rankers:
            if len(self._rankers) < MAX_RANKER_NAMES:
                self._rankers[name] = None

    def add_counts(self, record: CountRecord) -> None:
        """n samples of a problem, of which the file tells no more than how many passed."""
        self.samples += record.n
        self.reported += record.n
        self.reported_passed += record.c
        if record.task_id in self._problems:
            self._n[record.task_id] += record.n
        else:
            self._add_unknown(record.task_id, record.n)

    def _add_unknown(self, task_id: str, n: int = 1) -> None:
        self.unknown_samples += n
        if task_id in self._unknown or len(self._unknown) < MAX_UNKNOWN_IDS:
            self._unknown[task_id] += n

    @property
    def ranker_names(self) -> tuple[str, ...]:
        """In order of appearance, the first 64."""
        return tuple(self._rankers)

    def coverage(self) -> Coverage:
        spread = Counter(self._n.values())
        missing = [task_id for task_id in self._problems if task_id not in self._n]
        return Coverage(
            problems=len(self._problems),
            covered=len(self._n),
            n_min=min(spread, default=0),
            n_max=max(spread, default=0),
            n_common=max(spread, key=lambda n: (spread[n], n), default=0),
            missing=tuple(islice(missing, LISTED)),
            missing_count=len(missing),
            unknown=tuple(self._unknown.most_common(LISTED)),
            unknown_count=len(self._unknown),
            unknown_samples=self.unknown_samples,
        )


def has_fence(text: str) -> bool:
    """Whether a line of the text opens or closes a Markdown code block."""
    return "```" in text and FENCE.search(text) is not None


def repeats_prompt(problem: Problem, sample: Sample) -> bool:
    """Whether a completion seems to start over with the prompt, or with the function, instead of going on.

    A completion that goes on starts with an indented line; one that starts over has the function's `def`
    at the margin. Solutions are whole programs and repeat nothing.
    """
    if sample.kind is not TextKind.COMPLETION:
        return False
    text = sample.text.lstrip("\r\n")
    if text.startswith((" ", "\t")):
        return text.lstrip().startswith(problem.prompt.strip())
    header = f"def {problem.entry_point}("
    return text.startswith(header) or f"\n{header}" in text
