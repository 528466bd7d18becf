"""The judge, fed by hand with what a program's process might have sent."""

from __future__ import annotations

import marshal
import random
import signal
from typing import Any

import pytest

from evaluator.attempt import Attempt
from evaluator.check import Check
from evaluator.errors import ProblemSetError
from evaluator.evaluate import Evaluator
from evaluator.judge import Again, judge_ended, judge_partly, judge_unsteady
from evaluator.problem_sets import load_benchmark
from evaluator.records import Judgement, Limits, Problem, Program, Verdict
from evaluator.sandbox import wire
from evaluator.sandbox.cell import Ended
from evaluator.sandbox.values_out import encode
from evaluator.sandbox.wire import End
from evaluator.stand_in import StandIn

LIMITS = Limits(cpu_seconds=0.5, wall_factor=6.0)


def problem(test: str, solution: str = "    return x + 1\n", prompt: str = "def solve(x):\n") -> Problem:
    return Problem("Own/0", prompt, "solve", test, solution)


TWO = problem(
    "def check(candidate):\n    assert candidate(1) == 2\n    assert candidate([]) == [], 'empty'\n",
    "    return x + 1 if x else x\n",
)


def frame(kind: bytes, payload: bytes = b"") -> bytes:
    return wire.FRAME.pack(kind, len(payload)) + payload


def value(one: Any) -> bytes:
    return frame(wire.VALUE, encode(one, 1 << 20))


def raised(name: str, message: str = "", number: int | None = None, line: int = 3) -> bytes:
    return frame(wire.RAISED, encode((name, message, number, [(line, "solve")]), 1 << 20))


def ended(end: End = End.EXITED, code: int = 0, cpu: float = 0.01) -> Ended:
    return Ended(0, end, code, cpu, b"")


def attempt_at(judged: Problem, *frames: bytes, keep_going: bool = False) -> Attempt:
    check = Check(judged)
    attempt = Attempt(check, check.calls, keep_going)
    attempt.feed(b"".join(frames))
    return attempt


def verdict_on(
    judged: Problem, *frames: bytes, report: Ended | None = None, keep_going: bool = True
) -> Judgement:
    outcome = judge_ended(attempt_at(judged, *frames, keep_going=keep_going), report or ended(), LIMITS)
    assert isinstance(outcome, Judgement)
    return outcome


LOADED, DONE = frame(wire.LOADED), frame(wire.DONE)


def test_all_answers_right_is_the_only_way_to_pass() -> None:
    assert verdict_on(TWO, LOADED, value(2), value([]), DONE).verdict is Verdict.PASSED
    assert verdict_on(TWO, LOADED, value(2), value([])).verdict is Verdict.PASSED
    assert verdict_on(TWO, LOADED, value(2), DONE).verdict is Verdict.CRASHED
    assert verdict_on(TWO, LOADED, DONE).verdict is Verdict.CRASHED
    assert verdict_on(TWO).verdict is Verdict.CRASHED
    assert verdict_on(TWO, value(2), value([])).verdict is Verdict.FORBIDDEN


def test_failed_assertion_is_told_with_call_values_and_message() -> None:
    detail = verdict_on(TWO, LOADED, value(2), value({}), DONE).detail
    assert (detail.call, detail.actual, detail.expected, detail.message) == ("solve([])", "{}", "[]", "empty")


def test_the_values_count_and_not_the_ending() -> None:
    """A program that has answered everything rightly may end as it likes; one that has not, may not."""
    killed = ended(End.SIGNALLED, signal.SIGKILL)
    assert verdict_on(TWO, LOADED, value(2), value([]), report=killed).verdict is Verdict.PASSED
    assert verdict_on(TWO, LOADED, value(3), report=killed).verdict is Verdict.WRONG_ANSWER


@pytest.mark.parametrize(
    ("report", "verdict"),
    [
        (ended(End.CPU_LIMIT, cpu=0.6), Verdict.TIMEOUT),
        (ended(End.WALL_LIMIT), Verdict.TIMEOUT),
        (ended(End.RESULT_LIMIT), Verdict.OUTPUT_LIMIT),
        (ended(End.SIGNALLED, signal.SIGSYS), Verdict.FORBIDDEN),
        (ended(End.SIGNALLED, signal.SIGSEGV), Verdict.CRASHED),
        (ended(End.EXITED, wire.EXIT_NO_MEMORY), Verdict.MEMORY_LIMIT),
        (ended(End.EXITED, 1), Verdict.CRASHED),
    ],
)
def test_each_ending_before_the_answers_has_its_verdict(report: Ended, verdict: Verdict) -> None:
    assert verdict_on(TWO, LOADED, value(2), report=report).verdict is verdict
    assert verdict_on(TWO, report=report).verdict is verdict


