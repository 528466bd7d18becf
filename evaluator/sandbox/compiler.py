"""Turns sources into code ahead of the programs' own processes, in a warm process of the cell.

Compiling is the dearest step of a short program when a fresh fork does it, because every page it touches
has to be copied first. This process has no more rights than a program. It serves one plan, so one problem
of one file, and executes nothing: what comes out of it is code for a program's own process, which is
judged by its values like any other. Only plain success and plain syntax errors are settled here; whatever
else happens to a source (too deep, too large, too slow, a crash), it is compiled in its own process.
"""

from __future__ import annotations

import marshal
import os
import resource
import select
import signal
import socket
import struct
import time
from collections.abc import Sequence
from types import CodeType
from typing import NamedTuple

from evaluator.sandbox import child, wire
from evaluator.sandbox.answers import Answers
from evaluator.sandbox.isolation import Isolation
from evaluator.sandbox.self_contained import is_self_contained

CODE = b"c"  # marshal of the code; the program's own process reads it
SELF_CONTAINED = b"h"  # the same, of a program that may share a process (`self_contained`); the host reads it
REFUSED = b"r"  # frames that say why it is no program
UNSETTLED = b"u"  # nothing follows: its own process shall find out
WORN = b"w"  # the same, and the compiler may be gone, busy, or full

_ORDER = struct.Struct("<I")  # length of options and source, which wait in the keeper's connection
_REPLY = struct.Struct("<cBIQ")  # kind, options, length of what follows, CPU nanoseconds
_PATIENCE_MS = 500  # of wall clock: costs a slow source or a busy machine a second try, never a verdict
_CPU_SECONDS = 5  # a backstop, should the warden not be there to lose patience


class Prepared(NamedTuple):
    """What the compiler said. `length`: bytes that wait in its channel."""

    kind: bytes
    options: int = 0
    length: int = 0
    cpu_seconds: float = 0.0


class Compiler:
    """The warden's side of it. `others`: connections that are none of the compiler's business."""

    def __init__(self, isolation: Isolation, control: socket.socket, others: Sequence[socket.socket]) -> None:
        self.channel, theirs = socket.socketpair()
        self.pid = isolation.fork()
        if self.pid == 0:
            try:
                self.channel.close()
                for other in others:
                    other.close()
                resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
                isolation.drop_rights()
                _serve(control.fileno(), theirs)
            finally:
                os._exit(0)
        theirs.close()

    def prepare(self, length: int) -> Prepared:
        """Have it take the next `length` bytes from the keeper. Raises EOFError if it died before."""
        self.channel.sendall(_ORDER.pack(length))
        if self.channel.recv(1) != wire.TAKEN:
            raise EOFError("the compiler died over its order")
        poller = select.poll()
        poller.register(self.channel, select.POLLIN)
        reply = wire.exactly(self.channel.fileno(), _REPLY.size) if poller.poll(_PATIENCE_MS) else b""
        if not reply:
            return Prepared(WORN)
        kind, options, size, nanoseconds = _REPLY.unpack(reply)
        return Prepared(kind, options, size, nanoseconds / 1e9)

    def pass_on(self, prepared: Prepared, answers: Answers) -> None:
        """Put frames that wait in the channel where a program's would be."""
        left = prepared.length
        while left > 0 and (count := answers.read_from(self.channel.fileno(), left)):
            left -= count

    def close(self) -> None:
        self.channel.close()
        os.kill(self.pid, signal.SIGKILL)  # it is there, if only as a zombie
        os.waitpid(self.pid, 0)


def _serve(control: int, commands: socket.socket) -> None:
    while order := wire.exactly(commands.fileno(), _ORDER.size):
        started = time.thread_time_ns()
        program = wire.exactly(control, _ORDER.unpack(order)[0])
        commands.sendall(wire.TAKEN)
        kind, payload = _prepared(program[1:], program[0])
        used = time.thread_time_ns() - started
        commands.sendall(_REPLY.pack(kind, program[0], len(payload), used) + payload)


def _prepared(source: bytes, options: int) -> tuple[bytes, bytes]:
    try:
        code = child.compiled(source.decode("utf-8", "surrogatepass"), options)
    except SyntaxError as error:
        return REFUSED, _frame(child.described(error))
    except Exception:  # noqa: BLE001  a compiler has many ways to refuse, and its own process says which
        return WORN, b""
    if any(_keeps_a_set(constant) for constant in code.co_consts):
        return UNSETTLED, b""
    shared = options & wire.MAY_SHARE and is_self_contained(code)
    return SELF_CONTAINED if shared else CODE, marshal.dumps(code)


def _frame(payload: bytes) -> bytes:
    return wire.FRAME.pack(wire.NOT_COMPILED, len(payload)) + payload


def _keeps_a_set(constant: object) -> bool:
    """Members of a set that is written and read again may come in another order."""
    if isinstance(constant, CodeType):
        return any(_keeps_a_set(inner) for inner in constant.co_consts)
    return isinstance(constant, frozenset) and len(constant) > 1
