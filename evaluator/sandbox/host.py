"""A process that runs self-contained programs, one after the other. This is the warden's side of it.

A fork costs more than most programs. Those that leave nothing behind (`self_contained`) therefore share a
process, for as long as they are of one plan: one problem of one file. It has no more rights than any
program. The warden measures each one's CPU time by the process's own clock, and whatever isn't a plain end
(no memory left, a recursion too deep, a crash) settles nothing: the program is run again, alone.
"""

from __future__ import annotations

import os
import signal
import socket
import time

from evaluator.sandbox import wire
from evaluator.sandbox.zygote import Zygote

_OLD_SECONDS = 2.0  # of CPU time: a fresh process costs nothing beside it


class Host:
    """`answers`: where the frames of its programs arrive. `turns`: one byte for each that has ended."""

    def __init__(self, zygote: Zygote) -> None:
        self.answers, writing = os.pipe()
        self.turns, theirs = socket.socketpair()
        os.set_blocking(self.answers, False)
        zygote.start_host(writing, theirs.fileno())
        os.close(writing)
        theirs.close()
        self.pid = zygote.pid_of_last()

    def begin(self, options: int, length: int) -> None:
        """Have it run a program whose code waits with the compiler. Raises OSError if it is gone."""
        self.turns.sendall(wire.TURN.pack(options, length))

    def word(self) -> bytes:
        """What it says of its last program; b"" if it is gone, or not that far."""
        try:
            return self.turns.recv(1, socket.MSG_DONTWAIT)
        except (BlockingIOError, ConnectionResetError):
            return b""

    def look_out(self) -> None:
        """Have it look whether its program's loops go on for ever (`endless`)."""
        os.kill(self.pid, signal.SIGUSR1)

    def cpu_seconds(self) -> float:
        """CPU time of all its programs so far, and of what was done for them."""
        return time.clock_gettime(cpu_clock(self.pid))

    def is_old(self) -> bool:
        return self.cpu_seconds() > _OLD_SECONDS

    def end(self) -> float:
        """End it; the CPU time that it took in all."""
        os.kill(self.pid, signal.SIGKILL)  # it is there, if only as a zombie
        _, _, usage = os.wait4(self.pid, 0)
        os.close(self.answers)
        self.turns.close()
        return usage.ru_utime + usage.ru_stime


def cpu_clock(pid: int) -> int:
    """The id of a process's CPU clock (clock_getcpuclockid)."""
    return (~pid << 3) | 2
