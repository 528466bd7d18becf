"""What travels between the cell's keeper outside, the warden inside, and a program's process.

Keeper and warden speak in messages: kind (1 byte), sequence number, length (4 bytes each), payload.
A second connection says which program to stop, so that this is heard though others wait in the first.
A program's process answers the warden in frames: kind (1 byte), length (4 bytes), payload; the warden
passes these bytes on without looking at them. Integers are little-endian.
"""

from __future__ import annotations

import os
import struct
from enum import IntEnum
from typing import Any, NamedTuple

MESSAGE = struct.Struct("<cII")
FRAME = struct.Struct("<cI")

# Keeper → warden
PLAN = b"p"  # a problem: marshal of (entry point, [marshal of (args, kwargs), …])
LIMIT = b"l"  # of the programs that follow: marshal of (CPU seconds, wall seconds, idle seconds)
RUN = b"r"  # a program: one byte of options, then its source in UTF-8, which the warden never reads itself
RUN_ALONE = b"a"  # the same, compiled by the program's own process
MAX_PREPARED = 1 << 16  # bytes of a source that the cell compiles ahead
STOP = struct.Struct("<I")  # on the second connection: what this program still does changes nothing

# Options of RUN
STUB_AFTER = 1  # a dangling decorator may decorate what the test would put after it
KEEP_GOING = 2  # go on with the next call after one that raised
KEEP_OBJECTS = 4  # calls are steps (`steps`), and what they return is kept for later ones
MAY_SHARE = 8  # if it is self-contained, it may run in the process where others of its plan ran

# Warden → keeper
READY = b"y"  # where the layout was not given: repr of what was found out
UNAVAILABLE = b"!"  # text: the machine refused a part of the isolation
PARTIAL = b"o"  # frames of a program that still runs
ENDED = b"e"  # END, then the frames that were not sent before

_CHUNK = 1 << 18

END = struct.Struct("<BiQ")  # how (End), exit code or signal, CPU nanoseconds

# Warden → host, and its answer for each program
TURN = struct.Struct("<BI")  # the program's options, and the length of its code, which waits elsewhere
SETTLED, SPOILT = b"s", b"x"  # it ended as in a process of its own; who knows
LAST = b"l"  # settled, but the next one would find less room than in a fresh process

# Program → warden. First one byte that is no frame (as the compiler does): what it was to read is taken
TAKEN = b"t"
LOADED = b"l"  # the program itself was executed, the calls begin
VALUE = b"v"  # `values_out` of what the call returned
ENDLESS = b"n"  # the same as RAISED: it goes on for ever (`endless`), before or in a call
RAISED = b"e"  # the call raised: `values_out` of (type, message, errno or None, [(line, function), …])
NOT_COMPILED = b"c"  # the same: the source is no program
NOT_LOADED = b"m"  # the same, while the program itself was executed, before any call
TOO_LARGE = b"o"  # what the call returned is beyond the limit
DONE = b"d"
EXIT_NO_MEMORY = 71  # the process had not even the memory to say so


class End(IntEnum):
    """How a program's process ended, as its keeper saw it."""

    EXITED = 0
    SIGNALLED = 1
    CPU_LIMIT = 2
    WALL_LIMIT = 3
    RESULT_LIMIT = 4
    STOPPED = 5
    UNSETTLED = 6  # it was not started: its own process has to compile it
    ASLEEP = 7  # it had used next to no CPU time for as long as the plan's idle limit


class CellConfig(NamedTuple):
    """What a cell is built for. Sent to it as JSON."""

    tier: str
    work: str  # tier B: a folder that it may write in
    packages: tuple[str, ...]
    memory_bytes: int
    result_bytes: int
    file_bytes: int
    warm: bool = True  # False: only to find out whether it can be built
    layout: tuple[Any, ...] = ()  # as an earlier cell found it out; empty: this one has to


def exactly(connection: int, length: int) -> bytes:
    """The next bytes of a connection, given as a file descriptor; b"" where it ends first."""
    received = os.read(connection, length)
    if len(received) == length:  # nearly always
        return received
    parts = [received]
    left = length - len(received)
    while parts[-1] and left:
        parts.append(os.read(connection, min(left, _CHUNK)))
        left -= len(parts[-1])
    return b"" if left else b"".join(parts)
