"""Broken text: what a weak model writes when it loses the thread."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from random import Random

from evaluator.demo_samples.reference import Edit, Reference, applied

STUBS = (
    "    pass\n",
    "    return None\n",
    "    return []\n",
    "    return 0\n",
    "    return True\n",
    "    return ''\n",
    "    result = []\n    return result\n",
    "    print('Hello World')\n",
)
CLOSERS = re.compile(r"[)\]]")
BLOCK_ENDS = re.compile(r":(?=\n)")
FIRST_INDENTS = re.compile(r"(?<=\n)    (?=\S)")


def garbled(reference: Reference, rng: Random) -> Iterator[Edit]:
    """Stubs, cut-off and unbalanced text, by chance of `rng`; much of it is no valid syntax."""
    whole = len(reference.body)
    yield from (Edit("stub", 0, whole, stub) for stub in rng.sample(STUBS, 3))
    echo = reference.arguments[0] if reference.arguments else "None"
    yield Edit("stub", 0, whole, f"    return {echo}\n")
    # What is left of a `while` may run for ever if it still parses.
    yield from (
        edit for edit in _damage(reference.body, rng) if not (reference.safe_from and _runs(reference, edit))
    )


def _damage(body: str, rng: Random) -> Iterator[Edit]:
    whole = len(body)
    for _ in range(3):
        yield Edit("truncated", rng.randrange(max(1, whole // 4), whole), whole, "")
    for kind, pattern, text in (
        ("unbalanced", CLOSERS, ""),
        ("missing colon", BLOCK_ENDS, ""),
        ("bad indentation", FIRST_INDENTS, "      "),
    ):
        found = list(pattern.finditer(body))
        if found:
            spot = rng.choice(found)
            yield Edit(kind, spot.start(), spot.end(), text)


def _runs(reference: Reference, edit: Edit) -> bool:
    try:
        ast.parse(reference.problem.prompt + (applied(reference.body, [edit]) or ""))
    except SyntaxError:
        return False
    return True
