"""Verdicts that follow from how a program ended, with the reason in words."""

from __future__ import annotations

import errno
import signal

from evaluator.attempt import Attempt, Raised
from evaluator.records import Detail, Judgement, Limits, Verdict
from evaluator.sandbox import wire
from evaluator.sandbox.cell import Ended
from evaluator.sandbox.wire import End

_FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
_DENIED = {errno.EPERM, errno.EACCES}
_SIGSYS = 31


def of_exception(attempt: Attempt, raised: Raised, index: int | None) -> Judgement:
    """It raised: in call `index`, or before any."""
    message = raised.message
    if raised.exception == "MemoryError":
        verdict = Verdict.MEMORY_LIMIT
        message = message or "ran out of memory"
    elif raised.number in _DENIED:
        verdict = Verdict.FORBIDDEN
    elif raised.number in _FULL:
        verdict = Verdict.OUTPUT_LIMIT
    else:
        verdict = Verdict.EXCEPTION
    detail = Detail(
        message=message,
        call=attempt.check.call_text(attempt.calls, index) if index is not None else None,
        exception=raised.exception,
        line=raised.frames[-1][0] if raised.frames else None,
        traceback=tuple(f"line {line}, in {name}" for line, name in raised.frames),
    )
    return Judgement(verdict, detail, 0.0)


def of_endless(attempt: Attempt, raised: Raised, index: int | None) -> Judgement:
    """No limit was waited for. Who claims this of itself fails for it: it is never a reason to pass."""
    detail = Detail(
        message="never ends: a loop came back to where it was, with the same values",
        call=attempt.check.call_text(attempt.calls, index) if index is not None else None,
        line=raised.frames[-1][0] if raised.frames else None,
        traceback=tuple(f"line {line}, in {name}" for line, name in raised.frames),
    )
    return Judgement(Verdict.TIMEOUT, detail, 0.0)


def of_compiler(raised: Raised) -> Judgement:
    """It is no program."""
    verdict = Verdict.MEMORY_LIMIT if raised.exception == "MemoryError" else Verdict.SYNTAX_ERROR
    line = raised.frames[-1][0] if raised.frames else None
    return Judgement(verdict, Detail(raised.message, exception=raised.exception, line=line), 0.0)


def of_limit(attempt: Attempt, report: Ended, limits: Limits) -> Judgement:
    """The program ended without the outcome that the test needs: why."""
    verdict, message = _why_ended(report, limits)
    if not attempt.loaded:
        return Judgement(verdict, Detail(f"{message}, before the first call"), 0.0)
    return Judgement(
        verdict, about(attempt, min(len(attempt.outcomes), len(attempt.calls) - 1), message), 0.0
    )


def _why_ended(report: Ended, limits: Limits) -> tuple[Verdict, str]:
    if report.end is End.CPU_LIMIT:
        return Verdict.TIMEOUT, f"used more than {limits.cpu_seconds:g} s of CPU time"
    if report.end is End.WALL_LIMIT:
        return Verdict.TIMEOUT, f"had not ended after {limits.wall_seconds:g} s, mostly waiting"
    if report.end is End.RESULT_LIMIT:
        return Verdict.OUTPUT_LIMIT, f"sent back more than {limits.result_bytes >> 20} MiB"
    if report.end is End.SIGNALLED and report.code == _SIGSYS:
        return Verdict.FORBIDDEN, "made a system call that no program may make"
    if report.end is End.SIGNALLED:
        return Verdict.CRASHED, f"crashed: {signal.strsignal(report.code) or f'signal {report.code}'}"
    if report.code == wire.EXIT_NO_MEMORY:
        return Verdict.MEMORY_LIMIT, f"used more than {limits.memory_bytes >> 20} MiB of memory"
    return Verdict.CRASHED, f"left its own process with exit code {report.code}"


def about(attempt: Attempt, index: int, message: str, actual: str | None = None) -> Detail:
    """This, with the call that it is about, if there is one."""
    call = attempt.check.call_text(attempt.calls, index) if 0 <= index < len(attempt.calls) else None
    return Detail(message=message, call=call, actual=actual)
