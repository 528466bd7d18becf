"""Values as bounded text for people: never raises, never longer than asked."""

from __future__ import annotations

from typing import Any

MAX_CHARACTERS = 1000
_AROUND = 120  # characters kept before the first difference of two long texts
_ELLIPSIS = "…"


def shown(value: Any, limit: int = MAX_CHARACTERS) -> str:
    """`repr(value)`, its middle left out beyond `limit` characters."""
    return folded(_represented(value), limit)


def folded(text: str, limit: int = MAX_CHARACTERS) -> str:
    """`text` with its middle left out beyond `limit` characters."""
    if len(text) <= limit:
        return text
    head = limit * 2 // 3
    return f"{text[:head]} {_ELLIPSIS} {text[-(limit - head) :]}"


def shown_pair(actual: Any, expected: Any) -> tuple[str, str]:
    """Both values as text. Long ones are folded around the first place where they differ."""
    left, right = _represented(actual), _represented(expected)
    if max(len(left), len(right)) <= MAX_CHARACTERS:
        return left, right
    start = max(0, _first_difference(left, right) - _AROUND)
    return _window(left, start), _window(right, start)


def shown_call(name: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> str:
    """A call as one would type it: `add(2, 3)`."""
    parts = [_represented(argument) for argument in arguments]
    parts += [f"{key}={_represented(value)}" for key, value in keywords.items()]
    return folded(f"{name}({', '.join(parts)})")


def _represented(value: Any) -> str:
    try:
        return repr(value)
    except (ValueError, RecursionError):  # an integer of too many digits, or too deep
        if isinstance(value, int):
            return f"<an integer of {value.bit_length():,} bits>"
        return f"<a {type(value).__name__} that holds a very large integer or is nested very deeply>"


def _first_difference(left: str, right: str) -> int:
    for index, (a, b) in enumerate(zip(left, right, strict=False)):
        if a != b:
            return index
    return min(len(left), len(right))


def _window(text: str, start: int) -> str:
    before = f"{_ELLIPSIS} " if start else ""
    after = f" {_ELLIPSIS}" if len(text) > start + MAX_CHARACTERS else ""
    return f"{before}{text[start : start + MAX_CHARACTERS]}{after}"
