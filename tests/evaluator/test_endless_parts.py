"""The parts of finding endless loops: what is read of code, what makes a state, and when following ends."""

from __future__ import annotations

import itertools
import math
import sys
import typing
from types import CodeType
from typing import Any

import pytest

from evaluator.sandbox import endless as endless_module
from evaluator.sandbox.child import FILE_NAME, Job, Unsettled
from evaluator.sandbox.endless import Lookout
from evaluator.sandbox.loops import Reading, Readings, line_of
from evaluator.sandbox.state import Unclear, state_of


def code_of(source: str) -> CodeType:
    return compile(source, FILE_NAME, "exec", dont_inherit=True)


def function_in(source: str) -> CodeType:
    return next(one for one in code_of(source).co_consts if isinstance(one, CodeType))


def read(code: CodeType) -> Reading:
    reading = Readings().of(code)
    assert reading is not None
    return reading


def lines(code: CodeType) -> list[int]:
    """Of its loops, the innermost first."""
    return [line_of(code, loop) for loop in read(code).loops]


@pytest.mark.parametrize("body", ["for i in x: x = i", "return [y for y in x]", "yield from x"])
def test_loops_over_items_are_no_loops_that_can_be_looked_at(body: str) -> None:
    assert read(function_in(f"def f(x):\n    {body}")).loops == ()


def test_loops_are_listed_from_the_innermost() -> None:
    source = "def f(x):\n    while x:\n        for y in x:\n            while y: y = g(y)\n"
    assert lines(function_in(source)) == [4, 2]
    assert lines(function_in("def f(x):\n    x = 1\n    while True:\n        y = x\n")) == [3]


@pytest.mark.parametrize("source", ["x = 1\n" * 4_000, "while x: pass\n" * 9, "[lambda: 1]\n" * 900])
def test_code_that_takes_long_to_read_is_not_read(source: str) -> None:
    assert Readings().of(code_of(source)) is None


@pytest.mark.parametrize(
    ("body", "counters"),
    [
        ("n += 1", {"n"}),
        ("n = n + 1", {"n"}),
        ("n -= len(x) * 2 + 1", {"n"}),
        ("n = 1 + n", set()),
        ("n *= 2", set()),
        ("n += n", set()),
        ("n += 1; m = n", set()),
        ("n += (1 if x else 2)", set()),
        ("n += 1; n += 2", {"n"}),
        ("n, m = n + 1, 2", set()),
        ("n += 1; del n", set()),
        ("n = -(n + 1)", set()),
        ("n = (n + 1) % 7", set()),
        ("n += [n for n in x][0]", {"n"}),
        ("print(n + 1)", set()),
    ],
)
def test_a_counter_is_what_a_loop_only_adds_to(body: str, counters: set[str]) -> None:
    code = function_in(f"def f(x, n, m):\n    while x:\n        {body}\n")
    assert {name for loop in read(code).loops for name in loop.counters} == counters


@pytest.mark.parametrize(
    ("test", "tells"),
    [
        ("x is None", False),
        ("x is not True", False),
        ("x is y", True),
        ("x is (1, y)", True),
        ("x == y", False),
    ],
)
def test_code_that_tells_equal_objects_apart(test: str, tells: bool) -> None:
    assert read(code_of(f"def f(x, y):\n    return [{test} for z in x]")).tells_apart is tells


SAME = [
    *(
        "1",
        "10 ** 30",
        "'abc'",
        "b'abc'",
        "2.5",
        "None",
        "range(3)",
        "[1, [2.5, None]]",
        "{'a': (1,), 'b': []}",
    ),
    *("len", "int", "List", "math", "math.sqrt", "[1].append"),
]
OTHER = [
    *(
        ("1", "True"),
        ("1", "1.0"),
        ("0.0", "-0.0"),
        ("[1]", "(1,)"),
        ("'1'", "b'1'"),
        ("[[1], 2]", "[[1, 2]]"),
    ),
    *(
        ("{1: 2, 3: 4}", "{3: 4, 1: 2}"),
        ("[[]] * 2", "[[], []]"),
        ("range(3)", "range(0, 3, 2)"),
        ("...", "None"),
    ),
    *(("len", "max"), ("int", "str"), ("[].append", "[1].append"), ("[].append", "[].pop"), ("List", "Dict")),
]
UNCLEAR = [
    "iter([])",
    "(x for x in [])",
    "{1}",
    "frozenset([2])",
    "float('nan')",
    "zip()",
    "[0] * 9999",
    "List[int]",
]


def states(*texts: str, counters: tuple[str, ...] = (), after: str = "") -> list[list[Any]]:
    """What a function can reach as its variable has the values of these expressions, one after the other."""
    values = [eval(text, {"math": math, **vars(typing)}) for text in texts]
    found: list[list[Any]] = []

    # What they need isn't in cells: a function of a library that keeps something proves nothing.
    def here(
        found: list[list[Any]] = found, values: list[Any] = values, counters: tuple[str, ...] = counters
    ) -> bool:
        found.append(state_of(sys._getframe(1), counters, Readings()))
        return len(found) < len(values)

    source = "def f():\n    more = True\n    while more:\n        v = take()\n        more = here()\n"
    source += f"        {after}\n" if after else ""
    at = itertools.count()
    names: dict[str, Any] = {"here": here, "take": lambda at=at, values=values: values[next(at)]}
    exec(code_of(source), names)
    names["f"]()
    return found


@pytest.mark.parametrize("text", SAME)
def test_equal_values_make_equal_states(text: str) -> None:
    one, other = states(text, text)
    assert one == other


@pytest.mark.parametrize(("text", "another"), OTHER)
def test_other_values_make_other_states(text: str, another: str) -> None:
    one, other = states(text, another)
    assert one != other


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_cannot_be_seen_proves_nothing(text: str) -> None:
    with pytest.raises(Unclear):
        states(text)


@pytest.mark.parametrize("change", ["v.pop(1)", "del v[1]", "v.clear()", "v.popitem()", "[lambda: v.pop(1)]"])
def test_a_dict_that_may_have_holes_proves_nothing(change: str) -> None:
    with pytest.raises(Unclear):
        states("{1: 2}", after=f"if not more: {change}")
    assert states("[1, 2]", after="if not more: v.pop(1)")


def test_only_the_kind_of_a_counter_counts_and_only_of_a_number() -> None:
    for texts, same in ((("1", "2"), True), (("1", "2.0"), False), (("'a'", "'b'"), False)):
        one, other = states(*texts, counters=("v",))
        assert (one == other) is same


def test_following_ends_when_its_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    lookout, seen = Lookout(Job(0)), []
    monkeypatch.setattr(endless_module.time, "thread_time", itertools.count().__next__)

    def look() -> bool:
        seen.append(sys.gettrace())
        if len(seen) == 2:  # the first time, the loop has not begun
            lookout.look(0, sys._getframe(1))
            seen.append(sys.gettrace())
        return len(seen) < 5

    exec(code_of("while look():\n    pass\n"), {"look": look})
    assert [one is None for one in seen] == [True, True, False, True, True]


def test_an_error_of_ours_says_nothing_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    lookout = Lookout(Job(0))

    def broken(*_: object) -> None:
        raise KeyError("ours")

    monkeypatch.setattr(endless_module, "state_of", broken)
    names = {"look": lambda: lookout.look(0, sys._getframe(1))}
    with pytest.raises(Unsettled):
        exec(code_of("x = 1\nwhile x:\n    look()\n"), names)
    monkeypatch.setattr(lookout, "_loops_of", broken)
    with pytest.raises(Unsettled):
        exec(code_of("look()"), names)
    lookout.rest()
