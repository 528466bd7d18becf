"""Tests that need objects of the program: they stay in the sandbox, and the test stays outside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from evaluator.check import Check
from evaluator.evaluate import Evaluator
from evaluator.records import Judgement, Limits, Problem, Program, Verdict
from tests.attack_files import PROBLEM as SECRET
from tests.attack_files import Attack, attacks

pytestmark = pytest.mark.sandbox

REFERENCE = """class Stack:
    def __init__(self, items=()):
        self.items = list(items)
    def push(self, item):
        self.items.append(item)
        return self
    def pop(self):
        return self.items.pop()
    def __len__(self):
        return len(self.items)
    def __eq__(self, other):
        return self.items == other.items
"""
STACK = Problem(
    task_id="objects/stack",
    prompt='"""Write a class Stack."""\n',
    entry_point="Stack",
    test=(
        "keeps_objects = True\n"
        "def check(candidate):\n"
        "    stack = candidate([1])\n"
        "    assert stack.push(2).push(3).pop() == 3\n"
        "    assert len(stack) == 2\n"
        "    assert stack.items == [1, 2]\n"
        "    assert stack == candidate([1, 2])\n"
        "    assert stack != candidate()\n"
        "    assert not candidate()\n"
        "    try:\n"
        "        candidate().pop()\n"
        "    except IndexError:\n"
        "        return\n"
        "    assert False, 'an empty stack has nothing to pop'\n"
    ),
    canonical_solution=REFERENCE,
)
SORTS = Problem(
    task_id="objects/sorts",
    prompt='def sort_all(rows, seen):\n    """Sort rows in place, add their number to seen."""\n',
    entry_point="sort_all",
    test=(
        "keeps_objects = True\n"
        "def check(candidate):\n"
        "    rows, seen = [3, 1, 2], set()\n"
        "    assert candidate(rows, seen=seen) is None\n"
        "    assert rows == [1, 2, 3]\n"
        "    assert seen == {3}\n"
    ),
    canonical_solution="    rows.sort()\n    seen.add(len(rows))\n",
)
FORGERIES = [attack for attack in attacks() if attack.name.startswith("forging/") and "A+" in attack.tiers]
ANYTHING = "class Any:\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n"


@pytest.fixture(scope="module")
def evaluator() -> Iterator[Evaluator]:
    with Evaluator(Limits(cpu_seconds=1.0)) as opened:
        yield opened


def judged(evaluator: Evaluator, problem: Problem, source: str) -> Judgement:
    (judgement,) = evaluator.judge(problem, [Program(problem.task_id, source, problem.content_hash)])
    return judgement


@pytest.mark.parametrize("problem", [STACK, SORTS], ids=lambda problem: problem.task_id)
def test_a_reference_solution_passes_in_one_execution_and_the_verdict_is_labelled(
    evaluator: Evaluator, problem: Problem
) -> None:
    judgement = judged(evaluator, problem, problem.prompt + problem.canonical_solution)
    assert (judgement.verdict, judgement.detail.label) == (Verdict.PASSED, "objects")
    assert Check(problem).calls


@pytest.mark.parametrize(
    ("slip", "call", "actual"),
    [
        (("self.items.append(item)", "self.items.insert(0, item)"), "Stack([1]).push(2).push(3).pop()", "1"),
        (("return len(self.items)", "return 7"), "len(Stack([1]))", "7"),
        (("self.items == other.items", "self is other"), "Stack([1]) == Stack([1, 2])", "<Stack>"),
    ],
)
def test_a_slip_is_found_and_named_by_the_steps_that_show_it(
    evaluator: Evaluator, slip: tuple[str, str], call: str, actual: str
) -> None:
    judgement = judged(evaluator, STACK, REFERENCE.replace(*slip))
    assert judgement.verdict is Verdict.WRONG_ANSWER
    assert judgement.detail.call is not None
    assert judgement.detail.call.startswith(call)
    assert actual in (judgement.detail.actual or "")


def test_what_a_program_does_to_its_arguments_is_seen(evaluator: Evaluator) -> None:
    lazy = judged(evaluator, SORTS, SORTS.prompt + "    return sorted(rows)\n")
    assert lazy.verdict is Verdict.WRONG_ANSWER
    other = judged(evaluator, SORTS, SORTS.prompt + "    rows[:] = sorted(rows)\n    seen |= {len(rows)}\n")
    assert other.verdict is Verdict.PASSED


CHAIN = """class Node:
    def __init__(self, value, after):
        self.value, self.after = value, after
    def __add__(self, other):
        return Node(self.value + other.value, self)
    def __getitem__(self, index):
        return [7][index - 1]
