"""The warm interpreter that programs are forked from. It does nothing else, and doesn't even watch them.

After a fork either side pays for a copy of every page that it writes to, and Python writes to a page for
almost each object that it looks at. So this process looks at few: it receives an order, clones, tells the
pid. Its programs are children of the `warden`, which watches them from memory that no program shares.

It runs no line of any program, and never holds one's source or code: the compiler's process reads the one,
the program's own process the other. So nothing of a program is left for the next one to find.
"""

from __future__ import annotations

import fcntl
import gc
import marshal
import os
import signal
import socket
import struct
from typing import NoReturn

from evaluator.sandbox import child, wire
from evaluator.sandbox.endless import Lookout
from evaluator.sandbox.isolation import Isolation
from evaluator.sandbox.traces import Traces

_ORDER = struct.Struct("<cBI")  # kind, the program's options, length of what follows elsewhere
_PLAN, _COMPILER = b"p", b"k"
_COMPILED, _SOURCE = b"c", b"s"  # a program: its code waits with the compiler, or its source with the keeper
_HOST = b"h"  # a process that is told of one program after the other
_NUMBER = struct.Struct("<i")  # a pid, or a file descriptor that travels
_NUMBERS = struct.Struct("<2i")
_ANSWERS = 3  # the file descriptor of the pipe that a program answers into: the lowest that is free
_TURNS, _CODE = 4, 5  # a host's connections to the warden and to the compiler
_HANDLES = 64  # beyond all others


class Zygote:
    """The warden's side of it. `control`: the keeper's connection. `stops`: nothing of the zygote's."""

    def __init__(
        self, isolation: Isolation, control: socket.socket, stops: socket.socket, result_bytes: int
    ) -> None:
        self.orders, theirs = socket.socketpair()
        self.pid = isolation.fork_zygote()
        if self.pid == 0:
            try:
                self.orders.close()
                stops.close()
                _Forking(isolation, control.fileno(), theirs, result_bytes).serve()
            finally:
                os._exit(0)
        theirs.close()

    def plan(self, plan: bytes) -> None:
        """What the next programs have to do (`wire.PLAN`)."""
        self.orders.sendall(_ORDER.pack(_PLAN, 0, len(plan)) + plan)

    def compiler(self, channel: socket.socket) -> None:
        """Where the code of the next programs comes from."""
        self._send(_ORDER.pack(_COMPILER, 0, 0), channel.fileno())

    def start_compiled(self, length: int, options: int, writing: int) -> None:
        """Fork a program whose code waits with the compiler; it answers into `writing`."""
        self._send(_ORDER.pack(_COMPILED, options, length), writing)

    def start(self, length: int, writing: int) -> None:
        """Fork a program whose source waits in the keeper's connection, `length` bytes with its options."""
        self._send(_ORDER.pack(_SOURCE, 0, length), writing)

    def start_host(self, writing: int, turns: int) -> None:
        """Fork a process for several programs, which answers into `writing` and is told by way of `turns`."""
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, _NUMBERS.pack(writing, turns))
        self.orders.sendmsg([_ORDER.pack(_HOST, 0, 0)], [rights])

    def pid_of_last(self) -> int:
        """The pid of the program that was started last, once for each. Raises EOFError if that failed."""
        told = wire.exactly(self.orders.fileno(), _NUMBER.size)
        pid = int(_NUMBER.unpack(told)[0]) if told else 0
        if pid <= 0:  # no process, and to a signal it would mean all of them
            raise EOFError("the zygote is gone, or could not fork")
        return pid

    def _send(self, order: bytes, handle: int) -> None:
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, _NUMBER.pack(handle))
        self.orders.sendmsg([order], [rights])


class _Forking:
    """The zygote's own process. Every object that it handles per program is a page to copy, in each fork."""

    def __init__(self, isolation: Isolation, control: int, orders: socket.socket, result_bytes: int) -> None:
        self.isolation = isolation
        self.control = _moved(control)
        self.orders = socket.socket(fileno=_moved(orders.detach()))
        self.compiler = -1
        self.job = child.Job(result_bytes)

    def serve(self) -> None:
        """Work until the warden closes the connection, or is gone."""
        gc.enable()  # for the programs: here, nothing is left that it would look at
        fork, receive, send = self.isolation.program_fork(), self.orders.recvmsg, self.orders.send
        size, space = _ORDER.size, socket.CMSG_SPACE(_NUMBERS.size)
        while True:
            order, rights, _, _ = receive(size, space)
            if not rights or order[:1] == _COMPILER:
                if not order:
                    return
                self._prepare(order, rights)
                continue
            pid = fork()
            if pid == 0 and order[:1] == _HOST:
                self._become_host()
            if pid == 0:
                self._become_program(order)
            os.close(_ANSWERS)
            if order[:1] == _HOST:
                os.close(_TURNS)
            send(_NUMBER.pack(pid))

    def _prepare(self, order: bytes, rights: list[tuple[int, int, bytes]]) -> None:
        """Take a plan, or the way to the compiler that it has."""
        if self.compiler != -1:
            os.close(self.compiler)
            self.compiler = -1
        if rights:
            self.compiler = _moved(*_NUMBER.unpack(rights[0][2]))
            return
        plan = wire.exactly(self.orders.fileno(), _ORDER.unpack(order)[2])
        self.job.entry_point, self.job.calls = marshal.loads(plan)  # written by the judge

    def _become_program(self, order: bytes) -> NoReturn:
        try:
            kind, options, length = _ORDER.unpack(order)
            job = self.job
            job.program = wire.exactly(self.compiler if kind == _COMPILED else self.control, length)
            job.options = options
            if not job.program:
                os._exit(1)  # the compiler died over it: without TAKEN, the warden gives up this cell
            if kind == _SOURCE:
                job.is_code, job.options, job.program = False, job.program[0], job.program[1:]
            # Whoever holds the way to the compiler can have it read what other programs are.
            os.closerange(_ANSWERS + 1, _HANDLES)
            os.write(_ANSWERS, wire.TAKEN)
            self.isolation.drop_rights()
            child.run(job, _ANSWERS)
        except MemoryError:
            os._exit(wire.EXIT_NO_MEMORY)
        finally:
            os._exit(0)

    def _become_host(self) -> NoReturn:
        """Run self-contained programs of this plan until the warden hangs up. See `host`.

        As many frames above a program as in `_become_program`: recursions end at the same depth.
        """
        try:
            os.dup2(self.compiler, _CODE)
            os.closerange(_CODE + 1, _HANDLES)
            self.isolation.drop_rights()
            job, traces, size = self.job, Traces(), wire.TURN.size
            lookout = Lookout(job)
            signal.signal(signal.SIGUSR1, lookout.look)
            while turn := wire.exactly(_TURNS, size):
                job.options, length = wire.TURN.unpack(turn)
                job.program = wire.exactly(_CODE, length)
                os.write(_ANSWERS, wire.TAKEN)
                child.run(job, _ANSWERS)
                lookout.rest()
                os.write(_TURNS, traces.cleared())
        except MemoryError:
            os._exit(wire.EXIT_NO_MEMORY)
        finally:
            os._exit(0)


def _moved(handle: int) -> int:
    """The same open file under a number that leaves those free that programs know."""
    moved = fcntl.fcntl(handle, fcntl.F_DUPFD_CLOEXEC, _CODE + 1)
    os.close(handle)
    return moved
