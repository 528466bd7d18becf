"""The failing call as one block: the call, what came back, what was expected, and how the two differ."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from evaluator.records import Detail
from leaderboard.difference import Piece, difference


@dataclass(frozen=True, slots=True)
class FailingCall:
    """The failing call as one block. `condition` is a check's text where there is no single wanted value."""

    call: str
    raised: str = ""
    message: str = ""
    actual: tuple[Piece, ...] = ()
    expected: tuple[Piece, ...] = ()
    condition: str = ""
    types: str = ""
    whole: tuple[str, ...] = ()  # both values unfolded, where something is folded


def failing_call(detail: Detail) -> FailingCall | None:
    """The block "call → got, expected"; None where the program failed outside of any call."""
    if detail.call is None:
        return None
    if detail.exception:
        return FailingCall(detail.call, raised=": ".join(filter(None, (detail.exception, detail.message))))
    actual, expected = detail.actual, detail.expected
    if actual is None or expected is None or is_condition(expected):
        got = (Piece("same", actual),) if actual is not None else ()
        return FailingCall(detail.call, message=detail.message, actual=got, condition=expected or "")
    compared = difference(actual, expected)
    folded = any(piece.kind == "folded" for piece in (*compared.actual, *compared.expected))
    return FailingCall(
        detail.call,
        message=detail.message,
        actual=compared.actual,
        expected=compared.expected,
        types=compared.types,
        whole=(actual, expected) if folded else (),
    )


def is_condition(expected: str) -> bool:
    """Whether `expected` is a check's text ("abs(x - 2) < 1e-6") and not a value's repr ("[1, 2]")."""
    try:
        ast.literal_eval(expected)
        return False
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        pass  # a condition, or a value that is cut off or no literal
    try:
        body = ast.parse(expected, mode="eval").body
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return False
    negated = isinstance(body, ast.UnaryOp) and isinstance(body.op, ast.Not)
    called = isinstance(body, ast.Call) and not expected.startswith("frozenset(")
    return negated or called or isinstance(body, ast.Compare | ast.BoolOp)
