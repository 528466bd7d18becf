"""What waits for a cell, and what is known of what it was given."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from evaluator.attempt import Attempt
from evaluator.check import Check
from evaluator.records import Judgement, Limits, Program, Verdict

# Verdicts that follow from the answers alone; and the longest answers, in bytes, to be remembered.
_OF_ANSWERS = frozenset({Verdict.PASSED, Verdict.WRONG_ANSWER, Verdict.EXCEPTION, Verdict.SYNTAX_ERROR})
_LONGEST_KNOWN = 1 << 14


@dataclass(slots=True)
class Job:
    """A program on its way through the cell."""

    index: int
    sequence: int  # never used again: a late word about one program must not meet another
    program: Program
    calls: tuple[bytes, ...]
    options: int
    alone: bool = False  # its own process compiles it
    seen_partly: bool = False
    tries: int = 0
    plans: int = 0
    cpu_seconds: float = 0.0  # of all executions that ended in a new plan
    attempt: Attempt | None = None
    decided: Judgement | None = None


@dataclass(slots=True)
class Lane:
    """One cell's queue: jobs that wait, and jobs that it was given, in order."""

    check: Check
    packages: tuple[str, ...]
    limits: Limits
    idle_seconds: float = math.inf  # without CPU time, after which its programs are left asleep
    waiting: deque[Job] = field(default_factory=deque)
    given: deque[Job] = field(default_factory=deque)
    planned: tuple[bytes, ...] | None = None
    limited: bool = False  # whether the cell was told the limits
    known: dict[bytes, Judgement] = field(default_factory=dict)  # by all that a program answered

    def remember(self, frames: bytes, judgement: Judgement) -> None:
        """Other programs with exactly these answers get this judgement: nothing else goes into it."""
        if judgement.verdict in _OF_ANSWERS and len(frames) <= _LONGEST_KNOWN:
            self.known[frames] = judgement