def chain(length):
    node = None
    for value in range(length):
        node = Node(value, node)
    return node
"""


@pytest.mark.parametrize(
    ("body", "slip", "call"),
    [
        (
            "    node, count = candidate(400), 0\n"
            "    while node is not None:\n        node, count = node.after, count + 1\n"
            "    assert count == 400\n",
            ("range(length)", "range(length - 1)"),
            "chain(400).after.after",
        ),
        (
            "    node = candidate(2)\n"
            "    for _ in range(40):\n        node = node + node\n    assert node.value == 2**40\n",
            ("self.value + other.value", "self.value"),
            "chain(2) + chain(2) + chain(2)",
        ),
        (
            "    node = candidate(2)\n    assert node[node.value] == 7\n",
            ("range(length)", "(0, 10**5000)"),
            "chain(2)[<an integer of",
        ),
    ],
    ids=["a chain of four hundred", "a sum that doubles", "a huge number"],
)
def test_no_way_to_an_object_is_too_long_to_be_told(
    evaluator: Evaluator, body: str, slip: tuple[str, str], call: str
) -> None:
    """What can't be told would be no verdict: the worker would fall over it again and again."""
    test = f"keeps_objects = True\ndef check(candidate):\n{body}"
    problem = replace(STACK, test=test, entry_point="chain", canonical_solution=CHAIN)
    judgement = judged(evaluator, problem, CHAIN.replace(*slip))
    assert judgement.verdict not in (Verdict.PASSED, Verdict.EVALUATOR_ERROR)
    assert (judgement.detail.call or "").startswith(call)


@pytest.mark.parametrize("attack", FORGERIES, ids=lambda attack: attack.name)
def test_every_known_forgery_fails_here_too(evaluator: Evaluator, attack: Attack) -> None:
    problem = replace(SECRET, test="keeps_objects = True\n" + SECRET.test)
    assert judged(evaluator, problem, attack.aimed({})).verdict is not Verdict.PASSED


@pytest.mark.parametrize(
    "forgery",
    [
        f"{ANYTHING}Stack = lambda *a: Any()\nAny.push = lambda s, i: s\nAny.pop = lambda s: Any()\n",
        f"{ANYTHING}class Stack(Any):\n    items = Any()\n    def __getattr__(self, name): return Any()\n",
        "class Stack(int):\n    __eq__ = lambda s, o: True\n    push = pop = lambda s, *a: s\n",
        "import os\nclass Stack:\n    def __init__(self, *a): os._exit(0)\n",
        "class Stack:\n    def __getattribute__(self, name): raise AssertionError\n",
    ],
    ids=["equals everything", "has everything", "a number that equals everything", "leaves", "raises"],
)
def test_an_object_can_pose_as_no_plain_value(evaluator: Evaluator, forgery: str) -> None:
    assert judged(evaluator, STACK, forgery).verdict is not Verdict.PASSED


def test_objects_can_be_named_as_arguments_and_be_members_of_a_set(evaluator: Evaluator) -> None:
    test = (
        "keeps_objects = True\ndef check(candidate):\n"
        "    kept = {candidate(items=[size]) for size in range(9)}\n"
        "    assert [len(candidate(items=one)) for one in kept] == [1] * 9\n"
    )
    reference = f"{REFERENCE}    def __iter__(self):\n        return iter(self.items)\n"
    problem = replace(STACK, test=test, canonical_solution=reference)
    assert len({Check(problem).calls for _ in range(3)}) == 1
    assert judged(evaluator, problem, reference).verdict is Verdict.PASSED


def test_what_remains_open_is_known(evaluator: Evaluator) -> None:
    """Where a test compares two objects of the program, the program's own `__eq__` is believed."""
    test = "keeps_objects = True\ndef check(candidate):\n    assert candidate(1) == candidate(1)\n"
    problem = replace(STACK, test=test, canonical_solution=REFERENCE.replace("items=()", "item=0, items=()"))
    forged = judged(evaluator, problem, f"{ANYTHING}class Stack(Any):\n    def __init__(self, n): pass\n")
    assert (forged.verdict, forged.detail.label) == (Verdict.PASSED, "objects")
