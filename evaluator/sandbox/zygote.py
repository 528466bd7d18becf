"""The warm interpreter inside the cell: forks a process per program, watches it, reports. One at a time.

It runs no line of any program, and never holds one's source or code: the compiler's process reads the
one, the program's own process the other. So nothing of a program is left for the next one to find. CPU
time is read from the process's own clock and from `wait4`, neither of which the program can touch.
"""

from __future__ import annotations

import gc
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

from evaluator.sandbox import child, compiler, wire
from evaluator.sandbox.answers import Answers
from evaluator.sandbox.compiler import Compiler, Prepared
from evaluator.sandbox.isolation import Isolation
from evaluator.sandbox.wire import CellConfig, End

_FIRST_LOOK_MS = 25  # most programs end sooner; from then on partial results travel
_LONGEST_WAIT_MS = 200


@dataclass(slots=True)
class Watch:
    """A program that runs."""

    sequence: int
    pid: int
    channel: int
    started: float
    received: int = 0
    compiled_in: float = 0.0  # CPU seconds, by the compiler
    told: bool = False  # whether partial results travel already
    end: End | None = None


class Zygote:
    """`control`: messages from and to the keeper. `stops`: which program it wants stopped."""

    def __init__(
        self, control: socket.socket, stops: socket.socket, config: CellConfig, isolation: Isolation
    ) -> None:
        self.control = control
        self.stops = stops
        self.config = config
        self.isolation = isolation
        self.answers = Answers(2 * config.result_bytes)  # the limit is of values; frames add a little
        self.entry_point = ""
        self.calls: list[bytes] = []
        self.cpu_seconds = self.wall_seconds = 1.0  # until there is a plan
        self.compiler: Compiler | None = None

    def serve(self) -> None:
        """Work until the keeper closes the connection."""
        self._send(wire.READY, 0, b"")
        while header := wire.exactly(self.control, wire.MESSAGE.size):
            kind, sequence, length = wire.MESSAGE.unpack(header)
            if kind == wire.PLAN:
                plan = wire.exactly(self.control, length)
                # Written by the judge.
                self.entry_point, self.calls, self.cpu_seconds, self.wall_seconds = marshal.loads(plan)
                self._end_compiler()  # one problem of one file, and no other
            else:
                self._forget_stops()
                self._run(sequence, length, alone=kind == wire.RUN_ALONE)

    def _run(self, sequence: int, length: int, *, alone: bool) -> None:
        prepared = None if alone else self._prepare(length)
        if prepared is not None and prepared.kind != compiler.CODE:
            self._report_unstarted(sequence, prepared)
            return
        watch = self._start(sequence, length, prepared)
        self._watch(watch)
        self._reap(watch)
        self.isolation.clean_up()

    def _prepare(self, length: int) -> Prepared:
        if self.compiler is None:
            self.compiler = Compiler(self.isolation, self.control, self.stops)
        try:
            prepared = self.compiler.prepare(length)
        except (EOFError, OSError):
            os._exit(1)  # who knows how much of the source is left in the connection: not a cell any more
        return prepared

    def _report_unstarted(self, sequence: int, prepared: Prepared) -> None:
        """No process was needed to say that this is no program; or one has to find out by itself."""
        assert self.compiler is not None
        end = End.EXITED if prepared.kind == compiler.REFUSED else End.UNSETTLED
        self.compiler.pass_on(prepared, self.answers)
        if end is End.UNSETTLED:
            self._end_compiler()  # it may be gone, busy, or full
        report = wire.END.pack(end, 0, int(prepared.cpu_seconds * 1e9))
        self._send(wire.ENDED, sequence, report, self.answers.take())

    def _end_compiler(self) -> None:
        if self.compiler is not None:
            self.compiler.close()
            self.compiler = None

    def _forget_stops(self) -> None:
        """What was to be stopped has ended by itself."""
        self.stops.setblocking(False)
        try:
            while self.stops.recv(wire.STOP.size):
                continue
        except BlockingIOError:
            return
        finally:
            self.stops.setblocking(True)

    def _start(self, sequence: int, length: int, prepared: Prepared | None) -> Watch:
        reading, writing = os.pipe()
        pid = self.isolation.fork()
        if pid == 0:
            self._become_program(length, prepared, reading, writing)
        os.close(writing)
        if os.read(reading, 1) != wire.TAKEN:
            os._exit(1)  # who knows how much of the source is left in the connection: not a cell any more
        os.set_blocking(reading, False)
        return Watch(
            sequence,
            pid,
            reading,
            time.monotonic(),
            compiled_in=prepared.cpu_seconds if prepared else 0.0,
        )

    def _become_program(self, length: int, prepared: Prepared | None, reading: int, writing: int) -> NoReturn:
        try:
            os.close(reading)
            job = self._job(length, prepared)
            if self.compiler is not None:
                self.compiler.channel.close()  # whoever holds it can have it read other programs' sources
            self.control.close()
            self.stops.close()
            os.write(writing, wire.TAKEN)
            # The kernel counts this one in ticks, on a busy machine a seventh too many: far from the limit.
            backstop = 2 * math.ceil(self.cpu_seconds) + 2
            resource.setrlimit(resource.RLIMIT_CPU, (backstop, backstop))
            self.isolation.drop_rights()
            gc.enable()
            child.run(job, writing)
        except MemoryError:
            os._exit(wire.EXIT_NO_MEMORY)
        finally:
            os._exit(0)

    def _job(self, length: int, prepared: Prepared | None) -> child.Job:
        limit = self.config.result_bytes
        if prepared is None or self.compiler is None:
            program = wire.exactly(self.control, length)
            return child.Job(program[1:], False, program[0], self.entry_point, self.calls, limit)
        code = wire.exactly(self.compiler.channel, prepared.length)
        if not code:
            os._exit(1)  # the compiler died over it: without TAKEN, the zygote gives up this cell
        return child.Job(code, True, prepared.options, self.entry_point, self.calls, limit)

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
            if self.stops.fileno() in ready:
                self._listen(watch)
            now = time.monotonic()
            if watch.end is None and now >= next_look:
                if not watch.told:
                    poller.register(self.stops, select.POLLIN)
                timeout = self._look(watch, now)
                next_look = now + timeout / 1000

    def _collect(self, watch: Watch) -> bool:
        """Take what is in the channel; False when the program has closed it."""
        count = self.answers.read_from(watch.channel)
        watch.received += count
        if watch.received >= 2 * self.config.result_bytes:
            watch.end = End.RESULT_LIMIT
        elif watch.told:
            self._tell(watch)
        return count > 0

    def _look(self, watch: Watch, now: float) -> int:
        """Check the limits, pass on what is known; milliseconds until the next look."""
        watch.told = True
        self._tell(watch)
        used = time.clock_gettime(_cpu_clock(watch.pid))
        if used >= self.cpu_seconds:
            watch.end = End.CPU_LIMIT
        elif now - watch.started >= self.wall_seconds:
            watch.end = End.WALL_LIMIT
        left = min(self.cpu_seconds - used, self.wall_seconds - (now - watch.started))
        return max(5, min(_LONGEST_WAIT_MS, int(left * 1000) + 1))

    def _tell(self, watch: Watch) -> None:
        if frames := self.answers.take():
            self._send(wire.PARTIAL, watch.sequence, b"", frames)

    def _listen(self, watch: Watch) -> None:
        """Whether the keeper wants this program stopped, or is gone."""
        told = wire.exactly(self.stops, wire.STOP.size)
        if not told or wire.STOP.unpack(told) == (watch.sequence,):
            watch.end = End.STOPPED

    def _reap(self, watch: Watch) -> None:
        # A program that closed its channel can't say anything more: no reason to wait for it.
        os.kill(watch.pid, signal.SIGKILL)
        _, status, usage = os.wait4(watch.pid, 0)
        self._collect_rest(watch)
        os.close(watch.channel)
        seconds = watch.compiled_in + usage.ru_utime + usage.ru_stime
        end, code = watch.end, 0
        if end is None and os.WIFSIGNALED(status):
            end, code = End.SIGNALLED, os.WTERMSIG(status)
        elif end is None:
            end, code = End.EXITED, os.WEXITSTATUS(status)
        if seconds > self.cpu_seconds and end in (End.EXITED, End.SIGNALLED):
            end = End.CPU_LIMIT
        report = wire.END.pack(end, code, int(seconds * 1e9))
        self._send(wire.ENDED, watch.sequence, report, self.answers.take())

    def _collect_rest(self, watch: Watch) -> None:
        """What is left in the channel. It may be open still: a program can hide its end in a socket."""
        try:
            while not self.answers.is_full() and self.answers.read_from(watch.channel):
                continue
        except BlockingIOError:
            return

    def _send(self, kind: bytes, sequence: int, payload: bytes, frames: memoryview | bytes = b"") -> None:
        length = len(payload) + len(frames)
        self.control.sendall(wire.MESSAGE.pack(kind, sequence, length) + payload)
        if frames:
            self.control.sendall(frames)


def _cpu_clock(pid: int) -> int:
    """The id of a process's CPU clock (clock_getcpuclockid)."""
    return (~pid << 3) | 2
