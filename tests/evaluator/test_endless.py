"""Loops that never end are found out, and those that do end, however late or oddly, never are."""

from __future__ import annotations

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
from evaluator.sandbox.self_contained import is_self_contained
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


@pytest.mark.sandbox
def test_who_is_looked_at_is_told_the_same_of_a_variable_that_is_not_bound(patient: Evaluator) -> None:
    """CPython names another line where it is traced."""
    source = "def solve(x):\n    while True:\n        x = x + 1\n        sum(range(20000))\n"
    source += "        if x == 100: del x\n"
    apart = Evaluator(patient.limits, shares=False)
    with apart:
        assert judged(patient, source).detail == judged(apart, source).detail


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
