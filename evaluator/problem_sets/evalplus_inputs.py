"""Inputs of MBPP+ as Python values: JSON has neither tuples nor sets nor complex numbers.

Which problem takes which types is EvalPlus's convention (evalplus/evalplus, `evalplus/data/mbpp.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Arguments = list[Any]


def typed(task_id: str, inputs: list[Arguments]) -> list[tuple[Any, ...]]:
    """The argument lists of a problem as parsed from JSON, with the types that its function takes."""
    convert = _RULES.get(task_id, list)
    return [tuple(convert(arguments)) for arguments in inputs]


def _tuples(arguments: Arguments) -> Arguments:
    return [tuple(argument) for argument in arguments]


def _lists_of_tuples(arguments: Arguments) -> Arguments:
    return [_tuples(argument) for argument in arguments]


def _tuples_of_tuples(arguments: Arguments) -> Arguments:
    return _tuples(_lists_of_tuples(arguments))


def _list_of_tuples_and_rest(arguments: Arguments) -> Arguments:
    return [_tuples(arguments[0]), *arguments[1:]]


def _tuple_and_rest(arguments: Arguments) -> Arguments:
    return [tuple(arguments[0]), *arguments[1:]]


def _first_and_tuple(arguments: Arguments) -> Arguments:
    return [arguments[0], tuple(arguments[1])]


def _list_of_sets(arguments: Arguments) -> Arguments:
    """What is no list, or an empty one, stands for an empty dict."""
    return [[set(item) if isinstance(item, list) and item else {} for item in arguments[0]]]


def _tuple_that_may_hold_tuples(arguments: Arguments) -> Arguments:
    return [tuple(tuple(item) if isinstance(item, list) else item for item in arguments[0])]


def _dict_of_tuples_and_rest(arguments: Arguments) -> Arguments:
    return [{key: tuple(value) for key, value in arguments[0].items()}, *arguments[1:]]


def _float_and_complex(arguments: Arguments) -> Arguments:
    return [float(arguments[0]), complex(arguments[1])]


def _complex(arguments: Arguments) -> Arguments:
    return [complex(arguments[0])]


def _tuples_all_the_way_down(value: Any) -> Any:
    return tuple(map(_tuples_all_the_way_down, value)) if isinstance(value, list) else value


_Rule = Callable[[Arguments], Any]
_TASKS: dict[_Rule, str] = {
    _tuples: "2 116 132 143 222 261 273 394 399 421 424 429 470 560 579 596 616 630 726 740 744 809",
    _lists_of_tuples: "63 64 70 94 120 237 272 299 400 409 417 438 473 614 780",
    _list_of_tuples_and_rest: "75 413 444 753",
    _first_and_tuple: "106 750",
    _list_of_sets: "115",
    _float_and_complex: "124",
    _tuple_and_rest: "250 307 405 446 617 720 763 808",
    _complex: "252",
    _tuples_of_tuples: "259 401 445",
    _tuple_that_may_hold_tuples: "278",
    _tuples_all_the_way_down: "580 615 791",
    _dict_of_tuples_and_rest: "722",
}
_RULES: dict[str, _Rule] = {
    f"Mbpp/{number}": rule for rule, numbers in _TASKS.items() for number in numbers.split()
}