@pytest.mark.parametrize(
    ("name", "number", "verdict"),
    [
        ("ValueError", None, Verdict.EXCEPTION),
        ("MemoryError", None, Verdict.MEMORY_LIMIT),
        ("PermissionError", 1, Verdict.FORBIDDEN),
        ("OSError", 28, Verdict.OUTPUT_LIMIT),
        ("FileNotFoundError", 2, Verdict.EXCEPTION),
        ("SystemExit", None, Verdict.EXCEPTION),
        ("NoSuchClass", None, Verdict.EXCEPTION),
    ],
)
def test_each_exception_has_its_verdict(name: str, number: int | None, verdict: Verdict) -> None:
    judgement = verdict_on(TWO, LOADED, raised(name, "why", number))
    assert judgement.verdict is verdict
    assert (judgement.detail.exception, judgement.detail.line) == (name, 3)
    not_loaded = frame(wire.NOT_LOADED, encode((name, "why", number, [(3, "<module>")]), 1 << 20))
    assert verdict_on(TWO, not_loaded).verdict is verdict


def test_a_right_answer_that_took_too_long_is_a_timeout_whenever_it_was_looked_at() -> None:
    late = ended(cpu=LIMITS.cpu_seconds + 0.1)
    attempt = attempt_at(TWO, LOADED, value(2), value([]))
    assert judge_partly(attempt) is None
    assert verdict_on(TWO, LOADED, value(2), value([]), DONE, report=late).verdict is Verdict.TIMEOUT


def test_a_wrong_answer_is_known_before_the_end() -> None:
    early = judge_partly(attempt_at(TWO, LOADED, value(3)))
    assert early is not None
    assert early.verdict is Verdict.WRONG_ANSWER
    assert judge_partly(attempt_at(TWO, LOADED, value(2))) is None
    assert judge_partly(attempt_at(TWO)) is None


def test_only_a_new_answer_is_a_reason_to_judge_again() -> None:
    attempt = attempt_at(TWO)
    assert not attempt.feed(LOADED)
    assert not attempt.feed(value(2)[:3])
    assert attempt.feed(value(2)[3:])
    assert not attempt.feed(DONE)
    assert attempt.feed(b"?????")


def test_whoever_writes_to_the_evaluators_channel_is_named() -> None:
    for frames in ([LOADED, LOADED], [LOADED, value(2), value([]), DONE, value(2)], [b"hello, evaluator"]):
        judgement = verdict_on(TWO, *frames)
        assert judgement.verdict is Verdict.FORBIDDEN
        assert judge_partly(attempt_at(TWO, *frames)) is not None


def test_a_value_that_is_no_value_is_refused() -> None:
    assert verdict_on(TWO, LOADED, frame(wire.VALUE, b"?")).verdict is Verdict.FORBIDDEN
    assert verdict_on(TWO, LOADED, value(object())).verdict is Verdict.WRONG_ANSWER
    assert verdict_on(TWO, LOADED, value(range(10**9))).verdict is Verdict.OUTPUT_LIMIT
    assert verdict_on(TWO, LOADED, frame(wire.TOO_LARGE)).verdict is Verdict.OUTPUT_LIMIT


def test_every_text_of_a_detail_can_be_stored() -> None:
    for frames in (
        [LOADED, raised("Error\udc80", "lone \ud800 and null \0")],
        [LOADED, frame(wire.VALUE, encode("x\0\ud800", 100))],
        [LOADED, frame(wire.VALUE, b"x\x03\0\0\0\xed\xa0\x80")],
        [frame(wire.NOT_COMPILED, encode(("SyntaxError", "\udfff", None, []), 100))],
    ):
        texts = str(verdict_on(TWO, *frames).detail)
        assert "\0" not in texts
        assert texts.encode()


def test_an_exception_that_the_test_goes_on_after_asks_for_another_execution() -> None:
    expects = problem(
        "def check(candidate):\n"
        "    try:\n        candidate(0)\n    except ZeroDivisionError:\n        pass\n"
        "    assert candidate(1) == 2\n",
        solution="    return 2 // x\n",
    )
    frames = (LOADED, raised("ZeroDivisionError"))
    assert judge_ended(attempt_at(expects, *frames), ended(), LIMITS) == Again(Check(expects).calls)
    assert verdict_on(expects, *frames, value(2), DONE).verdict is Verdict.PASSED
    assert verdict_on(expects, *frames, value(3), DONE).verdict is Verdict.WRONG_ANSWER


