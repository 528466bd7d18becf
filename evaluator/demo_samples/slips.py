"""Subtle mistakes inside an expression: the code still parses, and is usually wrong."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from evaluator.demo_samples.reference import Edit, Place, Reference

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
}
# Nothing becomes a power or a shift: those could run for hours on a large argument.
OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add,),
    ast.Div: (ast.FloorDiv, ast.Mult),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
}
CALLED = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "sorted": "list",
    "int": "float",
    "set": "list",
}
METHODS = {
    "lower": "upper",
    "upper": "lower",
    "isupper": "islower",
    "islower": "isupper",
    "isalpha": "isalnum",
    "isdigit": "isalpha",
    "startswith": "endswith",
    "endswith": "startswith",
    "strip": "lstrip",
    "find": "index",
    "append": "add",
    "split": "splits",
    "join": "concat",
}
UNIMPORTED = {
    "int": "math.floor",
    "abs": "math.fabs",
    "sum": "np.sum",
    "sorted": "np.sort",
    "round": "np.round",
}


def slips(reference: Reference) -> Iterator[Edit]:
    """Every single mistake of this family that can be made in the body."""
    for place in reference.places:
        if place.start < reference.safe_from:
            continue
        for kind, replacement in _variants(reference, place):
            yield Edit(kind, place.start, place.end, replacement)


def _variants(reference: Reference, place: Place) -> Iterator[tuple[str, str]]:
    match place.node:
        case ast.Compare() as node:
            yield from _comparison(node)
        case ast.BoolOp() as node:
            yield from _boolean(node)
        case ast.BinOp() as node:
            yield from _arithmetic(node)
        case ast.UnaryOp(op=ast.Not() | ast.USub()) as node:
            yield "dropped sign", f"({ast.unparse(node.operand)})"
        case ast.Constant() as node:
            yield from _constant(node)
        case ast.Call() as node:
            yield from _call(node)
        case ast.Attribute() as node if node.attr in METHODS:
            yield "wrong method", f"{ast.unparse(node.value)}.{METHODS[node.attr]}"
        case ast.Subscript() as node:
            yield from _subscript(node)
        case ast.Name(ctx=ast.Load()) as node:
            yield from _name(reference, place, node)


def _comparison(node: ast.Compare) -> Iterator[tuple[str, str]]:
    for index, old in enumerate(node.ops):
        for new in COMPARISONS.get(type(old), ()):
            ops = [*node.ops[:index], new(), *node.ops[index + 1 :]]
            yield "flipped comparison", ast.unparse(ast.Compare(node.left, ops, node.comparators))


def _boolean(node: ast.BoolOp) -> Iterator[tuple[str, str]]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield "wrong connective", f"({ast.unparse(ast.BoolOp(other, node.values))})"
    for dropped in range(len(node.values)):
        kept = [value for index, value in enumerate(node.values) if index != dropped]
        text = ast.unparse(kept[0] if len(kept) == 1 else ast.BoolOp(node.op, kept))
        yield "dropped condition", f"({text})"


def _arithmetic(node: ast.BinOp) -> Iterator[tuple[str, str]]:
    for new in OPERATORS.get(type(node.op), ()):
        yield "wrong operator", ast.unparse(ast.BinOp(node.left, new(), node.right))
    if isinstance(node.op, ast.Sub | ast.Div | ast.FloorDiv | ast.Mod | ast.Add):
        yield "swapped operands", ast.unparse(ast.BinOp(node.right, node.op, node.left))


def _constant(node: ast.Constant) -> Iterator[tuple[str, str]]:
    match node.value:
        case bool() as value:
            yield "wrong constant", repr(not value)
        case int() as value if abs(value) < 1000:
            yield "off by one", repr(value + 1)
            if value > 0:
                yield "off by one", repr(value - 1)
        case str() as value if len(value) < 20:
            yield "wrong constant", repr(" " if value == "" else "" if value == " " else value.swapcase())


def _call(node: ast.Call) -> Iterator[tuple[str, str]]:
    called = node.func.id if isinstance(node.func, ast.Name) else None
    if len(node.args) == 2:
        yield "swapped arguments", ast.unparse(ast.Call(node.func, node.args[::-1], node.keywords))
    if node.keywords:
        yield "missing argument", ast.unparse(ast.Call(node.func, node.args, []))
    if called == "range":
        for change in (" + 1", " - 1"):
            last = ast.unparse(node.args[min(1, len(node.args) - 1)]) + change
            first = [ast.unparse(node.args[0])] if len(node.args) > 1 else []
            rest = [ast.unparse(arg) for arg in node.args[2:]]
            yield "off by one", f"range({', '.join([*first, last, *rest])})"
    if called == "len":
        yield "off by one", f"(len({ast.unparse(node.args[0])}) - 1)"
    if called == "sorted":
        keywords = [one for one in node.keywords if one.arg != "reverse"]
        if len(keywords) == len(node.keywords):
            keywords = [*keywords, ast.keyword("reverse", ast.Constant(True))]
        yield "wrong order", ast.unparse(ast.Call(node.func, node.args, keywords))
    for kind, names in (("wrong function", CALLED), ("missing import", UNIMPORTED)):
        if called in names:
            yield kind, ast.unparse(ast.Call(ast.Name(names[called]), node.args, node.keywords))


def _subscript(node: ast.Subscript) -> Iterator[tuple[str, str]]:
    value = ast.unparse(node.value)
    if not isinstance(node.slice, ast.Slice):
        if isinstance(node.ctx, ast.Load) and not isinstance(node.slice, ast.Constant | ast.Tuple):
            yield "off by one", f"{value}[{ast.unparse(node.slice)} + 1]"
        return
    lower, upper, step = node.slice.lower, node.slice.upper, node.slice.step
    if lower is not None and upper is not None:
        yield "wrong slice", ast.unparse(ast.Subscript(node.value, ast.Slice(lower, None, step)))
        yield "wrong slice", f"{value}[{ast.unparse(lower)}:{ast.unparse(upper)} + 1]"
    if step is not None:
        yield "wrong slice", ast.unparse(ast.Subscript(node.value, ast.Slice(lower, upper, None)))


def _name(reference: Reference, place: Place, node: ast.Name) -> Iterator[tuple[str, str]]:
    known = (*reference.arguments, *reference.local_names)
    if node.id not in known:
        return
    yield "misspelt name", node.id + ("_list" if node.id.endswith("s") else "s")
    # A list that is walked while it grows never ends, so receivers and what a loop walks stay.
    if not isinstance(place.parent, ast.Attribute | ast.For):
        yield from (("wrong variable", other) for other in dict.fromkeys(known) if other != node.id)
