"""Mistakes of a whole statement: left out, turned round, in the wrong place."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from evaluator.demo_samples.reference import Edit, Place, Reference


def omissions(reference: Reference) -> Iterator[Edit]:
    """Every single mistake of this family that can be made in the body."""
    for place in reference.statements:
        if place.start < reference.safe_from:
            continue
        yield from _dropped(reference, place)
        match place.node:
            case ast.Return() as node if node.value is not None:
                yield from _returned(reference, place, node.value)
            case ast.If() as node:
                test = ast.unparse(node.test)
                start, end = _span(reference, node.test)
                yield Edit("negated condition", start, end, f"not ({test})")
            case ast.AugAssign() as node:
                target, value = ast.unparse(node.target), ast.unparse(node.value)
                yield Edit("lost update", place.start, place.end, f"{target} = {value}")
                if isinstance(node.op, ast.Add):
                    yield Edit("wrong operator", place.start, place.end, f"{target} -= {value}")


def _dropped(reference: Reference, place: Place) -> Iterator[Edit]:
    """A statement left out; never the only one of its block, which would be a syntax error."""
    if len(place.block) < 2 or isinstance(place.node, ast.FunctionDef):
        return
    # An `elif` is an `if` inside an else block of its own, so it never gets here.
    start, end = reference.whole_lines(place)
    if reference.body[start : place.start].strip() or ";" in reference.body[place.start : end]:
        return
    kinds = {ast.Return: "missing return", ast.If: "dropped condition"}
    kinds |= {ast.Import: "missing import", ast.ImportFrom: "missing import"}
    yield Edit(kinds.get(type(place.node), "left out"), start, end, "")


def _returned(reference: Reference, place: Place, value: ast.expr) -> Iterator[Edit]:
    text = reference.body[place.start : place.end]
    yield Edit("printed, not returned", place.start, place.end, f"print({ast.unparse(value)})")
    before = place.block.index(place.node) - 1 if isinstance(place.node, ast.stmt) else -1
    if before >= 0 and isinstance(place.block[before], ast.For) and "\n" not in text:
        start, _ = reference.whole_lines(place)
        yield Edit("early return", start, place.end, f"{reference.indent_of(place)}    {text}")


def _span(reference: Reference, node: ast.expr) -> tuple[int, int]:
    return next((place.start, place.end) for place in reference.places if place.node is node)
