"""The warm interpreter inside the cell: compiles a program, forks, watches, reports. One at a time.

It runs no line of any program itself. CPU time is read from the process's own clock and from `wait4`,
neither of which the program can touch.
"""

from __future__ import annotations

import gc
import json
import marshal
import math
import os
import resource
import select
import signal
import socket
import time
from dataclasses import dataclass
from typing import NoReturn

from evaluator.sandbox import child, wire
from evaluator.sandbox.isolation import Isolation
from evaluator.sandbox.wire import CellConfig, End

_FIRST_LOOK_MS = 25  # most programs end sooner; from then on partial results travel
_LONGEST_WAIT_MS = 200
_COMPILE_HERE_BELOW = 1 << 16  # characters: a larger source could hold up the zygote
_CHUNK = 1 << 16


@dataclass(slots=True)
class Watch:
    """A program that runs."""

    sequence: int
    pid: int
    channel: int
    started: float
    frames: bytearray
    received: int = 0
    told: bool = False  # whether partial results travel already
    end: End | None = None


class Zygote:
    def __init__(self, control: socket.socket, config: CellConfig, isolation: Isolation) -> None:
        self.control = control
        self.config = config
        self.isolation = isolation
        self.inbox = bytearray()
        self.entry_point = ""
        self.calls: list[bytes] = []

    def serve(self) -> None:
        """Work until the keeper closes the connection."""
        self._send(wire.READY, 0, b"")
        while (message := self._next_message()) is not None:
            kind, sequence, payload = message
            if kind == wire.PLAN:
                self.entry_point, self.calls = marshal.loads(payload)  # written by the judge
            elif kind == wire.RUN:
                self._run(sequence, payload[0], payload[1:].decode("utf-8", "surrogatepass"))

    def _run(self, sequence: int, options: int, source: str) -> None:
        code = None
        if not options & wire.COMPILE_IN_CHILD and len(source) < _COMPILE_HERE_BELOW:
            try:
                code = child.compile_source(source, options)
            except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
                self._not_compiled(sequence, error)
                return
        job = child.Job(source, code, options, self.entry_point, self.calls, self.config.result_bytes)
        watch = self._start(sequence, job)
        self._watch(watch)
        self._reap(watch)
        self.isolation.clean_up()

    def _not_compiled(self, sequence: int, error: Exception) -> None:
        line = error.lineno if isinstance(error, SyntaxError) else None
        message = error.msg if isinstance(error, SyntaxError) else str(error)
        described = {"type": type(error).__name__, "message": message, "line": line}
        self._send(wire.NOT_COMPILED, sequence, json.dumps(described).encode())

    def _start(self, sequence: int, job: child.Job) -> Watch:
        reading, writing = os.pipe()
        pid = self.isolation.fork()
        if pid == 0:
            self._become_program(job, reading, writing)
        os.close(writing)
        return Watch(sequence, pid, reading, time.monotonic(), bytearray())

    def _become_program(self, job: child.Job, reading: int, writing: int) -> NoReturn:
        try:
            os.close(reading)
            self.control.close()
            backstop = math.ceil(self.config.cpu_seconds) + 2
            resource.setrlimit(resource.RLIMIT_CPU, (backstop, backstop))
            self.isolation.drop_rights()
            gc.enable()
            child.run(job, writing)
        except MemoryError:
            os._exit(wire.EXIT_NO_MEMORY)
        finally:
            os._exit(0)

    def _watch(self, watch: Watch) -> None:
        """Collect what the program sends until it ends or must be ended."""
        poller = select.poll()
        poller.register(watch.channel, select.POLLIN)
        timeout = _FIRST_LOOK_MS
        next_look = watch.started + _FIRST_LOOK_MS / 1000
        while watch.end is None:
            ready = {handle for handle, _ in poller.poll(timeout)}
            if watch.channel in ready and not self._collect(watch):
                return
            if self.control.fileno() in ready:
                self._listen(watch)
            now = time.monotonic()
            if watch.end is None and now >= next_look:
                if not watch.told:
                    poller.register(self.control, select.POLLIN)
                timeout = self._look(watch, now)
                next_look = now + timeout / 1000

    def _collect(self, watch: Watch) -> bool:
        """Take what is in the channel; False when the program has closed it."""
        data = os.read(watch.channel, _CHUNK)
        if not data:
            return False
        watch.received += len(data)
        # The result limit is of values; frames around them may add a little.
        if watch.received > 2 * self.config.result_bytes:
            watch.end = End.RESULT_LIMIT
        else:
            watch.frames += data
            if watch.told:
                self._tell(watch)
        return True

    def _look(self, watch: Watch, now: float) -> int:
        """Check the limits, pass on what is known; milliseconds until the next look."""
        watch.told = True
        self._tell(watch)
        used = time.clock_gettime(_cpu_clock(watch.pid))
        if used >= self.config.cpu_seconds:
            watch.end = End.CPU_LIMIT
        elif now - watch.started >= self.config.wall_seconds:
            watch.end = End.WALL_LIMIT
        left = min(self.config.cpu_seconds - used, self.config.wall_seconds - (now - watch.started))
        return max(5, min(_LONGEST_WAIT_MS, int(left * 1000) + 1))

    def _tell(self, watch: Watch) -> None:
        if watch.frames:
            self._send(wire.PARTIAL, watch.sequence, bytes(watch.frames))
            watch.frames.clear()

    def _listen(self, watch: Watch) -> None:
        """Read the keeper's messages while a program runs: it may want this one stopped."""
        if not self._receive():
            watch.end = End.STOPPED
        position = 0
        while position + wire.MESSAGE.size <= len(self.inbox):
            kind, sequence, length = wire.MESSAGE.unpack_from(self.inbox, position)
            if kind == wire.STOP and sequence == watch.sequence:
                watch.end = End.STOPPED
            position += wire.MESSAGE.size + length

    def _reap(self, watch: Watch) -> None:
        # A program that closed its channel can't say anything more: no reason to wait for it.
        os.kill(watch.pid, signal.SIGKILL)
        _, status, usage = os.wait4(watch.pid, 0)
        while watch.end is not End.RESULT_LIMIT and (data := os.read(watch.channel, _CHUNK)):
            watch.frames += data
        os.close(watch.channel)
        seconds = usage.ru_utime + usage.ru_stime
        end, code = watch.end, 0
        if end is None and os.WIFSIGNALED(status):
            end, code = End.SIGNALLED, os.WTERMSIG(status)
        elif end is None:
            end, code = End.EXITED, os.WEXITSTATUS(status)
        if seconds > self.config.cpu_seconds and end in (End.EXITED, End.SIGNALLED):
            end = End.CPU_LIMIT
        report = wire.END.pack(end, code, int(seconds * 1e9)) + watch.frames
        self._send(wire.ENDED, watch.sequence, report)

    def _next_message(self) -> tuple[bytes, int, bytes] | None:
        while True:
            if len(self.inbox) >= wire.MESSAGE.size:
                kind, sequence, length = wire.MESSAGE.unpack_from(self.inbox)
                end = wire.MESSAGE.size + length
                if len(self.inbox) >= end:
                    payload = bytes(self.inbox[wire.MESSAGE.size : end])
                    del self.inbox[:end]
                    return kind, sequence, payload
            if not self._receive():
                return None

    def _receive(self) -> bool:
        data = self.control.recv(_CHUNK)
        self.inbox += data
        return bool(data)

    def _send(self, kind: bytes, sequence: int, payload: bytes) -> None:
        self.control.sendall(wire.MESSAGE.pack(kind, sequence, len(payload)) + payload)


def _cpu_clock(pid: int) -> int:
    """The id of a process's CPU clock (clock_getcpuclockid)."""
    return (~pid << 3) | 2
