"""Distinct programs → sandbox → judge → verdicts: the one pipeline.

`Evaluator` is one cell with its judge, for one thread. `evaluator.score` puts several to work.
"""

from __future__ import annotations

import math
import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import TracebackType

from evaluator.attempt import Attempt
from evaluator.check import Check
from evaluator.errors import CellBroken
from evaluator.judge import Again, judge_ended, judge_partly, judge_unsteady
from evaluator.lane import Job, Lane
from evaluator.records import Detail, Judgement, Limits, Problem, Program, Verdict
from evaluator.sandbox import wire
from evaluator.sandbox.cell import Cell, Ended, Partial
from evaluator.sandbox.probe import best_tier
from evaluator.sandbox.wire import CellConfig, End
from evaluator.time_limits import limits_from, reference_program, stopped_at

_WINDOW = 4  # programs handed to a cell ahead of the one that it runs
_SILENCE_SECONDS = 30.0  # beyond the wall limit: the cell, not the program, is stuck
_MAX_TRIES = 2
_MAX_PLANS = 100  # a test that keeps asking for other calls never ends,
_MAX_PLANS_COST = 10.0  # or costs this many times the CPU limit
_KEPT_CHECKS = 32
_SEQUENCES = 1 << 32  # as many as a message can name
_REFERENCE_RUNS = 2  # the faster one counts
_IDLE_SECONDS = 0.4  # that a program may sleep before it is left; the warden looks every 0.2 s

_Outcome = tuple[int, Judgement | None]  # a program's index; None where it was left asleep


