"""Constants worked out from constants, as far as that is short."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Sequence
from typing import Any

from evaluator.security.flow.values import NOTHING, Value
from evaluator.security.words import words

_MAX_LENGTH = 100_000
_MAX_NUMBER = 1 << 64
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.BitXor: operator.xor,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv,
}
_FAULTS = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, MemoryError)
_METHODS = words(
    "encode decode strip lower upper replace lstrip rstrip title removeprefix removesuffix capitalize"
)


def folded(op: ast.operator, left: Any, right: Any) -> Any:
    """The constant that `left op right` is, NOTHING where it is long or none."""
    try:
        if isinstance(op, ast.Mult):
            return _repeated(left, right)
        if isinstance(op, ast.LShift):
            return left << right if isinstance(right, int) and 0 <= right < 64 else NOTHING
        if isinstance(op, ast.Pow):
            small = isinstance(left, int) and isinstance(right, int) and abs(left) <= 16 and 0 <= right <= 16
            return left**right if small else NOTHING
        act = _OPERATORS.get(type(op))
        if act is None or _is_long(left) or _is_long(right):
            return NOTHING
        return act(left, right)
    except _FAULTS:
        return NOTHING


def _repeated(left: Any, right: Any) -> Any:
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left * right if abs(left) < _MAX_NUMBER and abs(right) < _MAX_NUMBER else NOTHING
    text, times = (left, right) if isinstance(right, int) else (right, left)
    if isinstance(text, str | bytes) and isinstance(times, int) and len(text) * times <= _MAX_LENGTH:
        return text * times
    return NOTHING


def _is_long(value: Any) -> bool:
    if isinstance(value, str | bytes):
        return len(value) > _MAX_LENGTH
    return isinstance(value, int) and abs(value) > _MAX_NUMBER


def folded_method(receiver: Value, name: str, args: Sequence[Value]) -> Any:
    """The constant that a text's method gives for constants, NOTHING where it is none."""
    text = receiver.const
    if name not in _METHODS or not isinstance(text, str | bytes) or _is_long(text):
        return NOTHING
    given = [argument.const for argument in args]
    if any(not isinstance(argument, str | bytes) or len(argument) > 1000 for argument in given):
        return NOTHING
    if name == "replace" and len(text) > 1000:
        return NOTHING
    try:
        return getattr(text, name)(*given)
    except (*_FAULTS, UnicodeError):
        return NOTHING
