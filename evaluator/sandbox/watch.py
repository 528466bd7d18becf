"""A program that runs, as the warden sees it: what it has used, and when that is enough."""

from __future__ import annotations

import math
import time
from typing import NamedTuple

from evaluator.sandbox.host import Host, cpu_clock
from evaluator.sandbox.idleness import Idleness
from evaluator.sandbox.wire import End

_FIRST_LOOK_MS = 25  # most programs end sooner; from then on partial results travel
_FIRST_LOOK_IN_HOST_MS = 12  # few take longer there, and those that do may never end
_SHORTEST_WAIT_MS, _LONGEST_WAIT_MS = 5, 200
_FIRST_LOOK_OUT = 0.01  # CPU seconds; the next one each time that it took four times as many
_LOOKING_OUT = 0.01  # CPU seconds that a host may need for the first one: no program's time


class Allowed(NamedTuple):
    """Seconds: of CPU time, of wall clock, and of wall clock next to without CPU time."""

    cpu: float
    wall: float
    idle: float


class Watch:
    """In a process of its own, whose end is the channel's, or in a host."""

    def __init__(self, sequence: int, channel: int, compiled_in: float, host: Host | None = None) -> None:
        self.sequence = sequence
        self.channel = channel
        self.compiled_in = compiled_in  # CPU seconds, by the compiler
        self.host = host
        self.started = time.monotonic()
        self.idle = Idleness(self.started)
        self.pid = host.pid if host else 0  # not asked for yet
        self.spent_before = host.cpu_seconds() if host else 0.0  # by the host's earlier programs
        self.looks_out_at = _FIRST_LOOK_OUT if host else math.inf  # CPU seconds
        self.looking_out = 0.0  # CPU seconds that may have gone into it
        self.received = 0
        self.taken = False  # whether it has read what it is
        self.told = False  # whether partial results travel already
        self.end: End | None = None

    def patience(self) -> int:
        """Milliseconds after which it is worth a look."""
        return _FIRST_LOOK_IN_HOST_MS if self.host else _FIRST_LOOK_MS

    def look(self, allowed: Allowed, now: float) -> int:
        """Set `end` where it had all that it may have; milliseconds until the next look."""
        if not self.taken:  # its source is still on its way: that is not the program's time
            self.started = self.idle.since = now
            return _FIRST_LOOK_MS
        used = time.clock_gettime(cpu_clock(self.pid)) - self.spent_before
        if self.host is not None and used >= self.looks_out_at:
            self._look_out(self.host, used, allowed.cpu)
        cpu_left, wall_left = allowed.cpu + self.looking_out - used, allowed.wall - (now - self.started)
        if cpu_left <= 0:
            self.end = End.CPU_LIMIT
        elif wall_left <= 0:
            self.end = End.WALL_LIMIT
        elif self.idle.seconds(now, used) >= allowed.idle:
            self.end = End.ASLEEP
        left = int(min(cpu_left, wall_left, self.looks_out_at - used) * 1000) + 1
        return max(_SHORTEST_WAIT_MS, min(_LONGEST_WAIT_MS, left))

    def _look_out(self, host: Host, used: float, most: float) -> None:
        host.look_out()
        self.looks_out_at = 4 * used if 8 * used < most else math.inf  # else there is little left to save
        self.looking_out += self.looking_out + _LOOKING_OUT  # each look may take twice as long
