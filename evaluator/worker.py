"""A pool of worker processes, and what one of them does: it judges chunks in an evaluator of its own."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing.queues import SimpleQueue
from multiprocessing.util import Finalize
from typing import NamedTuple

from evaluator.evaluate import Evaluator
from evaluator.records import Benchmark, Judgement, Limits, Program
from evaluator.sandbox.syscalls import PR_SET_PDEATHSIG, prctl
from evaluator.time_limits import is_near

_ENDING_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some programs of one problem: what a worker takes at once."""

    task_id: str
    programs: tuple[Program, ...]


@dataclass(frozen=True, slots=True)
class JudgedChunk:
    """`asleep`: indices of programs that are left to a spare; the others have their judgements, in order."""

    judgements: list[Judgement]
    near: list[int]  # indices of judgements that came near their time limit
    asleep: list[int]


class Settings(NamedTuple):
    benchmark: Benchmark
    limits: Limits
    tier: str
    shares: bool


class Pool:
    """A worker process for each of `places`: the core that it stays on, or None. They start at once."""

    def __init__(self, settings: Settings, places: Sequence[int | None]) -> None:
        context = multiprocessing.get_context("fork")
        queue = context.SimpleQueue()
        for place in places:
            queue.put(place)
        others = set(multiprocessing.active_children())
        self._executor = ProcessPoolExecutor(len(places), context, _start_worker, (settings, queue))
        self._executor.submit(_nothing)  # the first task forks all of them
        self._processes = set(multiprocessing.active_children()) - others

    def submit(self, chunk: Chunk, *, leaves: bool) -> Future[JudgedChunk]:
        """`leaves`: programs found asleep are not judged. Raises BrokenProcessPool, also from the future."""
        return self._executor.submit(_judge_chunk, chunk, leaves)

    def close(self) -> None:
        """Wait for what the workers do, and end them."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def end(self) -> None:
        """End the workers, whatever they do: it may take half a minute, asleep. Waits for nothing."""
        for process in self._processes:
            process.terminate()
        self._executor.shutdown(wait=False, cancel_futures=True)


# State of a worker process, set once when it starts.
_worker: tuple[Benchmark, Evaluator] | None = None


def _start_worker(settings: Settings, places: SimpleQueue[int | None]) -> None:
    global _worker
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    _stay_on(places.get())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    benchmark, limits, tier, shares = settings
    evaluator = Evaluator(limits, benchmark.packages, tier, shares=shares)
    Finalize(None, evaluator.close, exitpriority=10)  # atexit does not run in these processes
    evaluator.warm_up()
    _end_when_told(evaluator)
    _worker = (benchmark, evaluator)


def _stay_on(core: int | None) -> None:
    """Keep this worker and its cell on one core: they take turns, and waking another core costs a tenth."""
    if core is not None:
        with contextlib.suppress(OSError):  # taken away meanwhile
            os.sched_setaffinity(0, {core})


def _end_when_told(evaluator: Evaluator) -> None:
    """On SIGTERM, close the cell and leave: an exception would only be this chunk's result."""

    def end(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.alarm(_ENDING_SECONDS)  # deadly: whatever was interrupted may stand in the way of closing
        evaluator.close()
        os._exit(1)

    signal.signal(signal.SIGTERM, end)


def _nothing() -> None:
    """A task that is done when its worker is ready."""


def _judge_chunk(chunk: Chunk, leaves: bool) -> JudgedChunk:
    assert _worker is not None
    benchmark, evaluator = _worker
    problem = benchmark.by_task_id[chunk.task_id]
    judge = evaluator.judge_awake if leaves else evaluator.judge
    outcomes = list(judge(problem, chunk.programs))
    judgements = [outcome for outcome in outcomes if outcome is not None]
    limits = evaluator.limits_for(problem)
    near = [index for index, judgement in enumerate(judgements) if is_near(judgement, limits)]
    return JudgedChunk(judgements, near, [index for index, outcome in enumerate(outcomes) if outcome is None])
