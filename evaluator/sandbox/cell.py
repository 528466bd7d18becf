"""The keeper's side of a cell: starts it, hands it programs, reads what it reports."""

from __future__ import annotations

import ast
import contextlib
import marshal
import math
import os
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from evaluator.errors import CellBroken, SandboxUnavailable
from evaluator.sandbox import sweep, wire
from evaluator.sandbox.wire import CellConfig, End

_BOOT = Path(__file__).with_name("boot.py")
_START_SECONDS = 60.0
_HANG_UP_SECONDS = 0.5
_DYING_SECONDS = 5.0
_CHUNK = 1 << 18
# Nothing of the keeper's environment goes in. The hash seed is fixed: verdicts must not depend on it.
_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "LANG": "C.UTF-8",
    "HOME": "/tmp",
    "PATH": "/nowhere",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
}


@dataclass(frozen=True, slots=True)
class Partial:
    """Frames of a program that still runs."""

    sequence: int
    frames: bytes


@dataclass(frozen=True, slots=True)
class Ended:
    """A program's process is gone. `frames`: the last of its frames."""

    sequence: int
    end: End
    code: int  # exit code, or signal number
    cpu_seconds: float
    frames: bytes


Report = Partial | Ended

# By packages: finding out takes a third of a cell's start, and is done once.
_layouts: dict[tuple[str, ...], tuple[Any, ...]] = {}


class Cell:
    """A running cell. Not for several threads. Close it, or use it as a context manager.

    Raises SandboxUnavailable when the machine refuses, CellBroken whenever the cell dies or is silent.
    """

    def __init__(self, config: CellConfig) -> None:
        self._work = tempfile.mkdtemp(prefix="passboard-cell-") if config.tier == "B" else ""
        self.config = config._replace(work=self._work, layout=_layouts.get(config.packages, ()))
        self._socket, theirs = socket.socketpair()
        self._stops, their_stops = socket.socketpair()
        with theirs, their_stops:
            self._process = self._start(theirs.fileno(), their_stops.fileno())
        self._socket.setblocking(False)
        self._stops.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._socket, selectors.EVENT_READ)
        self._inbox = bytearray()
        self._outbox = bytearray()
        try:
            self._await_ready()
        except BaseException:
            self.close()
            raise

    def _start(self, control: int, stops: int) -> subprocess.Popen[bytes]:
        interpreter = [sys.executable, "-s", "-S", "-B", "-P", "-W", "ignore", str(_BOOT)]
        return subprocess.Popen(
            [*interpreter, marshal.dumps(tuple(self.config)).hex(), str(control), str(stops)],
            pass_fds=[control, stops],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_ENVIRONMENT,
            cwd="/",
            start_new_session=True,
        )

    def _await_ready(self) -> None:
        kind, _, payload = self._next_message(time.monotonic() + _START_SECONDS)
        if kind == wire.UNAVAILABLE:
            _layouts.pop(self.config.packages, None)  # perhaps packages were replaced meanwhile
            raise SandboxUnavailable(payload.decode(errors="replace"))
        if kind != wire.READY:
            raise CellBroken(f"the cell began with {kind!r}")
        if payload:  # from our own code: no program has run in there yet
            _layouts[self.config.packages] = ast.literal_eval(payload.decode())

    def plan(self, entry_point: str, calls: Sequence[bytes]) -> None:
        """Set calls for the programs that follow. Each: marshal of (args, kwargs)."""
        self._queue(wire.PLAN, 0, marshal.dumps((entry_point, list(calls))))

    def limit(self, cpu_seconds: float, wall_seconds: float, idle_seconds: float = math.inf) -> None:
        """Set limits for the programs that follow, also of later plans.

        A program that uses next to no CPU time for `idle_seconds` is ended, as asleep.
        """
        self._queue(wire.LIMIT, 0, marshal.dumps((cpu_seconds, wall_seconds, idle_seconds)))

    def run(self, sequence: int, source: str, options: int = 0, *, alone: bool = False) -> None:
        """Queue a program. Its reports carry `sequence`. `alone`: its own process compiles it."""
        payload = bytes([options]) + source.encode("utf-8", "surrogatepass")
        alone = alone or len(payload) > wire.MAX_PREPARED
        self._queue(wire.RUN_ALONE if alone else wire.RUN, sequence, payload)

    def stop(self, sequence: int) -> None:
        """End this program if it still runs."""
        with contextlib.suppress(OSError):  # what is wrong with the cell, its next report says
            self._stops.send(wire.STOP.pack(sequence))

    def next_report(self, timeout: float) -> Report:
        """The next report, in the order of the programs. CellBroken after `timeout` seconds of silence."""
        kind, sequence, payload = self._next_message(time.monotonic() + timeout)
        if kind == wire.PARTIAL:
            return Partial(sequence, payload)
        if kind == wire.ENDED:
            end, code, nanoseconds = wire.END.unpack_from(payload)
            return Ended(sequence, End(end), code, nanoseconds / 1e9, payload[wire.END.size :])
        raise CellBroken(f"the cell sent a message of unknown kind {kind!r}")

    def close(self) -> None:
        """End the cell and everything in it. Safe to call twice."""
        self._selector.close()
        self._socket.close()
        self._stops.close()
        if self._process.returncode is None:
            # An idle warden leaves by itself when it is hung up on, and its CPU time gets accounted for.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_HANG_UP_SECONDS)
            self._process.kill()
            self._process.wait()
        if self._work:
            self._remove_work()
            self._work = ""

    def _remove_work(self) -> None:
        """The program that ran last dies with the warden, but perhaps a moment later."""
        deadline = time.monotonic() + _DYING_SECONDS
        while True:
            try:
                sweep.empty(self._work)
                return os.rmdir(self._work)
            except OSError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.01)

    def __enter__(self) -> Cell:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _queue(self, kind: bytes, sequence: int, payload: bytes) -> None:
        self._outbox += wire.MESSAGE.pack(kind, sequence, len(payload)) + payload
        self._flush()

    def _flush(self) -> None:
        while self._outbox:
            try:
                sent = self._socket.send(self._outbox)
            except BlockingIOError:
                return
            except OSError as error:
                raise CellBroken(f"the cell is gone: {error}") from error
            del self._outbox[:sent]

    def _next_message(self, deadline: float) -> tuple[bytes, int, bytes]:
        while True:
            if len(self._inbox) >= wire.MESSAGE.size:
                kind, sequence, length = wire.MESSAGE.unpack_from(self._inbox)
                end = wire.MESSAGE.size + length
                if len(self._inbox) >= end:
                    payload = bytes(self._inbox[wire.MESSAGE.size : end])
                    del self._inbox[:end]
                    return kind, sequence, payload
            self._exchange(deadline)

    def _exchange(self, deadline: float) -> None:
        """Send what waits, receive what came: never blocked on one while the other is full."""
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._outbox else 0)
        self._selector.modify(self._socket, wanted)
        ready = self._selector.select(max(0.0, deadline - time.monotonic()))
        if not ready:
            raise CellBroken("the cell did not answer in time")
        for _, events in ready:
            if events & selectors.EVENT_WRITE:
                self._flush()
            if events & selectors.EVENT_READ:
                self._receive()

    def _receive(self) -> None:
        try:
            data = self._socket.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            raise CellBroken(f"the cell is gone: {error}") from error
        if not data:
            raise CellBroken("the cell died")
        self._inbox += data
