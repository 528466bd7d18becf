"""Worker processes with an evaluator each, for one benchmark under one policy of limits."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType

from evaluator.errors import SandboxError
from evaluator.records import Benchmark, Limits
from evaluator.spares import Spares, most_spares
from evaluator.worker import Chunk, JudgedChunk, Pool, Settings

_AHEAD = 3  # chunks waiting per worker
_MAX_BROKEN = 3


class Workers:
    """A context manager. A worker that dies is replaced, its chunks done again.

    `count`: processes. They build their cells as soon as this is made, beside whatever the caller does
    before it has chunks for them. Programs that sleep are left to at most `spares` more, by default as many
    as there is memory for. Their sandbox is of `tier`; `shares` as for `Evaluator`.
    """

    def __init__(
        self,
        benchmark: Benchmark,
        limits: Limits,
        tier: str,
        count: int,
        *,
        shares: bool = True,
        spares: int | None = None,
    ) -> None:
        self.count = count
        self._settings = Settings(benchmark, limits, tier, shares)
        self._pool = self._started()
        # In a shared process, the wall clock's limit settles nothing: it would have to be waited for twice.
        alone = self._settings._replace(shares=False)
        most = most_spares(count, limits.memory_bytes) if spares is None else spares
        self._spares = Spares(lambda: Pool(alone, [None]), most)

    def results(self, chunks: list[Chunk]) -> Iterator[tuple[Chunk, JudgedChunk]]:
        """The programs of these chunks, each once, with their judgements, as they become known.

        A program that sleeps comes in a chunk of its own. Raises SandboxError.
        """
        waiting = list(reversed(chunks))
        broken = 0
        try:
            while waiting or self._spares.futures:
                try:
                    yield from self._run(waiting)
                except BrokenProcessPool as error:
                    broken += 1
                    if broken > _MAX_BROKEN:
                        raise SandboxError(
                            "worker processes keep dying; is the machine out of memory?"
                        ) from error
                    self._pool.end()
                    self._pool = self._started()
        finally:
            self._spares.forget()

    def close(self) -> None:
        self._pool.close()
        self._spares.close()

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._pool.close()
        else:
            self._pool.end()
        self._spares.close()

    def _started(self) -> Pool:
        cores = sorted(os.sched_getaffinity(0))
        pinned = self.count >= len(cores)  # a core for each, where all are taken anyway
        return Pool(
            self._settings,
            [cores[number % len(cores)] if pinned else None for number in range(self.count)],
        )

    def _run(self, waiting: list[Chunk]) -> Iterator[tuple[Chunk, JudgedChunk]]:
        running: dict[Future[JudgedChunk], Chunk] = {}
        try:
            while waiting or running or self._spares.futures:
                while waiting and len(running) < self.count * _AHEAD:
                    chunk = waiting[-1]  # stays there, should its worker be dead
                    running[self._pool.submit(chunk, leaves=self._spares.most > 0)] = chunk
                    waiting.pop()
                for future in wait([*running, *self._spares.futures], return_when=FIRST_COMPLETED).done:
                    if future not in running:
                        if settled := self._spares.settle(future):
                            yield settled
                        continue
                    judged = future.result()
                    yield self._without_sleepers(running.pop(future), judged), judged
        finally:
            waiting.extend(running.values())

    def _without_sleepers(self, chunk: Chunk, judged: JudgedChunk) -> Chunk:
        """What was judged of this chunk; the spares take the rest."""
        if not judged.asleep:
            return chunk
        for index in judged.asleep:
            self._spares.take(Chunk(chunk.task_id, (chunk.programs[index],)))
        awake = set(range(len(chunk.programs))).difference(judged.asleep)
        return Chunk(chunk.task_id, tuple(chunk.programs[index] for index in sorted(awake)))