def test_no_test_can_swallow_that_an_answer_is_missing() -> None:
    swallows = problem(
        "def check(candidate):\n    try:\n        candidate(1)\n    except BaseException:\n        pass\n"
    )
    assert verdict_on(swallows, LOADED).verdict is Verdict.CRASHED


def test_a_call_that_depends_on_an_answer_is_planned_anew() -> None:
    chained = problem("def check(candidate):\n    assert candidate(candidate(1)) == 3\n")
    again = judge_ended(attempt_at(chained, LOADED, value(7), value(8), DONE), ended(), LIMITS)
    assert isinstance(again, Again)
    assert [Check(chained).call_text(again.calls, index) for index in range(2)] == ["solve(1)", "solve(7)"]


def test_tests_with_random_arguments_draw_the_same_ones_in_every_replay() -> None:
    drawn = problem(
        "import random\ndef check(candidate):\n"
        "    for _ in range(3):\n        x = random.random()\n        assert candidate(x) == x + 1\n"
    )
    check = Check(drawn)
    state = random.getstate()
    for _ in range(2):
        check.replay(StandIn(check.calls, lambda index: marshal.loads(check.calls[index])[0][0] + 1))
    assert random.getstate() == state
    assert Check(drawn).calls == check.calls


def test_a_benchmark_that_can_not_be_loaded_is_its_own_fault() -> None:
    for broken in (
        problem("def check(candidate):\n    assert candidate(object()) == 1\n"),
        problem("check ="),
        problem("def check(candidate):\n    assert candidate([]) == 1\n"),
        problem("def check(candidate): pass\n", prompt="def other(x):\n"),
    ):
        with pytest.raises(ProblemSetError, match="Own/0"):
            Check(broken)


def test_comparing_hostile_values_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values that are slow to compare cost the judge its own limit, not for ever."""
    monkeypatch.setattr("evaluator.judge._CHECK_CPU_SECONDS", 0.2)
    endless = problem(
        "def check(candidate):\n    x = candidate(1)\n    while x:\n        pass\n", "    return 0\n"
    )
    assert verdict_on(endless, LOADED, value(1), DONE).verdict is Verdict.OUTPUT_LIMIT
    assert verdict_on(endless, LOADED, value(0), DONE).verdict is Verdict.PASSED
    assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] == 0


def test_unsteady_programs_count_against_their_model() -> None:
    """Otherwise a program could choose not to be counted."""
    assert judge_unsteady(attempt_at(TWO), 1.0).verdict is Verdict.WRONG_ANSWER
    keeping = attempt_at(problem(f"keeps_objects = True\n{TWO.test}", TWO.canonical_solution))
    assert judge_unsteady(keeping, 1.0).detail.label == "objects"


@pytest.mark.sandbox
def test_a_program_that_answers_otherwise_every_time_is_judged_in_the_end() -> None:
    chained = problem("def check(candidate):\n    assert candidate(candidate(1)) == 3\n")
    source = "import os\ndef solve(x):\n    return int.from_bytes(os.urandom(4), 'little')\n"
    with Evaluator(LIMITS) as evaluator:
        (judgement,) = evaluator.judge(chained, [Program("Own/0", source, chained.content_hash)])
    assert judgement.verdict is Verdict.WRONG_ANSWER


def test_the_judge_knows_no_program_of_humaneval_by_heart() -> None:
    """Answering every call with None, True, 0 or an empty list passes no problem."""
    passing = set()
    for one in load_benchmark("humaneval").problems:
        check = Check(one)
        for answer in (None, True, 0, []):
            attempt = Attempt(check, check.calls, keep_going=True)
            attempt.feed(LOADED + value(answer) * len(check.calls) + DONE)
            outcome = judge_ended(attempt, ended(), LIMITS)
            if isinstance(outcome, Judgement) and outcome.verdict is Verdict.PASSED:
                passing.add((one.task_id, repr(answer)))
    assert not passing


def test_an_answer_can_not_end_what_the_test_goes_through() -> None:
    """For map() an exception of its function's own, StopIteration, is the end of the items."""
    swallows = problem(
        "def check(candidate):\n    assert all(map(lambda x: candidate(x) == x + 1, (1, 2)))\n"
    )
    stopped = verdict_on(swallows, LOADED, raised("StopIteration"))
    assert (stopped.verdict, stopped.detail.exception) == (Verdict.EXCEPTION, "StopIteration")
    test = "    try:\n        candidate(1)\n    except StopIteration:\n        return\n    assert False\n"
    wanted = problem(f"def check(candidate):\n{test}", "    raise StopIteration\n")
    assert verdict_on(wanted, LOADED, raised("StopIteration"), DONE).verdict is Verdict.PASSED
