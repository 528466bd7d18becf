"""What a test may do with an object of the program, as plain data; done where the object is.

A step is (operation, index of the kept result that it is done to, name, arguments, keywords). Arguments
that are kept results themselves are named by their index. Used by the program's own process, and by the
judge on the reference solution's objects.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

Step = tuple[str, int, str, tuple[Any, ...], dict[str, Any]]

_KEPT = ...  # (Ellipsis, index): no test passes that as plain data


def kept(index: int) -> tuple[Any, int]:
    """Stands in arguments for a result that was kept."""
    return (_KEPT, index)


def kept_index(argument: Any) -> int | None:
    """Which kept result an argument stands for, None where it stands for itself."""
    if type(argument) is tuple and len(argument) == 2 and argument[0] is _KEPT:
        return int(argument[1])
    return None


def perform(step: Step, results: Sequence[Any]) -> Any:
    """Do it. Raises whatever the object raises; LookupError where a result isn't there."""
    operation, target, name, arguments, keywords = step
    found = results[target]
    arguments = tuple(_with_kept(argument, results) for argument in arguments)
    if operation == "call":
        return found(*arguments, **{key: _with_kept(value, results) for key, value in keywords.items()})
    if operation == "get":
        return getattr(found, name)
    if operation == "set":
        return setattr(found, name, *arguments)
    return OPERATIONS[operation](found, *arguments)


def left(step: Step) -> list[Any] | None:
    """The arguments as the step left them, keywords last; None where it can't have changed any."""
    arguments = [*step[3], *step[4].values()]
    changeable = any(type(argument) in (list, dict, set, bytearray) for argument in arguments)
    return arguments if changeable else None


def _with_kept(argument: Any, results: Sequence[Any]) -> Any:
    index = kept_index(argument)
    return argument if index is None else results[index]


OPERATIONS: dict[str, Callable[..., Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "item": operator.getitem,
    "set_item": operator.setitem,
    "delete_item": operator.delitem,
    "in": operator.contains,
    "len": len,
    "bool": bool,
    "str": str,
    "repr": repr,
    "list": list,
}
