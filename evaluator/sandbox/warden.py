"""Runs the cell from inside: has programs compiled and forked, watches them, reports. One at a time.

It runs no line of any program, and never holds one's source or code. CPU time is read from the process's
own clock and from `wait4`, neither of which the program can touch.
"""

from __future__ import annotations

import marshal
import os
import select
import signal
import socket
import time

from evaluator.sandbox import compiler, sweep, wire
from evaluator.sandbox.answers import CHUNK, Answers
from evaluator.sandbox.compiler import Compiler, Prepared
from evaluator.sandbox.host import Host
from evaluator.sandbox.isolation import Isolation
from evaluator.sandbox.watch import Allowed, Watch
from evaluator.sandbox.wire import CellConfig, End
from evaluator.sandbox.zygote import Zygote

_PLAIN_ENDS = (End.EXITED, End.CPU_LIMIT, End.STOPPED, End.ASLEEP)  # in a host as in a process of one's own
_HUNG_UP = 0  # poll for nothing else: an answer is no reason to wake up, if the end is near


class Warden:
    """`control`: messages from and to the keeper. `stops`: which program it wants stopped.

    Forks the zygote, then locks itself in. Raises OSError where the machine refuses.
    """

    def __init__(
        self, control: socket.socket, stops: socket.socket, config: CellConfig, isolation: Isolation
    ) -> None:
        self.control = control
        self.stops = stops
        self.config = config
        self.isolation = isolation
        self.zygote = Zygote(isolation, control, stops, config.result_bytes)
        isolation.lock()
        self.folder = sweep.Folder(isolation.work)
        self.answers = Answers(2 * config.result_bytes)  # the limit is of values; frames add a little
        self.allowed = Allowed(1.0, 1.0, 1.0)  # until it is told
        self.compiler: Compiler | None = None
        self.host: Host | None = None

    def serve(self, greeting: bytes) -> None:
        """Work until the keeper closes the connection. `greeting`: what it is told first."""
        self._send(wire.READY, 0, greeting)
        while header := wire.exactly(self.control.fileno(), wire.MESSAGE.size):
            kind, sequence, length = wire.MESSAGE.unpack(header)
            if kind == wire.PLAN:
                self._plan(wire.exactly(self.control.fileno(), length))
            elif kind == wire.LIMIT:
                told = wire.exactly(self.control.fileno(), length)
                self.allowed = Allowed(*marshal.loads(told))  # written by the judge
            else:
                self._run(sequence, length, alone=kind == wire.RUN_ALONE)

    def _plan(self, plan: bytes) -> None:
        self._end_compiler()  # one problem of one file, and no other
        self.zygote.plan(plan)

    def _run(self, sequence: int, length: int, *, alone: bool) -> None:
        prepared = None if alone else self._prepare(length)
        if prepared is not None and prepared.kind not in (compiler.CODE, compiler.SELF_CONTAINED):
            self._report_unstarted(sequence, prepared)
            return
        self._forget_stops()
        if prepared is not None and prepared.kind == compiler.SELF_CONTAINED:
            self._run_in_host(sequence, prepared)
            return
        watch = self._start(sequence, length, prepared)
        self._watch(watch)
        self._reap(watch)
        self.folder.empty()

    def _prepare(self, length: int) -> Prepared:
        if self.compiler is None:
            others = (self.stops, self.zygote.orders)
            self.compiler = Compiler(self.isolation, self.control, others)
            self.zygote.compiler(self.compiler.channel)
        try:
            return self.compiler.prepare(length)
        except (EOFError, OSError):
            os._exit(1)  # who knows how much of the source is left in the connection: not a cell any more

    def _report_unstarted(self, sequence: int, prepared: Prepared) -> None:
        """No process was needed to say that this is no program; or one has to find out by itself."""
        assert self.compiler is not None
        end = End.EXITED if prepared.kind == compiler.REFUSED else End.UNSETTLED
        self.compiler.pass_on(prepared, self.answers)
        if prepared.kind == compiler.WORN:
            self._end_compiler()
        report = wire.END.pack(end, 0, int(prepared.cpu_seconds * 1e9))
        self._send(wire.ENDED, sequence, report, self.answers.take())

    def _end_compiler(self) -> None:
        if self.compiler is not None:
            self._end_host()  # its programs come from there
            self.compiler.close()
            self.compiler = None

    def _forget_stops(self) -> None:
        """What was to be stopped has ended by itself."""
        try:
            while self.stops.recv(wire.STOP.size, socket.MSG_DONTWAIT):
                continue
        except BlockingIOError:
            return

    def _run_in_host(self, sequence: int, prepared: Prepared) -> None:
        host, watch = self._begin_in_host(sequence, prepared)
        self._watch(watch)
        word = b"" if watch.end else host.word()
        settled = self._collect_all(watch) and word in (wire.SETTLED, wire.LAST)
        frames = self._frames(watch)
        if not watch.taken:
            os._exit(1)  # as in `_reap`
        total = host.cpu_seconds() if settled else self._end_host()
        seconds = watch.compiled_in + total - watch.spent_before
        end = End.EXITED if settled else watch.end
        late = watch.looking_out and end is not End.CPU_LIMIT and seconds > self.allowed.cpu
        if late or end not in _PLAIN_ENDS:
            end, frames = End.UNSETTLED, memoryview(b"")
        elif end is End.EXITED and seconds > self.allowed.cpu:
            end = End.CPU_LIMIT
        self._send(wire.ENDED, sequence, wire.END.pack(end, 0, int(seconds * 1e9)), frames)
        if settled and (word == wire.LAST or host.is_old()):
            self._end_host()

    def _begin_in_host(self, sequence: int, prepared: Prepared) -> tuple[Host, Watch]:
        while True:
            try:
                host = self.host = self.host or Host(self.zygote)
            except (EOFError, OSError):
                os._exit(1)  # as in `_pid_of_last`
            try:
                watch = Watch(sequence, host.answers, prepared.cpu_seconds, host)
                host.begin(prepared.options, prepared.length)
            except OSError:  # it died since its last program, for want of memory, say; the code still waits
                self._end_host()
                continue
            return host, watch

    def _end_host(self) -> float:
        """CPU seconds of all its programs."""
        host, self.host = self.host, None
        return host.end() if host else 0.0

    def _start(self, sequence: int, length: int, prepared: Prepared | None) -> Watch:
        reading, writing = os.pipe()
        if prepared is None:
            self.zygote.start(length, writing)
        else:
            self.zygote.start_compiled(prepared.length, prepared.options, writing)
        os.close(writing)
        os.set_blocking(reading, False)
        compiled_in = prepared.cpu_seconds if prepared else 0.0
        return Watch(sequence, reading, compiled_in)

    def _watch(self, watch: Watch) -> None:
        """Collect what the program sends until it ends or must be ended."""
        poller = select.poll()
        over = watch.channel if watch.host is None else watch.host.turns.fileno()
        poller.register(over, _HUNG_UP if watch.host is None else select.POLLIN)
        if poller.poll(watch.patience()):
            return
        watch.pid = watch.pid or self._pid_of_last()
        poller.register(watch.channel, select.POLLIN)
        poller.register(self.stops, select.POLLIN)
        next_look = 0.0
        timeout = 0
        while watch.end is None:
            ready = {handle for handle, _ in poller.poll(timeout)}
            if watch.host is not None and over in ready:
                return
            if watch.channel in ready and not self._collect(watch):
                return
            if self.stops.fileno() in ready:
                self._listen(watch)
            now = time.monotonic()
            if watch.end is None and now >= next_look:
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
        """Pass on what is known, check the limits; milliseconds until the next look."""
        watch.told = True
        self._tell(watch)
        return watch.look(self.allowed, now)

    def _tell(self, watch: Watch) -> None:
        if frames := self._frames(watch):
            self._send(wire.PARTIAL, watch.sequence, b"", frames)

    def _frames(self, watch: Watch) -> memoryview:
        """What came since the last time, without the byte that says that the program has read what it is."""
        frames = self.answers.take()
        if frames and not watch.taken:
            watch.taken = frames[0] == wire.TAKEN[0]
            return frames[1:]
        return frames

    def _listen(self, watch: Watch) -> None:
        """Whether the keeper wants this program stopped, or is gone."""
        told = wire.exactly(self.stops.fileno(), wire.STOP.size)
        if not told or wire.STOP.unpack(told) == (watch.sequence,):
            watch.end = End.STOPPED

    def _reap(self, watch: Watch) -> None:
        pid = watch.pid or self._pid_of_last()
        # A program that closed its channel can't say anything more: no reason to wait for it.
        os.kill(pid, signal.SIGKILL)
        _, status, usage = os.wait4(pid, 0)
        self._collect_rest(watch)
        frames = self._frames(watch)
        if not watch.taken:
            os._exit(1)  # who knows how much of the source is left in the connection: not a cell any more
        os.close(watch.channel)
        seconds = watch.compiled_in + usage.ru_utime + usage.ru_stime
        end, code = watch.end, 0
        if end is None and os.WIFSIGNALED(status):
            end, code = End.SIGNALLED, os.WTERMSIG(status)
        elif end is None:
            end, code = End.EXITED, os.WEXITSTATUS(status)
        if seconds > self.allowed.cpu and end in (End.EXITED, End.SIGNALLED):
            end = End.CPU_LIMIT
        report = wire.END.pack(end, code, int(seconds * 1e9))
        self._send(wire.ENDED, watch.sequence, report, frames)

    def _collect_rest(self, watch: Watch) -> None:
        """What is left in the channel. It may be open still: a program can hide its end in a socket."""
        try:
            while not self.answers.is_full() and self.answers.read_from(watch.channel):
                continue
        except BlockingIOError:
            return

    def _collect_all(self, watch: Watch) -> bool:
        """What a host's program has sent, now that it has ended; whether there was room for it."""
        try:
            while not self.answers.is_full():
                if self.answers.read_from(watch.channel) < CHUNK:
                    break
        except BlockingIOError:
            return True
        return not self.answers.is_full()

    def _pid_of_last(self) -> int:
        try:
            return self.zygote.pid_of_last()
        except (EOFError, OSError):
            os._exit(1)  # the zygote is gone, and what the program was to read with it

    def _send(self, kind: bytes, sequence: int, payload: bytes, frames: memoryview | bytes = b"") -> None:
        message = wire.MESSAGE.pack(kind, sequence, len(payload) + len(frames)) + payload
        sent = self.control.sendmsg([message, frames])
        if sent < len(message) + len(frames):
            self.control.sendall((message + bytes(frames))[sent:])
