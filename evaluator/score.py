"""Scores a whole set of samples: de-duplicates programs, spreads them over worker processes."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType

from evaluator.records import Benchmark, Judgement, Limits, Program, Sample, program_of
from evaluator.sandbox.probe import best_tier
from evaluator.time_limits import faster
from evaluator.worker import Chunk
from evaluator.workers import Workers

# Programs handed to a worker at once. Each chunk costs a plan and a compiler. The first are smaller, so that
# something is known soon, and towards the end they get smaller, so that no worker is left alone with a heap
# of endless loops.
_CHUNK, _SMALLEST_CHUNK = 128, 4
_CHUNKS_LEFT = 4  # per worker, at which they begin to get smaller

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Scores:
    """The outcome for every sample, in the order of the samples."""

    judgements: tuple[Judgement, ...]
    programs: int  # distinct ones, really executed
    seconds: float
    tier: str

    def verdict_counts(self) -> dict[str, int]:
        """Samples by verdict, most frequent first."""
        return dict(Counter(str(judgement.verdict) for judgement in self.judgements).most_common())


class Scorer:
    """Judges samples of one benchmark under one policy of limits. A context manager.

    `workers`: processes, default one per core; they warm up while the caller reads its samples. `shares` as
    for `Evaluator`. Raises SandboxUnavailable.
    """

    def __init__(
        self, benchmark: Benchmark, limits: Limits, workers: int | None = None, *, shares: bool = True
    ) -> None:
        self.benchmark = benchmark
        self.limits = limits
        self.tier = best_tier()
        self._workers = Workers(benchmark, limits, self.tier, workers or os.cpu_count() or 1, shares=shares)

    def score(self, samples: Sequence[Sample], progress: Progress | None = None) -> Scores:
        """Judge all samples. Samples with the same program are judged once.

        `progress(done, all)` is called with counts of programs. Every sample's task_id must be of the
        benchmark. Raises SandboxError.
        """
        started = time.monotonic()
        programs = [program_of(self.benchmark.by_task_id[sample.task_id], sample) for sample in samples]
        distinct = {program.key: program for program in programs}
        known: dict[str, Judgement] = {}
        near: list[Program] = []
        for chunk, judged in self._workers.results(_chunks(list(distinct.values()), self._workers.count)):
            known.update(zip((program.key for program in chunk.programs), judged.judgements, strict=True))
            near += [chunk.programs[index] for index in judged.near]
            if progress is not None:
                progress(len(known), len(distinct))
        self._measure_again(near, known)
        judgements = tuple(known[program.key] for program in programs)
        return Scores(judgements, len(distinct), time.monotonic() - started, self.tier)

    def _measure_again(self, near: list[Program], known: dict[str, Judgement]) -> None:
        """Judge what came near its time limit once more, with nothing beside it; the faster time counts."""
        if not near:
            return
        self._workers.close()
        with Workers(self.benchmark, self.limits, self.tier, 1, shares=False, spares=0) as alone:
            for chunk, judged in alone.results(_chunks(near, 1)):
                for program, judgement in zip(chunk.programs, judged.judgements, strict=True):
                    known[program.key] = faster(known[program.key], judgement)

    def __enter__(self) -> Scorer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._workers.__exit__(kind, error, trace)


def score(
    benchmark: Benchmark,
    samples: Sequence[Sample],
    limits: Limits,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Scores:
    """Judge samples that are there already; see `Scorer`. Raises SandboxUnavailable, SandboxError."""
    with Scorer(benchmark, limits, workers) as scorer:
        return scorer.score(samples, progress)


def _chunks(programs: list[Program], workers: int) -> list[Chunk]:
    """Programs by problem, in pieces."""
    by_problem: dict[str, list[Program]] = {}
    for program in programs:
        by_problem.setdefault(program.task_id, []).append(program)
    return list(_pieces(by_problem, len(programs), workers))


def _pieces(by_problem: dict[str, list[Program]], left: int, workers: int) -> Iterator[Chunk]:
    begun = 0
    for task_id, group in by_problem.items():
        start = 0
        while start < len(group):
            size = max(_SMALLEST_CHUNK, min(_CHUNK, begun, left // (workers * _CHUNKS_LEFT)))
            piece = tuple(group[start : start + size])
            yield Chunk(task_id, piece)
            start += size
            left -= len(piece)
            begun += len(piece)
