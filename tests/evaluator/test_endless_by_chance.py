"""Programs made by chance, each followed from its first round: whatever is called endless has no end."""

from __future__ import annotations

import random
import sys
from types import CodeType, FrameType
from typing import Any

import pytest

from evaluator.sandbox.child import FILE_NAME, Endless, Job
from evaluator.sandbox.endless import Lookout

_STEPS = 50_000  # lines: those below end far sooner, or never


class _TooLong(Exception):
    pass


def _program(chance: random.Random) -> str:
    """Loops in loops over a few small numbers, a list and a function that keeps some of them."""
    lines = [
        "kept = [0, 0]",
        "def other(v):",
        f"    kept[{chance.randrange(2)}] += {chance.choice((0, 0, 1, -1))}",
    ]
    lines += [f"    return (v + {chance.randrange(3)}) % {chance.randrange(2, 6)} - kept[1]", "def solve():"]
    lines += ["    a, b, c, n, xs = 1, 2, 3, 0, [1, 2]"]
    lines += _loop(chance, "    ", 0)
    return "\n".join(lines)


def _loop(chance: random.Random, indent: str, depth: int) -> list[str]:
    head = chance.choice(
        ("while {v} > 0:", "while {v} != {w}:", "while {v} % 7:", "while xs[0] != {v}:", "while True:",
         "for {v} in range({w} % 4):", "while kept[0] < 30:", "while {v} < 9 and {w} > -9:")
    )  # fmt: skip
    v, w = chance.choice("abc"), chance.choice("abcn")
    lines = [indent + head.format(v=v, w=w), f"{indent}    look()"]
    for _ in range(chance.randrange(1, 4)):
        lines += _statement(chance, f"{indent}    ", depth)
    return lines


def _statement(chance: random.Random, indent: str, depth: int) -> list[str]:
    v, w = chance.choice("abcn"), chance.choice("abc")
    if depth < 2 and chance.random() < 0.25:
        return _loop(chance, indent, depth + 1)
    if chance.random() < 0.3:
        inner = chance.choice(("break", "continue", "n += 1", f"{v} = {w}", "return 1", "xs[0] += 1"))
        return [f"{indent}if {v} {chance.choice(('<', '==', '>'))} {chance.randrange(5)}: {inner}"]
    return [
        indent
        + chance.choice(
            (f"{v} -= 1", f"{v} = {w}", "n += 1", f"n += {w}", f"{v} = ({w} * 3 + 1) % 11", "xs.reverse()",
             f"xs[1] = {v}", f"{v} = other({w})", f"{v} = sum([x for x in xs if x < {w}])", "xs = [b, a]",
             f"{v} = abs({w}) // 2")
        )
    ]  # fmt: skip


def _ends(code: CodeType) -> bool:
    """Whether it ends within so many lines, when nobody looks."""
    left = [_STEPS]

    def count(frame: FrameType, event: str, _argument: object) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise _TooLong
        return count

    names: dict[str, Any] = {"look": lambda: None}
    exec(code, names)
    sys.settrace(count)
    try:
        names["solve"]()
    except _TooLong:
        return False
    except (IndexError, ZeroDivisionError):
        return True
    finally:
        sys.settrace(None)
    return True


def _is_called_endless(code: CodeType) -> bool:
    lookout = Lookout(Job(0))
    left = [3_000]

    # Nothing of them in cells: a function of a library that keeps something proves nothing.
    def look(left: list[int] = left, lookout: Lookout = lookout) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise _TooLong
        if sys.gettrace() is None:
            lookout.look(0, sys._getframe(1))

    names: dict[str, Any] = {"look": look}
    exec(code, names)
    try:
        names["solve"]()
    except Endless:
        return True
    except (_TooLong, IndexError, ZeroDivisionError):
        return False
    finally:
        lookout.rest()
    return False


@pytest.mark.parametrize("seed", range(12))
def test_a_loop_made_by_chance_that_is_called_endless_is(seed: int) -> None:
    chance = random.Random(seed)
    found = 0
    for _ in range(25):
        source = _program(chance)
        code = compile(source, FILE_NAME, "exec", dont_inherit=True)
        if _is_called_endless(code):
            found += 1
            assert not _ends(code), source
    assert found > 2  # otherwise nothing was tried