class Evaluator:
    """Judges programs, one problem at a time. Cells start when first needed and stay warm.

    `packages`: third-party packages that programs may import; programs that mention one run in a second
    cell that has them loaded. `shares`: self-contained programs may share a process; otherwise each gets one
    of its own, which takes longer and gives the same verdicts. Raises SandboxUnavailable where this machine
    offers no isolation.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        packages: Sequence[str] = (),
        tier: str | None = None,
        *,
        shares: bool = True,
    ) -> None:
        self.limits = limits or Limits()
        self.shares = shares
        self.packages = tuple(packages)
        self.tier = tier or best_tier()
        self._mentions = re.compile("|".join(map(re.escape, self.packages))) if self.packages else None
        self._cells: dict[tuple[str, ...], Cell] = {}
        self._checks: OrderedDict[str, Check] = OrderedDict()
        self._limits: dict[str, Limits] = {}
        self._planned: dict[tuple[str, ...], tuple[bytes, ...]] = {}  # for the problem measured last
        self._measured = ""  # that problem, as long as its reference is all that the cells ran since
        self._sequence = 0

    def judge(self, problem: Problem, programs: Sequence[Program]) -> Iterator[Judgement]:
        """The judgement of each program, in order, as they become known.

        Every program must be of this problem. A program that breaks its cell twice is judged
        `evaluator_error`. Not re-entrant: finish or close one iteration before the next.
        """
        yield from self._judge_all(problem, programs, self.limits_for(problem))

    def judge_awake(self, problem: Problem, programs: Sequence[Program]) -> Iterator[Judgement | None]:
        """As `judge`, but a program that is found asleep is ended, and has None: judge it elsewhere."""
        yield from self._judge(problem, programs, self.limits_for(problem), _IDLE_SECONDS)

    def limits_for(self, problem: Problem) -> Limits:
        """The limits of this problem. May execute its reference solution first."""
        if self.limits.auto_factor is None:
            return self.limits
        if problem.content_hash not in self._limits:
            fixed = replace(self.limits, auto_factor=None)
            references = [reference_program(problem)] * _REFERENCE_RUNS
            self._planned.clear()  # from here on, nothing but the reference is in it
            measured = list(self._judge_all(problem, references, fixed))
            self._limits[problem.content_hash] = limits_from(self.limits, measured)
            self._measured = problem.content_hash
        return self._limits[problem.content_hash]

    def _judge_all(
        self, problem: Problem, programs: Sequence[Program], limits: Limits
    ) -> Iterator[Judgement]:
        for judgement in self._judge(problem, programs, limits, math.inf):
            assert judgement is not None  # none is left, however long it sleeps
            yield judgement

    def _judge(
        self, problem: Problem, programs: Sequence[Program], limits: Limits, idle_seconds: float
    ) -> Iterator[Judgement | None]:
        check = self._check(problem)
        options = wire.STUB_AFTER if check.test_begins_with_function else 0
        if check.keeps_objects:
            options |= wire.KEEP_OBJECTS
        elif self.shares:
            options |= wire.MAY_SHARE
        lanes = {packages: Lane(check, packages, limits, idle_seconds) for packages in (self.packages, ())}
        for index, program in enumerate(programs):
            lane = lanes[self._packages_for(program)]
            lane.waiting.append(Job(index, self._next_sequence(), program, check.calls, options))
        if self._measured == problem.content_hash:  # the reference is no program to be kept from others
            for packages, lane in lanes.items():
                lane.planned = self._planned.get(packages)
        self._measured = ""
        known: dict[int, Judgement | None] = {}
        following = 0
        for lane in lanes.values():
            for index, judgement in self._work(lane):
                known[index] = judgement
                while following in known:
                    yield known.pop(following)
                    following += 1

    def _next_sequence(self) -> int:
        self._sequence = (self._sequence + 1) % _SEQUENCES
        return self._sequence

    def warm_up(self) -> None:
        """Start the cell that most programs run in, ahead of the first of them."""
        self._cell(())

    def close(self) -> None:
        """End the cells. The evaluator may be used again: they start anew."""
        for cell in self._cells.values():
            cell.close()
        self._cells.clear()
        self._planned.clear()

    def __enter__(self) -> Evaluator:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check(self, problem: Problem) -> Check:
        check = self._checks.get(problem.content_hash)
        if check is None:
            check = self._checks[problem.content_hash] = Check(problem)
            if len(self._checks) > _KEPT_CHECKS:
                self._checks.popitem(last=False)
        return check

    def _packages_for(self, program: Program) -> tuple[str, ...]:
        return self.packages if self._mentions and self._mentions.search(program.source) else ()

    def _cell(self, packages: tuple[str, ...]) -> Cell:
        if packages not in self._cells:
            limits = self.limits
            self._cells[packages] = Cell(
                CellConfig(
                    tier=self.tier,
                    work="",
                    packages=packages,
                    memory_bytes=limits.memory_bytes,
                    result_bytes=limits.result_bytes,
                    file_bytes=limits.file_bytes,
                )
            )
        return self._cells[packages]

    def _work(self, lane: Lane) -> Iterator[_Outcome]:
        """Feed the lane's cell and collect verdicts; replace the cell when it breaks."""
        finished = False
        try:
            while lane.waiting or lane.given:
                try:
                    outcome = self._step(lane)
                except CellBroken as broken:
                    outcome = self._replace_cell(lane, broken)
                if outcome is not None:
                    yield outcome
            finished = True
        finally:
            if not finished and lane.given:  # the caller stopped listening: what runs must not linger
                self._drop_cell(lane)

    def _step(self, lane: Lane) -> _Outcome | None:
        cell = self._cell(lane.packages)
        while lane.waiting and len(lane.given) < _WINDOW:
            self._give(cell, lane, lane.waiting.popleft())
        report = cell.next_report(self.limits.wall_seconds + _SILENCE_SECONDS)
        job = lane.given[0]
        if report.sequence != job.sequence or job.attempt is None:
            raise CellBroken(f"a report on program {report.sequence} while {job.sequence} was run")
        if isinstance(report, Partial):
            self._look_early(cell, job, report)
            return None
        lane.given.popleft()
        return self._conclude(lane, job, report)

    def _give(self, cell: Cell, lane: Lane, job: Job) -> None:
        lane.given.append(job)  # first, so that a cell that breaks now gives it back
        job.attempt = Attempt(lane.check, job.calls, bool(job.options & wire.KEEP_GOING))
        job.decided = None
        job.seen_partly = False
        if lane.planned != job.calls:
            cell.plan(lane.check.problem.entry_point, job.calls)
            lane.planned = self._planned[lane.packages] = job.calls
        if not lane.limited:
            cell.limit(stopped_at(lane.limits), self.limits.wall_seconds, lane.idle_seconds)
            lane.limited = True
        cell.run(job.sequence, job.program.source, job.options, alone=job.alone)

    def _look_early(self, cell: Cell, job: Job, report: Partial) -> None:
        assert job.attempt is not None
        job.seen_partly = True
        if job.attempt.feed(report.frames) and job.decided is None:
            job.decided = judge_partly(job.attempt)
            if job.decided is not None:
                cell.stop(job.sequence)

    def _conclude(self, lane: Lane, job: Job, report: Ended) -> _Outcome | None:
        assert job.attempt is not None
        whole = report.end is End.EXITED and not (report.code or job.plans or job.seen_partly)
        whole = whole and report.cpu_seconds <= lane.limits.cpu_seconds
        if whole and (known := lane.known.get(report.frames)):
            return job.index, Judgement(known.verdict, known.detail, report.cpu_seconds)
        job.attempt.feed(report.frames)
        if report.end is End.UNSETTLED or self._ended_late(lane, job, report):
            self._alone(lane, job)
            return None
        if job.decided is not None:
            return job.index, Judgement(job.decided.verdict, job.decided.detail, report.cpu_seconds)
        if report.end is End.ASLEEP:
            return job.index, None
        judged = judge_ended(job.attempt, report, lane.limits)
        if isinstance(judged, Judgement):
            if whole:
                lane.remember(report.frames, judged)
            return job.index, judged
        return self._again(lane, job, judged, report)

    def _ended_late(self, lane: Lane, job: Job, report: Ended) -> bool:
        """Whether it may have done all its work in time: clearing up after it is a host's time, too."""
        done = job.attempt is not None and job.attempt.done
        may_have_shared = job.options & wire.MAY_SHARE and not job.alone
        return bool(done and may_have_shared and report.cpu_seconds > lane.limits.cpu_seconds)

    def _alone(self, lane: Lane, job: Job) -> None:
        """The cell's compiler would not settle what this source is, or a shared process its verdict."""
        if job.alone:
            raise CellBroken("the cell did not start a program that needed no compiler")
        job.alone = True
        job.sequence = self._next_sequence()
        lane.waiting.appendleft(job)

    def _again(self, lane: Lane, job: Job, again: Again, report: Ended) -> tuple[int, Judgement] | None:
        """The test wants calls that were not planned: execute the program anew, with them."""
        assert job.attempt is not None
        job.plans += 1
        job.cpu_seconds += report.cpu_seconds
        if job.plans > _MAX_PLANS or job.cpu_seconds > _MAX_PLANS_COST * lane.limits.cpu_seconds:
            return job.index, judge_unsteady(job.attempt, job.cpu_seconds)
        job.calls = again.calls
        job.options |= wire.KEEP_GOING
        job.sequence = self._next_sequence()
        lane.waiting.appendleft(job)
        return None

    def _replace_cell(self, lane: Lane, broken: CellBroken) -> tuple[int, Judgement] | None:
        """Give what the broken cell had to a new one; only the program that ran is blamed."""
        self._drop_cell(lane)
        if not lane.given:
            raise broken
        suspect = lane.given.popleft()
        lane.waiting.extendleft(reversed(lane.given))
        lane.given.clear()
        suspect.tries += 1
        if suspect.tries >= _MAX_TRIES:
            return suspect.index, _our_fault(f"the sandbox broke {suspect.tries} times: {broken}")
        lane.waiting.appendleft(suspect)
        return None

    def _drop_cell(self, lane: Lane) -> None:
        cell = self._cells.pop(lane.packages, None)
        if cell is not None:
            cell.close()
        self._planned.pop(lane.packages, None)
        lane.planned, lane.limited = None, False


def _our_fault(message: str) -> Judgement:
    return Judgement(Verdict.EVALUATOR_ERROR, Detail(message), 0.0)
