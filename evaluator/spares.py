"""Spare workers: programs that sleep are judged here, so that no core waits for them.

A worker whose program is found asleep ends it and goes on with the next one. The program is judged from its
beginning by a spare, which has nothing else to do and stays until it ends: beside programs that compute it
costs a process, and no core.
"""

from __future__ import annotations

import contextlib
import os
from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from evaluator.errors import SandboxError
from evaluator.worker import Chunk, JudgedChunk, Pool

_MOST = 8
_MAX_BROKEN = 3
_GROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


def most_spares(workers: int, memory_bytes: int) -> int:
    """As many as the machine has memory for, should the programs of all workers take what they may."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with contextlib.suppress(OSError, ValueError):  # not in a group, or it has no limit: "max"
        memory = min(memory, int(_GROUP_LIMIT.read_text()))
    return max(0, min(_MOST, memory // memory_bytes - workers))


class Spares:
    """At most `most` pools of one worker, started by `start` when there is no idle one for a program."""

    def __init__(self, start: Callable[[], Pool], most: int) -> None:
        self.most = most
        self._start = start
        self._waiting: deque[Chunk] = deque()
        self._idle: list[Pool] = []
        self._busy: dict[Future[JudgedChunk], tuple[Pool, Chunk]] = {}
        self._broken = 0

    @property
    def futures(self) -> Collection[Future[JudgedChunk]]:
        """What to wait for. `settle` takes those that are done."""
        return self._busy.keys()

    def take(self, chunk: Chunk) -> None:
        """A program that sleeps, alone in its chunk."""
        self._waiting.append(chunk)
        self._hand_out()

    def settle(self, future: Future[JudgedChunk]) -> tuple[Chunk, JudgedChunk] | None:
        """The outcome; None where the spare died, and another one begins anew. Raises SandboxError."""
        pool, chunk = self._busy.pop(future)
        try:
            judged = future.result()
        except BrokenProcessPool as error:
            self._waiting.appendleft(chunk)
            self._replace(pool, error)
            return None
        self._idle.append(pool)
        self._hand_out()
        return chunk, judged

    def close(self) -> None:
        """End those that are idle, wait for none."""
        self.forget()
        for pool in self._idle:
            pool.close()
        self._idle.clear()

    def forget(self) -> None:
        """Nobody wants to know any more: end those that are busy."""
        self._waiting.clear()
        for pool, _ in self._busy.values():
            pool.end()
        self._busy.clear()

    def _hand_out(self) -> None:
        while self._waiting and len(self._busy) < self.most:
            pool = self._idle.pop() if self._idle else self._start()
            try:
                future = pool.submit(self._waiting[0], leaves=False)
            except BrokenProcessPool as error:  # it died while it was idle
                self._count(pool, error)
                continue
            self._busy[future] = pool, self._waiting.popleft()

    def _replace(self, pool: Pool, error: BrokenProcessPool) -> None:
        self._count(pool, error)
        self._hand_out()

    def _count(self, pool: Pool, error: BrokenProcessPool) -> None:
        pool.end()
        self._broken += 1
        if self._broken > _MAX_BROKEN:
            raise SandboxError("spare workers keep dying; is the machine out of memory?") from error
