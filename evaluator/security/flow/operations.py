"""What operators give: sums and products, parts of objects, items of containers."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from evaluator.security.flow import texts
from evaluator.security.flow.folding import folded
from evaluator.security.flow.known import STAT_CONSTANTS, TELLING, is_source
from evaluator.security.flow.names import canonical
from evaluator.security.flow.values import (
    ANY,
    FIXED,
    NOTHING,
    Level,
    Root,
    Value,
    built,
    concatenated,
    constant,
    derived,
    joined,
    rooted,
)


def part(base: Value, attr: str, function_name: str = "") -> Value:
    """`base.attr`, where nothing was stored under that name."""
    if base.options:
        return joined([part(choice, attr, function_name) for choice in base.options])
    qual = canonical(f"{base.qual}.{attr}") if base.qual else f".{attr}"
    number = STAT_CONSTANTS.get(qual)
    if number is not None:
        return Value(const=number, qual=qual)
    if is_source(qual, function_name):
        return rooted(qual, Level.SOURCE, qual)
    if base.qual in ("self", "cls") or not (base.roots or base.parts):
        outside = base.qual in ("self", "cls")
        return rooted(qual, Level.UNKNOWN, qual) if outside else Value(qual=qual, safe=base.safe)
    if attr in ("name", "stem", "suffix") and "Path()" in base.qual:
        return Value(base.all_roots(), qual=qual, safe=base.safe | {"path"})
    if attr in TELLING:
        return Value(base.all_roots(), qual=qual, safe=base.safe - {"normal"})
    return Value(_inside(base, attr), qual=qual, safe=base.safe)


def item(base: Value, index: Value) -> Value:
    """`base[index]`."""
    if base.options:
        return joined([item(choice, index) for choice in base.options])
    key = index.const
    if base.mapping is not None:
        if isinstance(key, str) and key in base.mapping:
            return base.mapping[key]
        if key is NOTHING and base.mapping and not base.roots:
            return joined(list(base.mapping.values())).safe_for(ANY)
    if base.items is not None and isinstance(key, int) and -len(base.items) <= key < len(base.items):
        return base.items[key]
    if base.const is not NOTHING:
        return FIXED
    qual = f"{base.qual}[]"
    if not base.all_roots():
        return Value(qual=qual)
    if key is not NOTHING and not isinstance(key, int) and base.roots:
        return Value(_inside(base, str(key)[:80]), qual=qual, safe=base.safe)
    return Value(base.all_roots(), qual=qual, safe=base.safe)


def sliced(base: Value, bounds: Sequence[Value | None]) -> Value:
    """`base[low:high]`."""
    known = [None if bound is None else bound.const for bound in bounds]
    if isinstance(base.const, str | bytes) and all(b is None or isinstance(b, int) for b in known):
        return constant(base.const[known[0] : known[1]])
    if base.items is not None and all(b is None or isinstance(b, int) for b in known):
        return base.but(items=base.items[known[0] : known[1]])
    return Value(base.all_roots(), qual=f"{base.qual}[:]", safe=base.safe - {"normal"})


def combined(op: ast.operator, left: Value, right: Value) -> Value:
    """`left op right`."""
    if left.const is not NOTHING and right.const is not NOTHING and not isinstance(op, ast.Mod):
        result = folded(op, left.const, right.const)
        return FIXED if result is NOTHING else constant(result)
    if isinstance(op, ast.Mod):
        if left.qual == "markupsafe.Markup()":
            return derived([left, right]).safe_for("html")
        text = isinstance(left.const, str | bytes) or left.parts is not None
        return texts.percent(left, right) if text else derived([left, right])
    if isinstance(op, ast.Add):
        if left.items is not None and right.items is not None:
            return Value(left.roots | right.roots, items=left.items + right.items)
        return concatenated(left, right)
    if isinstance(op, ast.Div):
        return built((left, "/", right), qual="pathlib.Path()")
    if isinstance(op, ast.Mult):
        return left if left.items is not None else right if right.items is not None else _product(left, right)
    if isinstance(op, ast.BitOr) and left.mapping is not None and right.mapping is not None:
        return Value(left.roots | right.roots, mapping={**left.mapping, **right.mapping})
    return derived([left, right], "set()" if isinstance(op, ast.Sub) else "")


def _product(left: Value, right: Value) -> Value:
    """A constant text repeated is still the program's own."""
    return derived([left, right]).safe_for(ANY)


def _inside(base: Value, attr: str) -> frozenset[Root]:
    """Where a part of this came from."""
    return frozenset(Root(f"{root.key}.{attr}"[:200], root.level) for root in base.all_roots())


def element_of(value: Value) -> Value:
    """One of the things in it."""
    if value.options:
        return joined([element_of(choice) for choice in value.options])
    if value.const is not NOTHING:
        return FIXED
    if value.items is not None and not value.roots and value.items:
        return joined(value.items)
    if value.mapping is not None and not value.roots:
        return FIXED
    return Value(value.all_roots(), qual=f"{value.qual}[]", safe=value.safe)


def merged_mapping(value: Value, changes: Mapping[str, Value]) -> Value:
    """A dictionary with these items set."""
    return value.but(mapping={**(value.mapping or {}), **changes})


def with_items(value: Value, added: Sequence[Value]) -> Value:
    """A list with these items behind."""
    known = value.items if value.items is not None else ()
    return value.but(items=(*known, *added)[:200], const=NOTHING)
