"""What runs in a program's own process: the program, then the planned calls of its entry point.

Everything here is at the mercy of the program. It holds the arguments of the calls and no expected
value, so the worst that a program can do with it is to answer.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from types import CodeType
from typing import Any

from evaluator.sandbox import steps, wire
from evaluator.sandbox.values_out import TooLarge, encode

FILE_NAME = "<program>"
_MAX_MESSAGE = 500
_MAX_FRAMES = 8
# Exceptions that say nothing of a program in a host: of this process, its memory or its stack; another may
# have more of them. And a program that was looked at (`endless`) is said to miss a variable in another line.
IN_A_HOST: tuple[type[BaseException], ...] = (MemoryError, RecursionError)
WHEN_LOOKED_AT = (*IN_A_HOST, UnboundLocalError)
_HOME = f"{sys.base_prefix}/"  # where the machine keeps its Python is nobody's business
_write = os.write
_loads = marshal.loads


class Endless(BaseException):
    """Raised in a program that `endless` follows: its loop at this line goes on for ever."""

    def __init__(self, line: int) -> None:
        super().__init__("goes on for ever")
        self.line = line


class Unsettled(BaseException):
    """What becomes of the program has to be found out in a process of its own."""


class Job:
    """One program to run. Made before the fork, and filled in after it: few objects, few pages to copy."""

    __slots__ = ("calls", "entry_point", "is_code", "options", "program", "result_bytes", "unsure")

    def __init__(self, result_bytes: int) -> None:
        self.result_bytes = result_bytes
        self.entry_point = ""
        self.calls: Sequence[bytes] = ()  # marshal of (args, kwargs)
        self.program = b""  # marshal of its code; or its source in UTF-8, lone surrogates let through
        self.is_code = True
        self.options = 0
        self.unsure: tuple[type[BaseException], ...] = ()  # exceptions that settle nothing


def run(job: Job, channel: int) -> None:
    """Execute the program and its calls; send what happened down the channel. Raises Unsettled in a host."""
    try:
        code = _code(job)
    except Exception as error:  # noqa: BLE001  a compiler has many ways to refuse
        _check_settled(error, job)
        _send(channel, wire.NOT_COMPILED, described(error))
        return
    try:
        namespace: dict[str, Any] = {}
        exec(code, namespace)
        function = _entry_point(namespace, job)
    except BaseException as error:  # noqa: BLE001  whatever the program raises is its result
        _check_settled(error, job)
        kind = wire.ENDLESS if isinstance(error, Endless) else wire.NOT_LOADED
        _send(channel, kind, described(error))
        return
    _send(channel, wire.LOADED, b"")
    kept = [function] if job.options & wire.KEEP_OBJECTS else None
    for call in job.calls:
        make = partial(_step, kept, call) if kept is not None else partial(_made, function, call)
        if not _call(make, job, channel):
            return
    _send(channel, wire.DONE, b"")


def _check_settled(error: BaseException, job: Job) -> None:
    if isinstance(error, (Unsettled, *job.unsure)):
        raise Unsettled from error


def _code(job: Job) -> CodeType:
    if not job.is_code:
        return compiled(job.program.decode("utf-8", "surrogatepass"), job.options)
    code: CodeType = _loads(job.program)
    return code


def compiled(source: str, options: int) -> CodeType:
    """Code of a source. A dangling decorator at its end is only valid with the test that would follow."""
    try:
        return compile(source, FILE_NAME, "exec", dont_inherit=True)
    except SyntaxError:
        if not options & wire.STUB_AFTER or "@" not in source:
            raise
        try:
            return compile(f"{source}\ndef check(candidate): pass\n", FILE_NAME, "exec", dont_inherit=True)
        except SyntaxError:
            pass
        raise


def _entry_point(namespace: dict[str, Any], job: Job) -> Any:
    try:
        return namespace[job.entry_point]
    except KeyError:
        raise NameError(f"name '{job.entry_point}' is not defined: the function to write") from None


def _made(function: Any, call: bytes) -> Any:
    arguments, keywords = _loads(call)  # fresh for every call, and ours: the judge wrote it
    return function(*arguments, **keywords)


def _step(kept: list[Any], call: bytes) -> tuple[Any, list[Any] | None]:
    """Do one step, keep what it returned; that, and what became of arguments that can change."""
    step = _loads(call)
    kept.append(None)  # where it raises, the next one is still the next one
    kept[-1] = steps.perform(step, kept[:-1])
    return kept[-1], steps.left(step)


def _call(make: Callable[[], Any], job: Job, channel: int) -> bool:
    """Make one call and send its outcome; whether to go on."""
    try:
        payload = encode(make(), job.result_bytes)
    except TooLarge:
        _send(channel, wire.TOO_LARGE, b"")
        return False
    except BaseException as error:  # noqa: BLE001  whatever the program raises is its result
        _check_settled(error, job)
        endless = isinstance(error, Endless)
        _send(channel, wire.ENDLESS if endless else wire.RAISED, described(error))
        return bool(job.options & wire.KEEP_GOING) and not endless
    _send(channel, wire.VALUE, payload)
    return True


def described(error: BaseException) -> bytes:
    """`values_out` of (type, message, errno or None, [(line, function), …])."""
    frames = _frames(error)
    if isinstance(error, MemoryError):
        _let_go(error)
    try:
        message = str(error.msg if isinstance(error, SyntaxError) else error)
        message = message[: 2 * _MAX_MESSAGE].replace(_HOME, "")[:_MAX_MESSAGE]
    except BaseException:  # noqa: BLE001  the exception is the program's own class
        message = ""
    number = error.errno if isinstance(error, OSError) else None
    record = (type(error).__name__, message, number if isinstance(number, int) else None, frames)
    return encode(record, 1 << 16)


def _frames(error: BaseException) -> list[tuple[int, str]]:
    """(line, function) of the program's own frames, outermost first; the middle of many left out."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE_NAME:
            frames.append((trace.tb_lineno, trace.tb_frame.f_code.co_name))
        trace = trace.tb_next
    if isinstance(error, Endless) and frames:
        frames[-1] = (error.line, frames[-1][1])  # where the loop begins, not where it was found out
    if isinstance(error, SyntaxError) and error.filename == FILE_NAME:
        frames.append((error.lineno or 0, ""))
    if len(frames) > _MAX_FRAMES:
        frames = frames[: _MAX_FRAMES // 2] + frames[-_MAX_FRAMES // 2 :]
    return frames


def _let_go(error: MemoryError) -> None:
    """Drop what the failed frames hold, so that there is memory left to say so."""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE_NAME:
            trace.tb_frame.clear()
        trace = trace.tb_next


def _send(channel: int, kind: bytes, payload: bytes) -> None:
    data = wire.FRAME.pack(kind, len(payload)) + payload
    while data:
        data = data[_write(channel, data) :]
