"""Loops that never end are found out, and those that do end, however late or oddly, never are."""

from __future__ import annotations

import itertools
import math
import sys
import typing
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from evaluator.attempt import Attempt
from evaluator.check import Check
from evaluator.evaluate import Evaluator
from evaluator.judge import judge_ended
from evaluator.records import Judgement, Limits, Problem, Program, Verdict
from evaluator.sandbox import wire
from evaluator.sandbox.cell import Ended
from evaluator.sandbox.child import FILE_NAME, Endless, described
from evaluator.sandbox.loops import loops_around, tells_objects_apart
from evaluator.sandbox.self_contained import is_self_contained
from evaluator.sandbox.state import Unclear, state_of
from evaluator.sandbox.values_out import encode
from evaluator.sandbox.wire import End

PROBLEM = Problem(
    task_id="endless/one",
    prompt="def solve(x):\n",
    entry_point="solve",
    test="def check(candidate):\n    assert candidate(2) == 3\n",
    canonical_solution="    return x + 1\n",
)
RIGHT = "def solve(x):\n    return x + 1\n"
LOOPS = Path(__file__).resolve().parent.parent / "loops"
ENDLESS = sorted((LOOPS / "endless").iterdir())  # where the loop stands, a comment says so
ENDING = sorted((LOOPS / "ending").iterdir())  # each returns 3 after some time, and looks endless
MARK = "  # goes on for ever"


def judged(evaluator: Evaluator, source: str) -> Judgement:
    (judgement,) = evaluator.judge(PROBLEM, [Program("endless/one", source, PROBLEM.content_hash)])
    return judgement


def code_of(source: str) -> CodeType:
    return compile(source, FILE_NAME, "exec", dont_inherit=True)


@pytest.mark.sandbox
@pytest.mark.parametrize("path", ENDLESS, ids=lambda path: path.stem)
def test_an_endless_loop_is_found_out_long_before_its_limit(patient: Evaluator, path: Path) -> None:
    source = path.read_text()
    assert is_self_contained(code_of(source))
    judgement = judged(patient, source)
    assert judgement.verdict is Verdict.TIMEOUT
    assert judgement.detail.message.startswith("never ends")
    assert judgement.detail.line == source[: source.index(MARK)].count("\n") + 1
    assert judgement.cpu_seconds < patient.limits.cpu_seconds / 2
    assert judged(patient, RIGHT).verdict is Verdict.PASSED


@pytest.mark.sandbox
@pytest.mark.parametrize("path", ENDING, ids=lambda path: path.stem)
def test_a_loop_that_ends_is_not_taken_for_endless(patient: Evaluator, path: Path) -> None:
    assert judged(patient, path.read_text()).verdict is Verdict.PASSED


@pytest.fixture(scope="module")
def patient() -> Any:
    with Evaluator(Limits(cpu_seconds=20.0)) as opened:
        yield opened


@pytest.mark.sandbox
def test_what_comes_after_an_endless_call_is_judged_in_the_same_process(patient: Evaluator) -> None:
    in_a_call, at_the_top = (
        (LOOPS / "endless" / name).read_text() for name in ("nothing_changes.py", "at_the_top.py")
    )
    sources = [in_a_call, RIGHT, at_the_top, RIGHT + "\n"]
    programs = [Program("endless/one", source, PROBLEM.content_hash) for source in sources]
    judgements = list(patient.judge(PROBLEM, programs))
    passed, timeout = Verdict.PASSED, Verdict.TIMEOUT
    assert [one.verdict for one in judgements] == [timeout, passed, timeout, passed]
    assert judgements[0].detail.call == "solve(2)"
    assert judgements[2].detail.call is None


def test_who_claims_to_be_endless_does_not_pass() -> None:
    check = Check(PROBLEM)
    payload = described(Endless(7))

    def frame(kind: bytes, content: bytes = b"") -> bytes:
        return wire.FRAME.pack(kind, len(content)) + content

    value = encode(3, 100)
    claims = (
        frame(wire.ENDLESS, payload),
        frame(wire.LOADED) + frame(wire.ENDLESS, payload) + frame(wire.DONE),
        frame(wire.ENDLESS, payload) + frame(wire.LOADED) + frame(wire.VALUE, value) + frame(wire.DONE),
        frame(wire.LOADED) + frame(wire.ENDLESS, b"junk") + frame(wire.VALUE, value) + frame(wire.DONE),
        frame(wire.ENDLESS) * 2,
    )
    for claim in claims:
        attempt = Attempt(check, check.calls)
        attempt.feed(claim)
        decided = judge_ended(attempt, Ended(1, End.EXITED, 0, 0.0, b""), Limits())
        assert isinstance(decided, Judgement)
        assert decided.verdict in (Verdict.TIMEOUT, Verdict.FORBIDDEN)


# The parts, one by one.


def function_in(source: str) -> CodeType:
    return next(one for one in code_of(source).co_consts if isinstance(one, CodeType))


def test_loops_over_items_are_no_loops_that_can_be_looked_at() -> None:
    code = function_in("def f(x):\n    for i in x:\n        x = i\n    return [y for y in x]")
    assert [loops_around(code, offset) for offset in range(0, len(code.co_code), 2)] == [[]] * (
        len(code.co_code) // 2
    )


def test_loops_are_listed_from_the_innermost() -> None:
    code = function_in(
        "def f(x):\n    while x:\n        for y in x:\n            while y:\n                y = g(y)"
    )
    deepest = max((loops_around(code, offset) for offset in range(0, len(code.co_code), 2)), key=len)
    assert [loop.line for loop in deepest] == [4, 2]
    assert deepest[0].first > deepest[1].first


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
    found = [loops_around(code, offset) for offset in range(0, len(code.co_code), 2)]
    assert {name for loops in found for loop in loops for name in loop.counters} == counters


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
    assert tells_objects_apart(code_of(f"def f(x, y):\n    return [{test} for z in x]")) is tells


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


def states(*texts: str, counters: tuple[str, ...] = ()) -> list[list[Any]]:
    """What a function can reach as its variable has the values of these expressions, one after the other."""
    values = [eval(text, {"math": math, **vars(typing)}) for text in texts]
    found: list[list[Any]] = []

    def here() -> bool:
        found.append(state_of(sys._getframe(1), counters, 1_000))
        return len(found) < len(values)

    source = (
        "v = None\ndef f():\n    more = True\n    while more:\n        v = take()\n        more = here()\n"
    )
    at = itertools.count()
    names: dict[str, Any] = {"here": here, "take": lambda: values[next(at)]}
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


def test_only_the_kind_of_a_counter_counts_and_only_of_a_number() -> None:
    for texts, same in ((("1", "2"), True), (("1", "2.0"), False), (("'a'", "'b'"), False)):
        one, other = states(*texts, counters=("v",))
        assert (one == other) is same
