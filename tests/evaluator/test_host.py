"""Self-contained programs share a process: each is judged as it would be in one of its own."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from evaluator.evaluate import Evaluator
from evaluator.records import Judgement, Limits, Problem, Program, Verdict
from evaluator.sandbox import wire
from evaluator.sandbox.cell import Cell, Ended
from evaluator.sandbox.child import compiled
from evaluator.sandbox.probe import best_tier
from evaluator.sandbox.self_contained import is_self_contained
from evaluator.sandbox.wire import End
from evaluator.sandbox.zygote import Zygote
from tests.attack_files import PROBLEM, Attack, attacks
from tests.attack_range import descendants, started
from tests.evaluator.test_cell import CPU, LIMITS, NO_CALLS, RIGHT, WALL, config, next_end, wait_for

pytestmark = pytest.mark.sandbox

TIERS = ("A+", "A", "B")
GOLDEN = Path(__file__).resolve().parent.parent / "golden"
WRONG = PROBLEM.prompt + "    return len(str(x))\n"
LISTS = Problem(
    task_id="host/lists",
    prompt="def solve(x):\n",
    entry_point="solve",
    test="def check(candidate):\n    assert candidate([3, 1]) == [1, 3]\n    assert candidate([]) == []\n",
    canonical_solution="    return sorted(x)\n",
)
SORTS = "def solve(x):\n    return sorted(x)\n"
# What might leave something to whoever comes next, if anything could.
BEFORE = {
    "names of builtins": "sorted = len = sum = max = None\ndef solve(x): return x",
    "a global of the same name": "kept = [9]\ndef solve(x):\n    kept.extend(x)\n    return kept",
    "changed arguments": "def solve(x):\n    x.append(5)\n    return x",
    "a generator that is left": "def g():\n    try:\n        yield 1\n    finally:\n        print('gone')\n"
    "left = g()\nnext(left)\ndef solve(x): return x",
    "circles of objects": "def solve(x):\n    a = []\n    a.append(a)\n    return len(a)",
    "tables of modules": "import re, typing\nfor i in range(600):\n    re.findall('x' * i, 'x')\n"
    "    typing.List[int]\ndef solve(x): return x",
    "an exception in an exception": "def solve(x):\n    try:\n        1 / 0\n    finally:\n        x[99]",
    "much that is printed": "def solve(x):\n    for i in range(5000): print('\\u20ac' * 30)\n    return x",
    "no entry point": "y = 1",
    "no program": "def solve(:",
    "a module that is not there as such": "from typing import List, Optional\nfrom math import nothing",
}


def program(source: str, problem: Problem = PROBLEM) -> Program:
    return Program(problem.task_id, source, problem.content_hash)


def youngest(pids: set[int]) -> int:
    """The host is: its compiler is there before it, though perhaps in the same tick of the clock."""
    return max(pids, key=lambda pid: (started(pid), pid))


def told(judgement: Judgement) -> tuple[object, ...]:
    """All that is said of it, but for what ended it in time: alone, an endless loop runs to its limit."""
    in_time = judgement.verdict is Verdict.TIMEOUT
    return judgement.verdict, judgement.detail.call if in_time else judgement.detail


def start(cell: Cell, source: str) -> None:
    cell.run(1, source, wire.MAY_SHARE)


def end_in_host(cell: Cell, source: str) -> Ended:
    start(cell, source)
    return next_end(cell)


def test_programs_of_a_plan_share_a_process_and_others_have_their_own() -> None:
    with Cell(config(best_tier())) as cell:
        before = descendants()
        cell.plan("solve", NO_CALLS)
        cell.limit(CPU, WALL)

        def beside() -> set[int]:
            return descendants() - before

        assert end_in_host(cell, "def solve(): pass").end is End.EXITED
        first = beside()
        assert len(first) == 2  # compiler and host
        for source in ("def solve(): return 1", "import sys\ndef solve(): pass", "x = 1"):
            assert end_in_host(cell, source).end is End.EXITED
            assert beside() == first
        cell.limit(CPU / 2, WALL)
        assert end_in_host(cell, "def solve(): return 2").end is End.EXITED
        assert beside() == first  # other limits are no other plan
        cell.plan("solve", NO_CALLS)
        assert end_in_host(cell, "def solve(): pass").end is End.EXITED
        assert len(beside()) == 2
        assert not beside() & first
        cell.plan("solve", NO_CALLS)
        cell.limit(CPU, WALL)
        cell.run(1, "def solve(): pass")  # it may not share
        next_end(cell)
        assert len(beside()) == 1


@pytest.mark.parametrize("source", BEFORE.values(), ids=BEFORE)
def test_a_program_finds_nothing_of_those_before_it(
    sharing: Evaluator, apart: Evaluator, source: str
) -> None:
    pair = [program(text, LISTS) for text in (source, SORTS, source, SORTS)]
    together = [told(one) for one in sharing.judge(LISTS, pair)]
    assert together == [told(one) for one in apart.judge(LISTS, pair)]
    assert together[1][0] is together[3][0] is Verdict.PASSED
    assert together[0] == together[2]


@pytest.mark.parametrize("folder", sorted(GOLDEN.iterdir()), ids=lambda folder: folder.name)
def test_golden_programs_one_after_the_other_are_judged_as_each_alone(
    sharing: Evaluator, apart: Evaluator, folder: Path
) -> None:
    sources = [path.read_text() for path in sorted(folder.rglob("*.py"))]
    programs = [program(text) for source in sources for text in (source, RIGHT)]
    assert [told(one) for one in sharing.judge(PROBLEM, programs)] == [
        told(one) for one in apart.judge(PROBLEM, programs)
    ]


def self_contained_attacks() -> list[Attack]:
    found = []
    for attack in attacks():
        try:
            code = compiled(attack.source, 0)
        except Exception:  # noqa: BLE001  some attack the compiler
            continue
        if is_self_contained(code):
            found.append(attack)
    return found


@pytest.mark.parametrize("tier", TIERS)
def test_attacks_that_may_share_a_process_hurt_nobody_in_it(tier: str) -> None:
    if tier == "A+" and os.geteuid() != 0:
        pytest.skip("needs root")
    tried = [attack for attack in self_contained_attacks() if tier in attack.tiers]
    assert len(tried) >= 10
    programs = [program(text) for attack in tried for text in (RIGHT, attack.source, RIGHT + "\n", WRONG)]
    with Evaluator(LIMITS, tier=tier) as evaluator:
        judged = [one.verdict for one in evaluator.judge(PROBLEM, programs)]
    wrong = {
        attack.name: verdict
        for attack, verdict in zip(tried, judged[1::4], strict=True)
        if verdict not in attack.must_end
    }
    assert wrong == {}
    assert set(judged[0::4]) == set(judged[2::4]) == {Verdict.PASSED}
    assert set(judged[3::4]) == {Verdict.WRONG_ANSWER}


LATE = {
    "an endless loop": ("def solve(x):\n    while True: pass", Verdict.TIMEOUT),
    "one before any call": ("while True: pass", Verdict.TIMEOUT),
    "a recursion without an end": ("def solve(x): return solve(x)", Verdict.EXCEPTION),
    "no memory left": ("def solve(x): return len([0] * 10 ** 10)", Verdict.MEMORY_LIMIT),
    "a large answer": ("def solve(x): return 'x' * 10 ** 7", Verdict.OUTPUT_LIMIT),
    "many large answers": ("def solve(x): return 'x' * 3 * 10 ** 6", Verdict.WRONG_ANSWER),
}


@pytest.mark.parametrize(("source", "verdict"), LATE.values(), ids=LATE)
def test_who_meets_a_limit_is_judged_as_alone_and_the_next_one_is_unhurt(
    sharing: Evaluator, apart: Evaluator, source: str, verdict: Verdict
) -> None:
    programs = [program(text) for text in (RIGHT, source, RIGHT + "\n")]
    together = list(sharing.judge(PROBLEM, programs))
    assert [told(one) for one in together] == [told(one) for one in apart.judge(PROBLEM, programs)]
    assert [one.verdict for one in together] == [Verdict.PASSED, verdict, Verdict.PASSED]


def test_what_a_program_leaves_unfinished_is_not_its_fault() -> None:
    """Alone, its process would have ended before the generator is told to close."""
    source = (
        f"{RIGHT}\ndef g():\n    try:\n        yield 1\n    finally:\n        while True: pass\n"
        "left = [g()]\nleft.append(left)\nnext(left[0])\n"
    )
    with Evaluator(LIMITS) as evaluator:
        judged = list(evaluator.judge(PROBLEM, [program(source), program(RIGHT)]))
    assert [one.verdict for one in judged] == [Verdict.PASSED] * 2


def test_clearing_up_after_a_program_is_not_its_time() -> None:
    source = f"{RIGHT}y = [[i] for i in range(400_000)]\n"
    limits = Limits.auto()
    with Evaluator(limits) as sharing, Evaluator(limits, shares=False) as apart:
        for evaluator in (sharing, apart):
            assert [one.verdict for one in evaluator.judge(PROBLEM, [program(RIGHT)])] == [Verdict.PASSED]
        for _ in range(5):  # one that is disturbed measures something else
            (alone,) = apart.judge(PROBLEM, [program(source)])
            (shared,) = sharing.judge(PROBLEM, [program(source)])
            if alone.verdict is shared.verdict:
                break
    assert alone.verdict is shared.verdict


def test_a_fork_that_failed_has_no_pid_that_a_signal_could_go_to() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        zygote = Zygote.__new__(Zygote)
        zygote.orders = ours
        theirs.sendall((-1).to_bytes(4, "little", signed=True))
        with pytest.raises(EOFError, match="could not fork"):
            zygote.pid_of_last()


def test_cpu_time_is_of_each_program_alone() -> None:
    slow = f"for i in range(3_000_000): pass\n{RIGHT}"
    with Evaluator(LIMITS) as evaluator:
        judged = list(evaluator.judge(PROBLEM, [program(text) for text in (slow, RIGHT, slow + "\n", RIGHT)]))
    assert [one.verdict for one in judged] == [Verdict.PASSED] * 4
    assert min(judged[0].cpu_seconds, judged[2].cpu_seconds) > 5 * max(
        judged[1].cpu_seconds, judged[3].cpu_seconds
    )


def test_many_short_programs_outlive_no_limit_of_one() -> None:
    """Together they take longer than one program may."""
    each = f"for i in range(2_000_000): pass\n{RIGHT}"
    limits = Limits(cpu_seconds=0.3)
    with Evaluator(limits) as evaluator:
        judged = list(evaluator.judge(PROBLEM, [program(f"{each}# {number}") for number in range(12)]))
    assert {one.verdict for one in judged} == {Verdict.PASSED}
    assert sum(one.cpu_seconds for one in judged) > limits.cpu_seconds


@pytest.mark.parametrize("tier", TIERS)
def test_a_host_that_is_killed_costs_no_verdict(tier: str) -> None:
    if tier == "A+" and os.geteuid() != 0:
        pytest.skip("needs root")
    slow = f"for i in range(8_000_000): pass\n{RIGHT}"
    with Evaluator(Limits(cpu_seconds=5.0), tier=tier) as evaluator:
        before = descendants()
        assert [one.verdict for one in evaluator.judge(PROBLEM, [program(RIGHT)])] == [Verdict.PASSED]

        def kill() -> None:
            time.sleep(0.1)
            host = youngest(descendants() - before)
            os.kill(host, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        judged = list(evaluator.judge(PROBLEM, [program(slow), program(RIGHT + "\n")]))
        killer.join()
    assert [one.verdict for one in judged] == [Verdict.PASSED] * 2
    wait_for(lambda: not descendants() - before)


def test_a_host_that_dies_between_two_programs_is_replaced() -> None:
    with Cell(config(best_tier())) as cell:
        before = descendants()
        cell.plan("solve", NO_CALLS)
        cell.limit(CPU, WALL)
        assert end_in_host(cell, "x = 1").end is End.EXITED
        host = youngest(descendants() - before)
        os.kill(host, signal.SIGKILL)
        time.sleep(0.1)
        assert end_in_host(cell, "x = 2").end is End.EXITED
        assert host not in descendants()


def test_a_program_that_is_judged_early_takes_its_host_with_it_and_no_other_verdict() -> None:
    source = "def solve(x):\n    if x == 7:\n        return 0\n    while True: pass"
    with Evaluator(Limits(cpu_seconds=10.0)) as evaluator:
        judged = list(evaluator.judge(PROBLEM, [program(text) for text in (RIGHT, source, RIGHT + "\n")]))
    assert [one.verdict for one in judged] == [Verdict.PASSED, Verdict.WRONG_ANSWER, Verdict.PASSED]
    assert judged[1].cpu_seconds < 5
