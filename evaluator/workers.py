"""Worker processes with an evaluator each, for one benchmark under one policy of limits."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.queues import SimpleQueue
from multiprocessing.util import Finalize
from types import TracebackType

from evaluator.errors import SandboxError
from evaluator.evaluate import Evaluator
from evaluator.records import Benchmark, Judgement, Limits, Program
from evaluator.sandbox.syscalls import PR_SET_PDEATHSIG, prctl
from evaluator.time_limits import is_near

_AHEAD = 3  # chunks waiting per worker
_MAX_BROKEN = 3


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some programs of one problem: what a worker takes at once."""

    task_id: str
    programs: tuple[Program, ...]


@dataclass(frozen=True, slots=True)
class JudgedChunk:
    judgements: list[Judgement]
    near: list[int]  # indices of programs that came near their time limit


class Workers:
    """A context manager. A worker that dies is replaced, its chunks done again.

    `count`: processes. They build their cells as soon as this is made, beside whatever the caller does
    before it has chunks for them. Their sandbox is of `tier`; `shares` as for `Evaluator`.
    """

    def __init__(
        self, benchmark: Benchmark, limits: Limits, tier: str, count: int, *, shares: bool = True
    ) -> None:
        self.count = count
        self._arguments = (benchmark, limits, tier, shares)
        self._executor = self._started()

    def results(self, chunks: list[Chunk]) -> Iterator[tuple[Chunk, JudgedChunk]]:
        """The chunks with their judgements, as they become known. Raises SandboxError."""
        waiting = list(reversed(chunks))
        broken = 0
        while waiting:
            try:
                yield from self._run(waiting)
            except BrokenProcessPool as error:
                broken += 1
                if broken > _MAX_BROKEN:
                    raise SandboxError(
                        "worker processes keep dying; is the machine out of memory?"
                    ) from error
                self._executor.shutdown(wait=False)
                self._executor = self._started()

    def close(self) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._executor.shutdown(wait=kind is None, cancel_futures=True)

    def _started(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("fork")
        cores = sorted(os.sched_getaffinity(0))
        places = context.SimpleQueue()  # a core for each, where all are taken anyway
        for number in range(self.count):
            places.put(cores[number % len(cores)] if self.count >= len(cores) else None)
        executor = ProcessPoolExecutor(self.count, context, _start_worker, (*self._arguments, places))
        executor.submit(_nothing)  # the first task forks all of them
        return executor

    def _run(self, waiting: list[Chunk]) -> Iterator[tuple[Chunk, JudgedChunk]]:
        running: dict[Future[JudgedChunk], Chunk] = {}
        try:
            while waiting or running:
                while waiting and len(running) < self.count * _AHEAD:
                    chunk = waiting.pop()
                    running[self._executor.submit(_judge_chunk, chunk)] = chunk
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    judged = future.result()
                    yield running.pop(future), judged
        finally:
            waiting.extend(running.values())


# State of a worker process, set once when it starts.
_worker: tuple[Benchmark, Evaluator] | None = None


def _start_worker(
    benchmark: Benchmark, limits: Limits, tier: str, shares: bool, places: SimpleQueue[int | None]
) -> None:
    global _worker
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    _stay_on(places.get())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    evaluator = Evaluator(limits, benchmark.packages, tier, shares=shares)
    Finalize(None, evaluator.close, exitpriority=10)  # atexit does not run in these processes
    evaluator.warm_up()
    _worker = (benchmark, evaluator)


def _stay_on(core: int | None) -> None:
    """Keep this worker and its cell on one core: they take turns, and waking another core costs a tenth."""
    if core is not None:
        with contextlib.suppress(OSError):  # taken away meanwhile
            os.sched_setaffinity(0, {core})


def _nothing() -> None:
    """A task that is done when its worker is ready."""


def _judge_chunk(chunk: Chunk) -> JudgedChunk:
    assert _worker is not None
    benchmark, evaluator = _worker
    problem = benchmark.by_task_id[chunk.task_id]
    judgements = list(evaluator.judge(problem, chunk.programs))
    limits = evaluator.limits_for(problem)
    near = [index for index, judgement in enumerate(judgements) if is_near(judgement, limits)]
    return JudgedChunk(judgements, near)
