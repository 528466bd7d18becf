"""Makes verdicts, and is the only place that does.

A program's process can only say "call i returned this plain value" or "call i raised". Whether that is
right is decided here, by the problem's own test, in a process that never runs a line of the program.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, NoReturn

from evaluator.attempt import Attempt, Raised, read_raised
from evaluator.check import CheckFailed, exception_like
from evaluator.reasons import about, of_compiler, of_endless, of_exception, of_limit
from evaluator.records import Detail, Judgement, Limits, Verdict
from evaluator.sandbox import wire
from evaluator.sandbox.cell import Ended
from evaluator.sandbox.values_in import MalformedValue, Opaque, OversizedValue, decode
from evaluator.sandbox.wire import End
from evaluator.shown import folded, shown, shown_pair
from evaluator.stand_in import KeepingStandIn, OffPlan, StandIn, Unanswered

JUDGE_VERSION = "4"
LABEL_OBJECTS = "objects"
_CHECK_CPU_SECONDS = 5.0  # comparing hostile but plain values may be slow; this ends it
_DETAIL_FIELDS = tuple(field.name for field in fields(Detail))
_MALFORMED = "the program wrote to the evaluator's own channel"


class CheckTooSlow(BaseException):
    """The test ran out of its own time on the values that the program returned."""


@dataclass(frozen=True, slots=True)
class Again:
    """No verdict yet: the program has to be executed again, with these calls."""

    calls: tuple[bytes, ...]


def judge_partly(attempt: Attempt) -> Judgement | None:
    """The verdict if it can't change any more, though the program still runs. Its CPU time is unknown.

    Never `passed`: that also depends on the CPU time in the end.
    """
    if attempt.malformed:
        return Judgement(Verdict.FORBIDDEN, Detail(_MALFORMED), 0.0)
    try:
        decided = _replay(attempt)
    except Unanswered:
        return None
    if isinstance(decided, Again) or decided.verdict is Verdict.PASSED:
        return None
    return replace(decided, detail=_storable(attempt, decided.detail))


def judge_ended(attempt: Attempt, report: Ended, limits: Limits) -> Judgement | Again:
    """The verdict on a program whose process is gone."""
    decided = _decide(attempt, report, limits)
    if isinstance(decided, Again):
        return decided
    if decided.verdict is Verdict.PASSED and report.cpu_seconds > limits.cpu_seconds:
        decided = of_limit(attempt, replace(report, end=End.CPU_LIMIT), limits)
    return Judgement(decided.verdict, _storable(attempt, decided.detail), report.cpu_seconds)


def judge_unsteady(attempt: Attempt, cpu_seconds: float) -> Judgement:
    """The verdict where the test, which calls with what it was answered, asks for new calls every time.

    Not our fault: otherwise a program could choose not to be counted.
    """
    message = "answers otherwise in every execution, so that its test never comes to an end"
    return Judgement(Verdict.WRONG_ANSWER, _storable(attempt, Detail(message)), cpu_seconds)


def _decide(attempt: Attempt, report: Ended, limits: Limits) -> Judgement | Again:
    if attempt.malformed:
        return Judgement(Verdict.FORBIDDEN, Detail(_MALFORMED), 0.0)
    if attempt.not_compiled is not None:
        return of_compiler(read_raised(attempt.not_compiled))
    if attempt.not_loaded is not None:
        return of_exception(attempt, read_raised(attempt.not_loaded), None)
    if attempt.never_loaded is not None:
        return of_endless(attempt, read_raised(attempt.never_loaded), None)
    try:
        return _replay(attempt)
    except Unanswered:
        pass
    stopped_early = bool(attempt.outcomes) and attempt.outcomes[-1][0] == wire.RAISED
    if stopped_early and not attempt.keep_going:
        return Again(attempt.calls)  # the test goes on after an exception: so must the program
    return of_limit(attempt, report, limits)


def _replay(attempt: Attempt) -> Judgement | Again:
    """Run the test on the outcomes. Raises Unanswered where one is missing."""
    if not attempt.loaded:
        raise Unanswered
    kind = KeepingStandIn if attempt.check.keeps_objects else StandIn
    stand_in = kind(attempt.calls, lambda index: _answer(attempt, index))
    try:
        with _cpu_guard():
            attempt.check.replay(stand_in)
    except OffPlan as request:
        return Again(request.calls)
    except CheckFailed as failure:
        return Judgement(Verdict.WRONG_ANSWER, _failure(attempt, stand_in, failure), 0.0)
    except _Answered as ended:
        return Judgement(ended.verdict, ended.detail, 0.0)
    except CheckTooSlow:
        message = f"checking the returned value took more than {_CHECK_CPU_SECONDS:g} s"
        return Judgement(Verdict.OUTPUT_LIMIT, about(attempt, stand_in.made - 1, message), 0.0)
    except Exception as error:  # noqa: BLE001  the program's exception, or the test's own on a bad value
        return _check_raised(attempt, stand_in, error)
    return Judgement(Verdict.PASSED, Detail(), 0.0)


class _Answered(BaseException):
    """The outcome of a call settles the verdict, whatever the test would make of it."""

    def __init__(self, verdict: Verdict, detail: Detail) -> None:
        super().__init__()
        self.verdict = verdict
        self.detail = detail


def _answer(attempt: Attempt, index: int) -> Any:
    """What call `index` returned; raises what it raised."""
    if index >= len(attempt.outcomes):
        raise Unanswered
    kind, payload = attempt.outcomes[index]
    if kind == wire.TOO_LARGE:
        raise _Answered(Verdict.OUTPUT_LIMIT, about(attempt, index, "the returned value is too large"))
    if kind == wire.ENDLESS:
        endless = of_endless(attempt, read_raised(payload), index)
        raise _Answered(endless.verdict, endless.detail)
    if kind == wire.RAISED:
        _raise_like(attempt, read_raised(payload), index)
    try:
        value = decode(payload)
    except OversizedValue as error:
        raise _Answered(Verdict.OUTPUT_LIMIT, about(attempt, index, str(error))) from error
    except (MalformedValue, RecursionError) as error:
        raise _Answered(Verdict.FORBIDDEN, Detail(_MALFORMED)) from error
    if attempt.check.keeps_objects:
        return _with_arguments(value)
    if isinstance(value, Opaque) and not attempt.check.accepts_objects:
        message = f"returned a {value.name}, which is not plain data"
        detail = about(attempt, index, message, actual=shown(value))
        raise _Answered(Verdict.WRONG_ANSWER, detail)
    return value


def _with_arguments(value: Any) -> tuple[Any, list[Any] | None]:
    """(result, arguments as they were left): what our own code in the program's process sends."""
    match value:
        case (result, None | list() as left):
            return result, left
    raise _Answered(Verdict.FORBIDDEN, Detail(_MALFORMED))


