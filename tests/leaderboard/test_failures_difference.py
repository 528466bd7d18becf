"""What differs between two values, and the failing call as one block."""

from __future__ import annotations

import time

import pytest

from evaluator.records import Detail
from leaderboard.difference import Piece, difference
from leaderboard.views.failing_call import failing_call, is_condition


def changed(pieces: tuple[Piece, ...]) -> list[str]:
    return [piece.text for piece in pieces if piece.kind == "changed"]


def shown(pieces: tuple[Piece, ...]) -> str:
    return "".join(piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("actual", "expected", "left", "right"),
    [
        ("[3, 6, 5]", "[3, 5, 6]", ["6, 5"], ["5, 6"]),
        ("'hello world foo'", "'hello there foo'", ["world"], ["there"]),
        ("None", "[1, 2]", ["None"], ["[1, 2]"]),
        ("[1, 2, 3, 4]", "[1, 2, 4]", ["3, "], []),
        ("5", "5", [], []),
        ("", "''", [], ["''"]),
    ],
)
def test_changed_words_are_marked_on_both_sides(
    actual: str, expected: str, left: list[str], right: list[str]
) -> None:
    found = difference(actual, expected)
    assert (changed(found.actual), changed(found.expected)) == (left, right)
    assert (shown(found.actual), shown(found.expected)) == (actual, expected)


def test_long_equal_stretches_are_folded_around_the_difference() -> None:
    same = ", ".join(str(number) for number in range(500))
    found = difference(f"[{same}, 1]", f"[{same}, 2]")
    assert [piece.kind for piece in found.actual] == ["same", "folded", "same", "changed", "same"]
    assert changed(found.expected) == ["2"]
    assert len(shown(found.actual)) < 150


@pytest.mark.parametrize(
    ("actual", "expected", "note"),
    [
        ("(1, 2)", "[1, 2]", "only the type differs: tuple, not list"),
        ("'5'", "5", "only the type differs: str, not int"),
        ("[1, '2']", "[1, 2]", "only the type differs at [1]: str, not int"),
        ("{'a': (1,)}", "{'a': [1]}", "only the type differs at ['a']: tuple, not list"),
        ("b'x'", "'x'", "only the type differs: bytes, not str"),
        ("6", "5", ""),
        ("[1, 2]", "[1, 2]", ""),
        ("<object>", "5", ""),
        ("[1, 2 …", "[1, 2]", ""),
        ("[" * 500 + "]" * 500, "5", ""),
    ],
)
def test_types_are_named_where_only_they_differ(actual: str, expected: str, note: str) -> None:
    assert difference(actual, expected).types == note


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        ("a b " * 5000, "b c " * 5000),
        ("[" * 20000, "]" * 20000),
        ("1 " * 600, "1" * 1200),
        ("y x " * 290, "x z " * 290),
    ],
)
def test_hostile_values_are_compared_in_no_time(actual: str, expected: str) -> None:
    start = time.process_time()
    found = difference(actual, expected)
    assert time.process_time() - start < 2
    assert len(shown(found.actual)) < 3000


@pytest.mark.parametrize(
    ("expected", "condition"),
    [
        ("abs(candidate(1.3) - 0.3) < 1e-06", True),
        ("not candidate([])", True),
        ("candidate(5)", True),
        ("is_sorted(candidate([1])) and True", True),
        ("[1, 2]", False),
        ("-5", False),
        ("(1+2j)", False),
        ("set()", False),
        ("frozenset({1})", False),
        ("'a < b'", False),
        ("[1, 2, …", False),
    ],
)
def test_a_checks_text_is_told_from_a_value(expected: str, condition: bool) -> None:
    assert is_condition(expected) is condition


def test_a_condition_is_shown_as_it_stands_beside_what_came_back() -> None:
    call = failing_call(Detail(call="f(1)", actual="0.9", expected="abs(candidate(1) - 0.3) < 1e-06"))
    assert call is not None
    assert (call.condition, call.actual) == ("abs(candidate(1) - 0.3) < 1e-06", (Piece("same", "0.9"),))
    assert not call.expected


def test_an_exception_is_shown_in_place_of_a_value() -> None:
    call = failing_call(Detail("list index out of range", call="f([])", exception="IndexError", expected="5"))
    assert call is not None
    assert call.raised == "IndexError: list index out of range"
    assert not call.actual


def test_a_limit_in_a_call_is_shown_with_the_call_and_one_outside_has_no_block() -> None:
    call = failing_call(Detail("used more than 3 s of CPU time", call="f(9)"))
    assert call is not None
    assert (call.call, call.message) == ("f(9)", "used more than 3 s of CPU time")
    assert failing_call(Detail("used more than 3 s of CPU time, before the first call")) is None
