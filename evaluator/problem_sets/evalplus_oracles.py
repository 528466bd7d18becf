"""What EvalPlus takes for a right answer. The tests that `evalplus` writes import this.

The rules are those of `evalplus/eval/__init__.py` and `_special_oracle.py` (evalplus/evalplus 0.3): equal to
what the reference returns, or close to it where the problem says so or the reference returns floats, and a
few problems with a rule of their own. Plain data in, so plain Python decides; what numpy's `allclose` would
stretch to the same shape is refused.

A change here changes verdicts: raise VERSION, which is part of every test and so of every problem's hash.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from evaluator.shown import MAX_CHARACTERS, shown

VERSION = 1
_FLOAT_TOLERANCE = 1e-6
_RELATIVE_TOLERANCE = 1e-7
_SHOWN_CHARACTERS = 100 * MAX_CHARACTERS  # the judge folds it around the first difference

Arguments = tuple[Any, ...]
Accepts = Callable[["Wanted", Any], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """Equal to every answer that counts as right; shown as the reference's own."""

    value: Any
    arguments: Arguments
    tolerance: float
    accepts: Accepts

    def __eq__(self, actual: object) -> bool:
        return self.accepts(self, actual)

    def __hash__(self) -> int:
        raise TypeError("stands for many values")

    def __repr__(self) -> str:
        return shown(self.value, _SHOWN_CHARACTERS)


@dataclass(frozen=True, slots=True)
class Case:
    """One call and what may come of it. `rule`: what is wrong with another answer; empty for equality."""

    arguments: Arguments
    wanted: Wanted
    rule: str


def cases(
    task_id: str, reference: Callable[..., Any], tolerance: float, inputs: Sequence[Arguments]
) -> list[Case]:
    """A case for each input, with what the reference, trusted code, answers to it.

    `tolerance`: absolute, 0 for equality. From the first expected float (or list of floats) on, EvalPlus
    asks for no more than 1e-6 of every later one, too.
    """
    rule = _SPECIAL.get(task_id)
    made = []
    for arguments in inputs:
        value = reference(*copy.deepcopy(arguments))
        if tolerance == 0 and _is_floats(value):
            tolerance = _FLOAT_TOLERANCE
        accepts, text = rule or (_close, f"differs by more than {tolerance:g}" if tolerance else "")
        made.append(Case(arguments, Wanted(value, arguments, tolerance, accepts), text))
    return made


def accepts_objects(task_id: str) -> bool:
    """Whether what isn't plain data, such as a match object, may be a right answer to this problem."""
    return _SPECIAL.get(task_id) == _FOUND


def _is_floats(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(item, float) for item in value)
    return isinstance(value, float)


def _close(wanted: Wanted, actual: Any) -> bool:
    return bool(actual == wanted.value) or _is_near(wanted, actual)


def _is_near(wanted: Wanted, actual: Any) -> bool:
    if wanted.tolerance == 0 or type(actual) is not type(wanted.value):
        return False
    return _all_near(actual, wanted.value, wanted.tolerance)


def _all_near(actual: Any, expected: Any, tolerance: float) -> bool:
    """Numbers, or lists and tuples of them of the same shape."""
    if isinstance(expected, list | tuple):
        return (
            isinstance(actual, list | tuple)
            and len(actual) == len(expected)
            and all(_all_near(a, e, tolerance) for a, e in zip(actual, expected, strict=True))
        )
    if not isinstance(actual, int | float | complex) or not isinstance(expected, int | float | complex):
        return False
    try:
        return actual == expected or abs(actual - expected) <= tolerance + _RELATIVE_TOLERANCE * abs(expected)
    except OverflowError:  # an int beyond every float
        return False


def _equal_as_sets(wanted: Wanted, actual: Any) -> bool:
    try:
        return set(actual) == set(wanted.value) or _is_near(wanted, actual)
    except TypeError:
        return False


def _found_or_not(wanted: Wanted, actual: Any) -> bool:
    """The reference returns a match object or None; a bool says the same."""
    found = wanted.value is not None
    return actual == found if isinstance(actual, bool) else (actual is not None) == found


def _anything(wanted: Wanted, actual: Any) -> bool:
    return True


def _equal_or_zero(wanted: Wanted, actual: Any) -> bool:
    return bool(actual == wanted.value or actual == 0)


def _either_height(wanted: Wanted, actual: Any) -> bool:
    """The height of a pyramid: of its side, as the reference reads it, or of its apex."""
    base, height = wanted.arguments
    slant = math.sqrt((base / 2) ** 2 + height**2)
    other = round(base**2 + 4 * (base * slant) / 2)
    near = isinstance(actual, int | float) and abs(actual - other) <= wanted.tolerance
    return bool(near or actual == wanted.value)


def _either_digits(wanted: Wanted, actual: Any) -> bool:
    """Distance of digits: of the difference's, as the reference reads it, or of each pair of digits."""
    one, other = (str(argument) for argument in wanted.arguments)
    width = max(len(one), len(other))
    pairs = zip(one.zfill(width), other.zfill(width), strict=True)
    try:
        distance = sum(abs(int(a) - int(b)) for a, b in pairs)
    except ValueError:  # a sign is no digit
        return bool(actual == wanted.value)
    return bool(actual in (wanted.value, distance))


def _is_root(wanted: Wanted, actual: Any) -> bool:
    """Any root of the polynomial, not only the one that the reference finds."""
    if not isinstance(actual, int | float):
        return False
    (coefficients,) = wanted.arguments
    try:
        value = sum(c * math.pow(actual, power) for power, c in enumerate(coefficients))
    except (OverflowError, ValueError):
        return False
    return bool(abs(value) <= wanted.tolerance)


_AS_SETS = (_equal_as_sets, "not the same set of items")
_FOUND = (_found_or_not, "asked is whether there is a match: an object or True, None or False")
_SPECIAL: dict[str, tuple[Accepts, str]] = {
    "HumanEval/32": (_is_root, "no root of the polynomial"),
    **dict.fromkeys([f"Mbpp/{number}" for number in (2, 7, 111, 140, 232, 249, 579, 769)], _AS_SETS),
    **dict.fromkeys(["Mbpp/737", "Mbpp/787", "Mbpp/794"], _FOUND),
    "Mbpp/164": (_anything, ""),
    "Mbpp/295": (_equal_or_zero, "neither this nor 0"),
    "Mbpp/558": (_either_digits, "neither this nor the distance digit by digit"),
    "Mbpp/581": (_either_height, "neither this nor the area for the height of the apex"),
}
