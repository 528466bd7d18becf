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
  (iterators, generators, caches, sets and dicts with deleted entries, whose past tells) proves nothing.

One thing is left out: counters, variables that the loop only ever adds to. They are read by nothing else in
it, and adding to a number raises nothing that it didn't raise the round before.

Nor are addresses compared, which a program can see in texts (`<function f at 0x…>`).

It holds for self-contained programs alone; see `self_contained` for what these can do. Looking changes
nothing for them but the time that it takes, the stack that it needs, and the line that CPython names where a
variable isn't bound: an exception that could come from there settles nothing (`child.Unsettled`).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from evaluator.sandbox import child
from evaluator.sandbox.child import Endless, Job, Unsettled
from evaluator.sandbox.loops import Loop, Readings, line_of
from evaluator.sandbox.state import Unclear, state_of

# Of the first look at a program; each later one may take twice as much. The warden allows for it (`watch`).
_MOST_SECONDS = 0.008  # of CPU time
_MOST_EVENTS = 2_000  # lines and calls that are followed
_MOST_VALUES = 2_500  # that are compared, over all rounds
_ROUND = 5  # as many values as a round itself costs
_MOST_DOUBLED = 8  # times
_DEEPEST = 60  # frames above a loop


class Lookout:
    """Watches the programs of a host from within, when told to. `look` is the signal's handler.

    `job`: which exceptions settle nothing is up to whether its program was looked at.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._readings = Readings()
        self._looks = 0  # at this program
        self._busy = False
        self._frames: list[FrameType] = []
        self._loops: list[tuple[FrameType, Loop]] = []  # innermost first
        self._until, self._events, self._values = 0.0, 0, 0
        self._known: list[Any] | None = None
        self._rounds, self._renewed = 0, 1
        self.rest()

    def look(self, _signal: int, frame: FrameType | None) -> None:
        """Follow the program for a while, from where it is."""
        if self._busy:
            return
        self._busy = True
        try:
            self._begin(frame)
        except Exception as error:  # what it means for the program, its own process shall find out
            raise Unsettled from error
        finally:
            self._busy = False

    def rest(self) -> None:
        """Forget the program. Must be called after each."""
        self._stop()
        self._looks = 0
        self._readings.forget()
        self._job.unsure = child.IN_A_HOST

    def _begin(self, frame: FrameType | None) -> None:
        self._stop()  # whatever was followed has not come round
        share = 1 << min(self._looks, _MOST_DOUBLED)
        self._until = time.thread_time() + _MOST_SECONDS * share
        self._events, self._values = _MOST_EVENTS * share, _MOST_VALUES * share
        self._loops = self._loops_of(frame)
        if (
            self._loops and (first := self._loops[0][1]).first == first.last
        ):  # a jump to itself: nothing to see
            raise Endless(line_of(self._loops[0][0].f_code, first))
        self._frames = list({id(frame): frame for frame, _ in self._loops}.values())
        if self._frames:
            self._looks += 1
            self._job.unsure = child.WHEN_LOOKED_AT
            for one in self._frames:
                one.f_trace = self._follow
            sys.settrace(self._count)

    def _look_at_innermost(self) -> None:
        """What only jumps to itself is one instruction, and not followed."""
        for one, loop in self._loops[:1]:
            if loop.first == loop.last:
                raise Endless(line_of(one.f_code, loop))

    def _loops_of(self, frame: FrameType | None) -> list[tuple[FrameType, Loop]]:
        """The `while` loops that this frame and those that called it are in, innermost first."""
        found: list[tuple[FrameType, Loop]] = []
        for _ in range(_DEEPEST):
            if frame is None:
                break
            if frame.f_code.co_filename == child.FILE_NAME and (reading := self._readings.of(frame.f_code)):
                found += [(frame, one) for one in reading.loops if one.first <= frame.f_lasti <= one.last]
            frame = frame.f_back
        return found

    def _stop(self) -> None:
        if self._frames:
            sys.settrace(None)
            for frame in self._frames:
                frame.f_trace = None
            self._frames.clear()
        self._loops.clear()
        self._forget_rounds()

    def _forget_rounds(self) -> None:
        self._known = None
        self._rounds, self._renewed = 0, 1

    def _count(self, _frame: FrameType, _event: str, _argument: object) -> None:
        """Called for functions that the loop calls, which are not followed."""
        self._events -= 1
        if self._events < 0 or time.thread_time() > self._until:
            self._stop()

    def _follow(self, frame: FrameType, event: str, _argument: object) -> Callable[..., Any] | None:
        """Called for each line of the functions that hold the loops, and where they return."""
        self._busy = True
        try:
            self._count(frame, event, None)
            if self._loops and frame is self._loops[0][0]:
                self._see(frame, event)
        except Exception as error:  # as in `look`
            raise Unsettled from error
        finally:
            self._busy = False
        return self._follow if self._frames else None

    def _see(self, frame: FrameType, event: str) -> None:
        loop = self._loops[0][1]
        if event == "return":
            self._loops = [one for one in self._loops if one[0] is not frame]
            self._forget_rounds()
        elif not loop.first <= frame.f_lasti <= loop.last:
            del self._loops[0]  # it ended; perhaps the one around it doesn't
            self._forget_rounds()
        elif event == "line" and frame.f_lasti in loop.heads:
            self._come_round(frame, loop)
        if not self._loops:
            self._stop()

    def _come_round(self, frame: FrameType, loop: Loop) -> None:
        try:
            state = state_of(frame, loop.counters, self._readings)
        except Unclear:
            self._stop()
            return
        if state == self._known:
            self._stop()
            raise Endless(line_of(frame.f_code, loop))
        self._values -= len(state) + _ROUND
        self._rounds += 1
        if self._values < 0:
            self._stop()
        elif self._rounds == self._renewed:  # (Brent 1980): finds a circle of any length
            self._known = state
            self._renewed *= 2
