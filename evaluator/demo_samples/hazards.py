"""Insecure idioms that still work, and the few programs that strain a limit."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from evaluator.demo_samples.reference import Edit, Place, Reference

# Put in front of the body. Each costs its limit once, and some verdict would otherwise never be seen.
LOOP = "    index = 0\n    while True:\n        index = (index + 1) % 1000\n"
STRAINS: dict[str, str] = {
    "endless loop": LOOP,
    "allocation": "    table = [0] * 10 ** 10\n",
    "flood": "    return '#' * 10 ** 7\n",
    "exit": "    import os\n    os._exit(1)\n",
    "process": "    import subprocess\n    subprocess.run('clear', shell=True)\n",
}


def strained(body: str, kind: str) -> str:
    """The body behind one of STRAINS."""
    return STRAINS[kind] + body


def insecure(reference: Reference) -> Iterator[tuple[Edit, ...]]:
    """Edits after which the program works as before and a security scanner has something to say."""
    first, _ = reference.whole_lines(reference.statements[0])
    if reference.arguments:
        name = reference.arguments[0]
        digest = f"    import hashlib\n    cache_key = hashlib.md5(repr({name}).encode()).hexdigest()\n"
        yield (Edit("weak hash", first, first, digest),)
        copy = f"    import pickle\n    {name} = pickle.loads(pickle.dumps({name}))\n"
        yield (Edit("pickled copy", first, first, copy),)
    for place in reference.statements:
        if isinstance(place.node, ast.Return) and place.function is reference.function:
            yield from _evaluated(place, place.node.value)


def _evaluated(place: Place, value: ast.expr | None) -> Iterator[tuple[Edit, ...]]:
    """`return eval('…')`, where the text sees the same names: eval has no access to enclosing scopes."""
    scopes = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp | ast.Lambda
    if value is None or isinstance(value, ast.Name | ast.Constant):
        return
    if any(isinstance(part, scopes) for part in ast.walk(value)):
        return
    yield (Edit("eval", place.start, place.end, f"return eval({ast.unparse(value)!r})"),)
