"""Scores a whole set of samples: de-duplicates programs, spreads them over worker processes, estimates."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.util import Finalize

import numpy as np

from evaluator.errors import SandboxError, StatisticsError
from evaluator.evaluate import Evaluator
from evaluator.metrics import Estimate, estimates
from evaluator.records import Benchmark, Judgement, Limits, Program, Sample, Verdict, program_of
from evaluator.sandbox.probe import best_tier
from evaluator.sandbox.syscalls import PR_SET_PDEATHSIG, prctl
from evaluator.time_limits import faster, is_near

_CHUNK = 24  # programs handed to a worker at once: few enough that endless loops spread out
_AHEAD = 3  # chunks waiting per worker

Progress = Callable[[int, int], None]
_Results = Iterator[tuple["_Chunk", "_JudgedChunk"]]


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


@dataclass(frozen=True, slots=True)
class _Chunk:
    task_id: str
    programs: tuple[Program, ...]


@dataclass(frozen=True, slots=True)
class _JudgedChunk:
    judgements: list[Judgement]
    near: list[int]  # indices of programs that came near their time limit


def score(
    benchmark: Benchmark,
    samples: Sequence[Sample],
    limits: Limits,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Scores:
    """Judge all samples. Samples with the same program are judged once.

    `workers`: processes, default one per core. `progress(done, all)` is called with counts of programs.
    Every sample's task_id must be of the benchmark. Raises SandboxUnavailable, SandboxError.
    """
    started = time.monotonic()
    programs = [program_of(benchmark.by_task_id[sample.task_id], sample) for sample in samples]
    distinct = {program.key: program for program in programs}
    known: dict[str, Judgement] = {}
    tier = best_tier()
    pool = _Pool(benchmark, limits, tier, workers or os.cpu_count() or 1)
    near: list[Program] = []
    for chunk, judged_chunk in pool.results(_chunks(list(distinct.values()))):
        known.update(zip((program.key for program in chunk.programs), judged_chunk.judgements, strict=True))
        near += [chunk.programs[index] for index in judged_chunk.near]
        if progress is not None:
            progress(len(known), len(distinct))
    _measure_again(_Pool(benchmark, limits, tier, workers=1), near, known)
    judged = tuple(known[program.key] for program in programs)
    return Scores(judged, len(distinct), time.monotonic() - started, tier)


def pass_at_k(
    samples: Sequence[Sample], judgements: Sequence[Judgement], ks: Sequence[int]
) -> list[Estimate]:
    """pass@k over the problems that have samples, for those k that every problem has samples for.

    Samples whose verdict is our own fault count neither as drawn nor as passed.
    """
    drawn: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    for sample, judgement in zip(samples, judgements, strict=True):
        if judgement.verdict is not Verdict.EVALUATOR_ERROR:
            drawn[sample.task_id] += 1
            passed[sample.task_id] += judgement.verdict is Verdict.PASSED
    if not drawn:
        raise StatisticsError("no sample was judged, so there is nothing to estimate")
    n = np.array(list(drawn.values()))
    c = np.array([passed[task_id] for task_id in drawn])
    return estimates(n, c, [k for k in ks if k <= n.min()])


def _measure_again(alone: _Pool, near: list[Program], known: dict[str, Judgement]) -> None:
    """Judge what came near its time limit once more, with nothing beside it; the faster time counts."""
    for chunk, judged_chunk in alone.results(_chunks(near)):
        for program, judgement in zip(chunk.programs, judged_chunk.judgements, strict=True):
            known[program.key] = faster(known[program.key], judgement)


class _Pool:
    """Worker processes with an evaluator each. A worker that dies is replaced, its chunks done again."""

    def __init__(self, benchmark: Benchmark, limits: Limits, tier: str, workers: int) -> None:
        self.arguments = (benchmark, limits, tier)
        self.workers = workers

    def results(self, chunks: list[_Chunk]) -> _Results:
        waiting = list(reversed(chunks))
        broken = 0
        while waiting:
            try:
                yield from self._run(waiting)
            except BrokenProcessPool as error:
                broken += 1
                if broken > 3:
                    raise SandboxError(
                        "worker processes keep dying; is the machine out of memory?"
                    ) from error

    def _run(self, waiting: list[_Chunk]) -> _Results:
        context = multiprocessing.get_context("fork")
        running: dict[Future[_JudgedChunk], _Chunk] = {}
        executor = ProcessPoolExecutor(self.workers, context, _start_worker, self.arguments)
        try:
            while waiting or running:
                while waiting and len(running) < self.workers * _AHEAD:
                    chunk = waiting.pop()
                    running[executor.submit(_judge_chunk, chunk)] = chunk
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    judged = future.result()
                    yield running.pop(future), judged
        finally:
            waiting.extend(running.values())
            executor.shutdown(wait=not running, cancel_futures=True)


def _chunks(programs: list[Program]) -> list[_Chunk]:
    """Programs by problem, in pieces."""
    by_problem: dict[str, list[Program]] = {}
    for program in programs:
        by_problem.setdefault(program.task_id, []).append(program)
    return [
        _Chunk(task_id, tuple(group[start : start + _CHUNK]))
        for task_id, group in by_problem.items()
        for start in range(0, len(group), _CHUNK)
    ]


# State of a worker process, set once when it starts.
_worker: tuple[Benchmark, Evaluator] | None = None


def _start_worker(benchmark: Benchmark, limits: Limits, tier: str) -> None:
    global _worker
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    evaluator = Evaluator(limits, benchmark.packages, tier)
    Finalize(None, evaluator.close, exitpriority=10)  # atexit does not run in these processes
    _worker = (benchmark, evaluator)


def _judge_chunk(chunk: _Chunk) -> _JudgedChunk:
    assert _worker is not None
    benchmark, evaluator = _worker
    problem = benchmark.by_task_id[chunk.task_id]
    judgements = list(evaluator.judge(problem, chunk.programs))
    limits = evaluator.limits_for(problem)
    return _JudgedChunk(
        judgements, [i for i, judgement in enumerate(judgements) if is_near(judgement, limits)]
    )
