"""Changes that keep the meaning, so that working samples do not all look the same."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from evaluator.demo_samples.reference import Edit, Place, Reference

FRESH_NAMES = ("res", "ans", "out", "tmp", "val", "item", "cur", "total", "output", "data")
REMARKS = (
    "# go through the input step by step",
    "# handle the simple cases first",
    "# straightforward solution",
    "# keep track of what was seen so far",
)
TAIL = "\n\nif __name__ == '__main__':\n    import doctest\n    doctest.testmod()\n"
MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.Gt: ast.Lt,
    ast.LtE: ast.GtE,
    ast.GtE: ast.LtE,
    ast.Eq: ast.Eq,
    ast.NotEq: ast.NotEq,
}


def rewrites(reference: Reference) -> Iterator[tuple[Edit, ...]]:
    """Every single rewrite of the body, each a group of edits that belong together."""
    yield from _renamed(reference)
    for place in reference.places:
        match place.node:
            case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Name | ast.Constant):
                yield from _named_result(reference, place, value)
            case ast.AugAssign(target=ast.Name() as name, op=op, value=ast.Constant() as value):
                text = f"{name.id} = {ast.unparse(ast.BinOp(ast.Name(name.id), op, value))}"
                yield (Edit("spelt out", place.start, place.end, text),)
            case ast.Compare(ops=[op], comparators=[right]) as node if type(op) in MIRRORED and _is_plain(
                node
            ):
                mirrored = ast.Compare(right, [MIRRORED[type(op)]()], [node.left])
                yield (Edit("mirrored", place.start, place.end, ast.unparse(mirrored)),)
    yield from _remarks(reference)
    yield (Edit("tail", len(reference.body.rstrip()), len(reference.body), TAIL),)


def normalised(reference: Reference) -> str:
    """The body as Python's own unparser writes it: other quotes, spaces and blank lines."""
    first = reference.statements[0]
    text = "\n".join(
        ast.unparse(statement) for statement in first.block if statement.lineno >= _line(first.node)
    )
    return "".join(f"    {line}\n" if line else "\n" for line in text.split("\n"))


def _line(node: ast.AST) -> int:
    return node.lineno if isinstance(node, ast.stmt) else 0


def _renamed(reference: Reference) -> Iterator[tuple[Edit, ...]]:
    nested = any(isinstance(p.node, ast.FunctionDef | ast.Lambda | ast.JoinedStr) for p in reference.places)
    if nested:  # a name may then mean two things
        return
    fresh = [name for name in FRESH_NAMES if name not in reference.all_names]
    for index, old in enumerate(name for name in reference.local_names if name not in reference.arguments):
        spots = [p for p in reference.places if isinstance(p.node, ast.Name) and p.node.id == old]
        for new in fresh[2 * index : 2 * index + 2]:  # its own, so that two renamings never meet
            yield tuple(Edit("renamed", spot.start, spot.end, new) for spot in spots)


def _named_result(reference: Reference, place: Place, value: ast.expr) -> Iterator[tuple[Edit, ...]]:
    line_start, _ = reference.whole_lines(place)
    if reference.body[line_start : place.start].strip():  # `if x: return y` has no room for a line more
        return
    name = next(name for name in ("result", "answer", "returned") if name not in reference.all_names)
    text = f"{name} = {ast.unparse(value)}\n{reference.indent_of(place)}return {name}"
    yield (Edit("named result", place.start, place.end, text),)


def _remarks(reference: Reference) -> Iterator[tuple[Edit, ...]]:
    for index, place in enumerate(reference.statements[:4]):
        start, _ = reference.whole_lines(place)
        if not reference.body[start : place.start].strip():
            text = f"{reference.indent_of(place)}{REMARKS[index % len(REMARKS)]}\n"
            yield (Edit("remark", start, start, text),)


def _is_plain(node: ast.Compare) -> bool:
    """Whether its two sides may be evaluated in either order."""
    return not any(isinstance(part, ast.Call | ast.NamedExpr) for part in ast.walk(node))
