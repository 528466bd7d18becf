"""Whether a loop goes on for ever: it does, once it comes back to exactly where it was.

A self-contained program reads no clock, no file and no chance, so where it goes from here follows from what
it can reach from here. A host (`host`) that works on one program for long is asked by a signal to look at
the `while` loops that it is in, round by round. Where the variables at the head of one are twice the same,
nothing that happened between will ever end differently: the loop is endless, and waiting for the limit would
not change the verdict. What proves it:

- the loop was not left between the two looks, nor its function. So what callers and enclosing loops keep,
  which can't be seen from here, was not used, and will not be until the loop ends;
- the head of a `while` loop has nothing of its own on the interpreter's stack (a `for` has its iterator);
- all that the loop can reach was compared: its function's variables and the program's, and what they refer
  to, by exact type and value, and by which of them are the same object. Anything whose insides can't be seen
  (iterators, generators, caches, sets, whose order depends on their past) proves nothing.

One thing is left out: counters, variables that the loop only ever adds to. They are read by nothing else in
it, and adding to a number raises nothing that it didn't raise the round before.

It holds for self-contained programs alone; see `self_contained` for what these can do.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from evaluator.sandbox.child import FILE_NAME, Endless
from evaluator.sandbox.loops import Loop, loops_around, tells_objects_apart
from evaluator.sandbox.state import Unclear, state_of

_MOST_EVENTS = 2_000  # lines and calls that are followed at the first look, twice as many at each later one
_MOST_VALUES = 2_500  # that are compared, over all rounds; the same
_ROUND = 5  # as many values as a round itself costs
_DEEPEST = 60  # frames above the loop


class Lookout:
    """Watches a program from within its process, when told to. `look` is the signal's handler."""

    def __init__(self) -> None:
        self.broke = False  # by an error of ours: nothing that the program seemed to do counts
        self._looks = 0  # at this program
        self._frames: list[FrameType] = []
        self._loops: list[tuple[FrameType, Loop]] = []  # innermost first
        self._forget_rounds()

    def look(self, _signal: int, frame: FrameType | None) -> None:
        """Follow the program for a while, from where it is."""
        if self._frames or frame is None:
            return
        self._loops = _loops_of(frame)
        self._frames = list({id(frame): frame for frame, _ in self._loops}.values())
        if not self._frames or any(tells_objects_apart(frame.f_code) for frame in self._frames):
            self._stop()
            return
        self._events, self._values = _MOST_EVENTS << self._looks, _MOST_VALUES << self._looks
        self._looks += 1
        for one in self._frames:
            one.f_trace = self._follow
        sys.settrace(self._count)

    def rest(self) -> None:
        """Forget the program. Must be called after each."""
        self._looks = 0
        self._stop()

    def _stop(self) -> None:
        if self._frames or self._loops:
            sys.settrace(None)
            for frame in self._frames:
                frame.f_trace = None
            self._frames.clear()
            self._loops.clear()
        self._forget_rounds()

    def _forget_rounds(self) -> None:
        self._known: list[Any] | None = None
        self._rounds, self._renewed = 0, 1

    def _count(self, _frame: FrameType, _event: str, _argument: object) -> None:
        """Called for functions that the loop calls, which are not followed."""
        self._events -= 1
        if self._events < 0:
            self._stop()

    def _follow(self, frame: FrameType, event: str, _argument: object) -> Callable[..., Any] | None:
        """Called for each line of the functions that hold the loops, and where they return."""
        try:
            self._count(frame, event, None)
            if self._loops and frame is self._loops[0][0]:
                self._see(frame, event)
        except Endless:
            self._stop()
            raise
        except Exception:  # what it means for the program, its own process shall find out
            self.broke = True
            self._stop()
            raise
        return self._follow if self._frames else None

    def _see(self, frame: FrameType, event: str) -> None:
        loop = self._loops[0][1]
        if event == "return" or not loop.first <= frame.f_lasti <= loop.last:
            del self._loops[0]  # it ended; perhaps the one around it doesn't
            self._forget_rounds()
            if not self._loops:
                self._stop()
        elif event == "line" and frame.f_lasti in loop.heads:
            self._come_round(frame, loop)

    def _come_round(self, frame: FrameType, loop: Loop) -> None:
        try:
            state = state_of(frame, loop.counters, self._values)
        except Unclear:
            self._stop()
            return
        self._values -= len(state) + _ROUND
        if state == self._known:
            raise Endless(loop.line)
        self._rounds += 1
        if self._rounds == self._renewed:  # (Brent 1980): finds a circle of any length
            self._known = state
            self._renewed *= 2


def _loops_of(frame: FrameType | None) -> list[tuple[FrameType, Loop]]:
    """All `while` loops that this frame and those that called it are in, innermost first."""
    found: list[tuple[FrameType, Loop]] = []
    for _ in range(_DEEPEST):
        if frame is None:
            return found
        if _is_of_program(frame.f_code):
            found += [(frame, loop) for loop in loops_around(frame.f_code, frame.f_lasti)]
        frame = frame.f_back
    return []


def _is_of_program(code: CodeType) -> bool:
    return code.co_filename == FILE_NAME
