"""What a program's process sent, taken apart. It decides nothing, and believes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from evaluator.check import Check
from evaluator.sandbox import wire
from evaluator.sandbox.values_in import MalformedValue, OversizedValue, decode

_ANSWERS = {wire.VALUE, wire.RAISED, wire.TOO_LARGE, wire.ENDLESS}
_KINDS = _ANSWERS | {wire.LOADED, wire.NOT_COMPILED, wire.NOT_LOADED, wire.DONE}


@dataclass(slots=True)
class Attempt:
    """One execution of a program: the calls that were planned, and what is known of them so far."""

    check: Check
    calls: tuple[bytes, ...]
    keep_going: bool = False
    loaded: bool = False
    done: bool = False
    outcomes: list[tuple[bytes, bytes]] = field(default_factory=list)
    not_compiled: bytes | None = None
    not_loaded: bytes | None = None
    never_loaded: bytes | None = None
    malformed: bool = False
    pending: bytearray = field(default_factory=bytearray)

    def feed(self, frames: bytes) -> bool:
        """Take in frames as they come, whole or cut anywhere. Whether they may settle the verdict."""
        known = len(self.outcomes)
        self.pending += frames
        position, size = 0, wire.FRAME.size
        while position + size <= len(self.pending) and not self.malformed:
            kind, length = wire.FRAME.unpack_from(self.pending, position)
            if kind not in _KINDS:
                self.malformed = True
            if position + size + length > len(self.pending):
                break
            self._take(kind, bytes(self.pending[position + size : position + size + length]))
            position += size + length
        del self.pending[:position]
        return self.malformed or len(self.outcomes) > known

    def _take(self, kind: bytes, payload: bytes) -> None:
        """Frames in any other order than our own code sends them were sent by the program."""
        ends = (self.not_compiled, self.not_loaded, self.never_loaded)
        begun = self.loaded or any(end is not None for end in ends)
        answers = self.loaded and not self.done and len(self.outcomes) < len(self.calls)
        if kind in _ANSWERS and answers:
            self.outcomes.append((kind, payload))
        elif kind == wire.LOADED and not begun:
            self.loaded = True
        elif kind == wire.NOT_LOADED and not begun:
            self.not_loaded = payload
        elif kind == wire.ENDLESS and not begun:
            self.never_loaded = payload
        elif kind == wire.NOT_COMPILED and not begun:
            self.not_compiled = payload
        elif kind == wire.DONE and self.loaded and not self.done:
            self.done = True
        else:
            self.malformed = True


@dataclass(frozen=True, slots=True)
class Raised:
    """What the program's process says of an exception. `number`: its errno. `frames`: (line, function)."""

    exception: str
    message: str
    number: int | None
    frames: tuple[tuple[int, str], ...]


def read_raised(payload: bytes) -> Raised:
    """What a program's process says about an exception. Any lie in it hurts only the program."""
    try:
        exception, message, number, frames = decode(payload)
        listed = tuple((int(line), str(name)[:100]) for line, name in frames[:10])
        known = number if isinstance(number, int) else None
        return Raised(str(exception)[:100], str(message)[:500], known, listed)
    except (MalformedValue, OversizedValue, TypeError, ValueError, RecursionError):
        return Raised("Exception", "an exception that could not be read", None, ())
