"""When two failures are the same one: the normal form of values and messages, and the key made of it."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from evaluator.records import Detail, Judgement, Verdict
from leaderboard.behaviour import (
    behaviour_key,
    normalised_message,
    normalised_value,
    pack_behaviours,
    unpack_behaviours,
)
from leaderboard.cell_blob import CellContent, StoredProgram, StoredSample


def wrong(actual: str, call: str = "f(1)", expected: str = "5", message: str = "") -> Judgement:
    return Judgement(Verdict.WRONG_ANSWER, Detail(message, call, actual, expected), 0.0)


def raised(message: str, exception: str = "ValueError", line: int = 3) -> Judgement:
    frames = (f"line {line}, in f",)
    detail = Detail(message, "f(1)", exception=exception, line=line, traceback=frames)
    return Judgement(Verdict.EXCEPTION, detail, 0.0)


def ended(
    verdict: Verdict, message: str, call: str | None = "f(1)", exception: str | None = None
) -> Judgement:
    return Judgement(verdict, Detail(message, call, exception=exception), 0.0)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("[1, 2]", "[1, 2]"),
        ("'a.b {c}'", "'a.b {c}'"),
        ("[0.30000000000000004]", "[0.3]"),
        ("{3, 1, 2}", "{1, 2, 3}"),
        ("{'b': {2, 1}, 'a': 1.00000000001}", "{'a': 1.0, 'b': {1, 2}}"),
        ("frozenset({'b', 'a'})", "frozenset({'a', 'b'})"),
        ("<function f at 0x7f31c0ffee00>", "<function f at 0x…>"),
        ("[1.0000000000000002, 2.5, …", "[1.0, 2.5, …"),
        ("f({'b', 'a'}, x=0.1)", "f({'a', 'b'}, x=0.1)"),
        ("'0x7f31c0ffee00'", "'0x7f31c0ffee00'"),
    ],
)
def test_a_value_loses_what_differs_from_one_execution_to_the_next(text: str, normal: str) -> None:
    assert normalised_value(text) == normal


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("[1, 2]", "[2, 1]"),
        ("1", "1.0"),
        ("1", "True"),
        ("0.1", "0.1001"),
        ("(1,)", "[1]"),
        ("'1.0'", "'1.00'"),
    ],
)
def test_values_that_a_check_tells_apart_stay_apart(one: str, other: str) -> None:
    assert behaviour_key(wrong(one)) != behaviour_key(wrong(other))


def test_a_message_loses_addresses_lines_of_the_program_and_float_noise() -> None:
    message = "<A object at 0x7fab01> in line 12: 0.30000000000000004 is not in 1.2.3"
    assert normalised_message(message) == "<A object at 0x…> in line …: 0.3 is not in 1.2.3"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (wrong("{2, 1}"), wrong("{1, 2}")),
        (wrong("0.1"), wrong("0.10000000000000001", expected="another wording", message="a message")),
        (raised("x at line 3", line=3), raised("x at line 9", line=9)),
        (
            ended(Verdict.TIMEOUT, "used more than 3 s of CPU time"),
            ended(Verdict.TIMEOUT, "used more than 0.1 s of CPU time"),
        ),
        (Judgement(Verdict.PASSED, Detail(), 0.1), Judgement(Verdict.PASSED, Detail(call="f(1)"), 0.2)),
    ],
)
def test_the_same_failure_has_one_key(one: Judgement, other: Judgement) -> None:
    assert behaviour_key(one) == behaviour_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (wrong("1"), wrong("1", call="f(2)")),
        (raised("a"), raised("b")),
        (raised("a"), raised("a", exception="TypeError")),
        (ended(Verdict.TIMEOUT, "a"), ended(Verdict.TIMEOUT, "a", call="f(2)")),
        (ended(Verdict.TIMEOUT, "a"), ended(Verdict.CRASHED, "a")),
        (wrong(""), raised("", exception="")),
    ],
)
def test_other_failures_have_other_keys(one: Judgement, other: Judgement) -> None:
    assert behaviour_key(one) != behaviour_key(other)


def test_the_key_is_the_same_in_another_process() -> None:
    command = (
        "from evaluator.records import *; from leaderboard.behaviour import behaviour_key;"
        "print(behaviour_key(Judgement(Verdict.WRONG_ANSWER, Detail('', 'f(1)', \"{'b', 'a'}\", '5'), 0.0)))"
    )
    said = subprocess.check_output([sys.executable, "-c", command], text=True)
    assert int(said) == behaviour_key(wrong("{'a', 'b'}"))


@pytest.mark.parametrize(
    "text", ["{" * 20_000, "[" * 9_000 + "1.5" + "]" * 9_000, "{1}" * 5_000, "1." * 9_000]
)
def test_hostile_values_are_normalised_in_no_time(text: str) -> None:
    start = time.process_time()
    normalised_value(text)
    assert time.process_time() - start < 2


def test_a_cells_failures_are_stored_with_their_samples_the_most_frequent_first() -> None:
    programs = [
        StoredProgram("a", Judgement(Verdict.PASSED, Detail(), 0.0)),
        StoredProgram("b", wrong("0.1")),
        StoredProgram("c", raised("x")),
        StoredProgram("d", wrong("0.10000000000000001")),
        StoredProgram("e", ended(Verdict.EVALUATOR_ERROR, "ours")),
    ]
    samples = [StoredSample(program, line) for line, program in enumerate((2, 0, 1, 3, 3, 4))]
    found = unpack_behaviours(pack_behaviours(CellContent(programs, samples)))
    assert found is not None
    assert [(one.key, one.verdict, one.samples) for one in found] == [
        (behaviour_key(wrong("0.1")), Verdict.WRONG_ANSWER, 3),
        (behaviour_key(raised("x")), Verdict.EXCEPTION, 1),
    ]


@pytest.mark.parametrize("stored", [None, b"", b"\xffold"])
def test_what_is_not_stored_or_by_older_rules_is_not_known(stored: bytes | None) -> None:
    assert unpack_behaviours(stored) is None


def test_a_cell_without_failures_has_none() -> None:
    assert unpack_behaviours(pack_behaviours(CellContent([], []))) == []
