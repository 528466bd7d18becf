"""Whether a regular expression can match one text in exponentially many ways."""

from __future__ import annotations

import re
import warnings
from re import _constants, _parser  # type: ignore[attr-defined]  # the standard library's own reading of patterns
from typing import Any

_LONGEST = 2000
_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT)
_MANY = 10  # a repetition of at least so many counts as endless
_SAMPLES = (*range(128), ord("é"), ord("中"))
_CATEGORIES = {
    _constants.CATEGORY_DIGIT: re.compile(r"\d"),
    _constants.CATEGORY_NOT_DIGIT: re.compile(r"\D"),
    _constants.CATEGORY_SPACE: re.compile(r"\s"),
    _constants.CATEGORY_NOT_SPACE: re.compile(r"\S"),
    _constants.CATEGORY_WORD: re.compile(r"\w"),
    _constants.CATEGORY_NOT_WORD: re.compile(r"\W"),
}
Items = list[tuple[Any, Any]]


def blows_up(pattern: str) -> bool:
    """Whether a repeated group repeats something inside that could as well be the next round.

    As in `(a+)+`, `(\\w+\\s?)*` and `(.*,?)+`. Not every such pattern can be made to fail, but most.
    """
    if len(pattern) > _LONGEST or not ("+" in pattern or "*" in pattern or "{" in pattern):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = list(_parser.parse(pattern))
        return _search(parsed, 0)
    except (re.error, RecursionError, OverflowError, ValueError, TypeError):
        return False


def _search(items: Items, depth: int) -> bool:
    for position, (op, argument) in enumerate(items):
        if op in _REPEATS:
            _, most, body = argument
            inside = list(body)
            if _is_many(most) and _is_ambiguous(inside) and _can_fail(items[position + 1 :], depth):
                return True
            if _search(inside, depth + 1):
                return True
        elif any(_search(list(branch), depth + 1) for branch in _branches(op, argument)):
            return True
    return False


def _can_fail(rest: Items, depth: int) -> bool:
    """Whether something after it can still go wrong: without that the first try is the last."""
    return bool(rest) or depth > 0


def _is_many(most: Any) -> bool:
    return most is _constants.MAXREPEAT or int(most) >= _MANY


def _branches(op: Any, argument: Any) -> list[Any]:
    if op is _constants.SUBPATTERN:
        return [argument[3]]
    if op is _constants.BRANCH:
        return list(argument[1])
    if op in (_constants.ASSERT, _constants.ASSERT_NOT):
        return [argument[1]]
    return []


def _flat(items: Items) -> Items:
    """Groups that are not repeated are only brackets."""
    found: Items = []
    for op, argument in items:
        if op is _constants.SUBPATTERN:
            found += _flat(list(argument[3]))
        else:
            found.append((op, argument))
    return found


def _is_ambiguous(body: Items) -> bool:
    """Whether `(body)*` can cut one text into rounds in more than one way."""
    items = _flat(body)
    if len(items) == 1 and items[0][0] is _constants.BRANCH:
        branches = [_flat(list(branch)) for branch in items[0][1][1]]
        firsts = [_first(branch) for branch in branches]
        single = [first for first, branch in zip(firsts, branches, strict=True) if len(branch) == 1]
        overlap = any(a & b for i, a in enumerate(single) for b in single[i + 1 :])
        return overlap or any(_is_ambiguous(branch) for branch in branches)
    for position, (op, argument) in enumerate(items):
        if op not in _REPEATS or not _is_many(argument[1]):
            continue
        before, after = items[:position], items[position + 1 :]
        inner = _first(_flat(list(argument[2])))
        between = [*after, *before]  # what stands between this repetition and its own next round
        if all(_can_be_empty(item) for item in between):
            return True
        # All of it could as well be matched by the repetition itself: "([a-z]+.)+".
        if all(_can_be_empty(item) or _first([item]) & inner for item in between):
            return True
    return _has_optional_twin(items)


def _has_optional_twin(items: Items) -> bool:
    """`(a|aa)` and `(\\d\\d?)`: one character, and perhaps another one of the same kind."""
    if len(items) != 2 or items[0][0] in _REPEATS:
        return False
    op, argument = items[1]
    options = [list(argument[2])] if op in _REPEATS and argument[0] == 0 else []
    if op is _constants.BRANCH and any(not list(branch) for branch in argument[1]):
        options = [_flat(list(branch)) for branch in argument[1] if list(branch)]
    return any(len(option) == 1 and bool(_first(option) & _first(items[:1])) for option in options)


def _can_be_empty(item: tuple[Any, Any]) -> bool:
    op, argument = item
    if op in _REPEATS:
        return bool(argument[0] == 0)
    if op is _constants.BRANCH:
        return any(all(_can_be_empty(inner) for inner in branch) for branch in argument[1])
    return op is _constants.AT or op in (_constants.ASSERT, _constants.ASSERT_NOT)


def _first(items: Items) -> frozenset[int]:
    """Which of some sample characters a sequence can begin with."""
    found: frozenset[int] = frozenset()
    for op, argument in items:
        if op is _constants.LITERAL:
            return found | {argument}
        if op is _constants.NOT_LITERAL:
            return found | {c for c in _SAMPLES if c != argument}
        if op is _constants.ANY:
            return found | set(_SAMPLES)
        if op is _constants.IN:
            return found | _of_set(argument)
        if op in _REPEATS:
            found |= _first(_flat(list(argument[2])))
            if argument[0] > 0:
                return found
        elif op is _constants.BRANCH:
            return found.union(*(_first(_flat(list(branch))) for branch in argument[1]))
        elif op is _constants.SUBPATTERN:
            return found | _first(_flat(list(argument[3])))
    return found


def _of_set(parts: Items) -> frozenset[int]:
    found: set[int] = set()
    negated = False
    for op, argument in parts:
        if op is _constants.NEGATE:
            negated = True
        elif op is _constants.LITERAL:
            found.add(argument)
        elif op is _constants.RANGE:
            found |= {c for c in _SAMPLES if argument[0] <= c <= argument[1]}
            found |= set(argument)
        elif op is _constants.CATEGORY:
            found |= {c for c in _SAMPLES if _CATEGORIES[argument].match(chr(c))}
    return frozenset(set(_SAMPLES) - found if negated else found)