def _raise_like(attempt: Attempt, raised: Raised, index: int) -> NoReturn:
    name = raised.exception
    if name == "StopIteration" and name not in attempt.check.problem.test:
        name = "Exception"  # map() would take it for the end: all(map(…)) holds for no items at all
    error = exception_like(name, raised.message)
    error.__dict__["judged"] = of_exception(attempt, raised, index)
    raise error


def _check_raised(attempt: Attempt, stand_in: StandIn, error: Exception) -> Judgement:
    """The program's own exception came through the test, or the test broke on what was returned."""
    judged = error.__dict__.get("judged")
    if isinstance(judged, Judgement):
        return judged
    message = f"{type(error).__name__} in the test: {folded(str(error), 300)}"
    if not stand_in.made:
        return Judgement(Verdict.WRONG_ANSWER, Detail(message), 0.0)
    call = attempt.check.call_text(attempt.calls, stand_in.made - 1)
    expected = attempt.check.condition_at(error)
    detail = Detail(message, call, shown(stand_in.last_value), expected)
    return Judgement(Verdict.WRONG_ANSWER, detail, 0.0)


def _failure(attempt: Attempt, stand_in: StandIn, failure: CheckFailed) -> Detail:
    """The failed assertion with its call, the actual and the expected value."""
    call = attempt.check.call_text(attempt.calls, stand_in.made - 1) if stand_in.made else None
    message = folded(str(failure), 500)
    side = failure.site.candidate_side
    if failure.sides is None or failure.site.operator is None or side is None:
        return Detail(message, call, shown(stand_in.last_value), failure.site.condition)
    if failure.site.operator.__name__ != "Eq":
        expected = failure.site.condition
        return Detail(message, call, shown(stand_in.last_value), expected)
    actual_text, expected_text = shown_pair(failure.sides[side], failure.sides[1 - side])
    return Detail(message, call, actual_text, expected_text)


def _storable(attempt: Attempt, detail: Detail) -> Detail:
    """With its label; lone surrogates and null characters, which files and databases refuse, as escapes."""
    values = {name: _escaped(getattr(detail, name)) for name in _DETAIL_FIELDS}
    if attempt.check.keeps_objects:
        values["label"] = LABEL_OBJECTS
    return Detail(**values)


def _escaped(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_escaped, value))
    if not isinstance(value, str) or (value.isascii() and "\0" not in value):
        return value
    return value.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


@contextlib.contextmanager
def _cpu_guard() -> Iterator[None]:
    """Raise CheckTooSlow in the block after its share of CPU time. Signals reach only the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    if signal.getsignal(signal.SIGVTALRM) is not _too_slow:  # it stays: nothing else uses that signal
        signal.signal(signal.SIGVTALRM, _too_slow)
    signal.setitimer(signal.ITIMER_VIRTUAL, _CHECK_CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _too_slow(_number: int, _frame: object) -> NoReturn:
    raise CheckTooSlow
