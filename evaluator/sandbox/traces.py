"""What a self-contained program leaves in a host: the libraries' own tables, which are emptied after each.

`typing` and `re` keep what they made, by keys that equal each other too easily (1 and True), and hand it to
whoever asks next. What is emptied here was empty before the first program, too (`boot`).
"""

from __future__ import annotations

import encodings
import gc
import re
import resource
import sys
import typing
from typing import Any

from evaluator.sandbox import wire

_ROOM_KB = 16 << 10  # by which a host may have grown: what was used and freed lies in pieces


def forget() -> None:
    """Empty the tables."""
    for cleanup in typing._cleanups:  # type: ignore[attr-defined]
        cleanup()
    re.purge()


class Traces:
    """Of the programs of one host, from when it is made."""

    def __init__(self) -> None:
        self._tables: tuple[Any, ...] = (sys.modules, encodings._cache)
        self._sizes = tuple(map(len, self._tables))
        self._memory = _largest()

    def cleared(self) -> bytes:
        """Take away what a program left. What that says of the host: a word of `wire`."""
        forget()
        gc.collect()
        if tuple(map(len, self._tables)) != self._sizes:  # a codec was loaded: nobody asks for one usually
            return wire.SPOILT
        return wire.LAST if _largest() > self._memory + _ROOM_KB else wire.SETTLED


def _largest() -> int:
    """The most memory that this process ever held, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
