"""Expressions → values, with an event for whatever a rule may want to see."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from evaluator.security.flow import texts
from evaluator.security.flow.events import Compared, Event, Function, Stored
from evaluator.security.flow.known import MODULES
from evaluator.security.flow.names import meaning_of
from evaluator.security.flow.operations import combined, element_of, item, part, sliced
from evaluator.security.flow.state import State, StepsSpent, dotted
from evaluator.security.flow.values import (
    ANY,
    EVERYWHERE,
    NOTHING,
    Level,
    Value,
    built,
    constant,
    derived,
    joined,
    rooted,
)

_BUILTINS = frozenset(dir(__builtins__) if not isinstance(__builtins__, dict) else __builtins__)
_CONTEXT_OWNERS = ("os.environ", "os.getenv", "settings", "config", "app.config", "current_app.config")


class Expressions(ABC):
    """The reader's part that works out values. `emit` takes the events; see `walk.py` for the rest."""

    def __init__(self, emit: Callable[[Event], None], max_steps: int) -> None:
        self.emit = emit
        self.steps_left = max_steps
        self.state = State({})
        self.function = Function()
        self.seen: dict[int, Value] = {}  # of each node, as it was worked out last

    def value(self, node: ast.expr) -> Value:
        """What the expression may be. Raises StepsSpent."""
        self.steps_left -= 1
        if self.steps_left < 0:
            raise StepsSpent
        act = _ACTS.get(type(node))
        result = act(self, node) if act is not None else self._anything(node)
        self.seen[id(node)] = result
        return result

    @abstractmethod
    def called(self, node: ast.Call) -> Value:
        """The answer of a call; `walk.py` knows the functions of the program."""

    @abstractmethod
    def guarded_by(self, test: ast.expr, truth: bool) -> frozenset[tuple[str, str]]:
        """What has been checked where the test, whose values were just worked out, is so."""

    @abstractmethod
    def bind(self, target: ast.expr, value: Value, how: str = "assign") -> None:
        """Give a target a value."""

    # --- names -------------------------------------------------------------------------------------------

    def _name(self, node: ast.Name) -> Value:
        known = self.state.env.get(node.id)
        if known is not None:
            return known
        qual = meaning_of(node.id)
        if qual != node.id or node.id in MODULES or node.id in _BUILTINS or node.id.isupper():
            return Value(qual=qual)
        return rooted(node.id, Level.UNKNOWN, qual)

    def _attribute(self, node: ast.Attribute) -> Value:
        base = self.value(node.value)
        name = dotted(node)
        if name:
            known = self.state.env.get(name)
            if known is not None:
                return known
        return part(base, node.attr, self.function.name)

    def _subscript(self, node: ast.Subscript) -> Value:
        base = self.value(node.value)
        if isinstance(node.slice, ast.Slice):
            bounds = (node.slice.lower, node.slice.upper, node.slice.step)
            known = [None if bound is None else self.value(bound) for bound in bounds]
            return sliced(base, known[:2])
        index = self.value(node.slice)
        name = dotted(node.value)
        if name and index.const is not NOTHING:
            stored = self.state.env.get(f"{name}[{index.const!r}]")
            if stored is not None:
                return stored
        return item(base, index)

    # --- texts and sums ----------------------------------------------------------------------------------

    def _binary(self, node: ast.BinOp) -> Value:
        # A long sum of texts nests as deep as it is long: its left side is gone down by a loop.
        chain: list[ast.BinOp] = [node]
        while isinstance(chain[-1].left, ast.BinOp):
            chain.append(chain[-1].left)
        left = self.value(chain[-1].left)
        for link in reversed(chain):
            left = combined(link.op, left, self.value(link.right))
            self.seen[id(link)] = left
        return left

    def _f_string(self, node: ast.JoinedStr) -> Value:
        return built([self._piece(piece) for piece in node.values])

    def _piece(self, node: ast.expr) -> str | Value:
        if isinstance(node, ast.Constant):
            return str(node.value)
        if not isinstance(node, ast.FormattedValue):
            return self.value(node)
        value = self.value(node.value)
        spec = self.value(node.format_spec) if node.format_spec is not None else None
        text = spec.const if spec is not None and isinstance(spec.const, str) else ""
        return texts.with_spec(value, text, chr(node.conversion) if node.conversion > 0 else "")

    # --- containers --------------------------------------------------------------------------------------

    def _sequence(self, node: ast.List | ast.Tuple | ast.Set) -> Value:
        items: list[Value] = []
        for element in node.elts:
            value = self.value(element)
            if isinstance(element, ast.Starred):
                items += value.items if value.items is not None else (value,)
            else:
                items.append(value)
        return Value(items=tuple(items), qual="set()" if isinstance(node, ast.Set) else "")

    def _dict(self, node: ast.Dict) -> Value:
        mapping: dict[str, Value] = {}
        others: list[Value] = []
        for key_node, value_node in zip(node.keys, node.values, strict=True):
            value = self.value(value_node)
            if key_node is None:
                mapping.update(value.mapping or {})
                others += [] if value.mapping is not None else [value]
                continue
            key = self.value(key_node)
            if isinstance(key.const, str):
                mapping[key.const] = value
                self.emit(Stored(value_node, self.function, self.state.guards, key.const, value, "item"))
            else:
                others += [key, value]
        return Value(mapping=mapping, items=tuple(others) or None, qual="dict()")

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Value:
        outer = self.state
        self.state = outer.copy()
        for generator in node.generators:
            self.bind(generator.target, element_of(self.value(generator.iter)), "loop")
            for condition in generator.ifs:
                self.value(condition)
                self.state.guard(self.guarded_by(condition, True))
        if isinstance(node, ast.DictComp):
            element = derived([self._settled(node.key), self._settled(node.value)])
        else:
            element = self._settled(node.elt)
        self.state = outer
        return Value(items=(element,), qual="[]")

    def _settled(self, node: ast.expr) -> Value:
        """A value whose guards end with the comprehension: what they made safe stays safe."""
        value = self.value(node)
        if value.const is NOTHING and value.level("sql", self.state.guards) < value.level("sql", frozenset()):
            return value.safe_for(ANY)
        return value

    # --- choices -----------------------------------------------------------------------------------------

    def _if(self, node: ast.IfExp) -> Value:
        self.value(node.test)
        sides = []
        for side, truth in ((node.body, True), (node.orelse, False)):
            before = self.state.guards
            passed = self.guarded_by(node.test, truth)
            self.state.guard(passed)
            value = self.value(side)
            if passed and value.const is NOTHING and value.level("sql", self.state.guards) is Level.CONSTANT:
                value = value.safe_for(ANY)
            sides.append(value)
            self.state.guards = before
        return joined(sides)

    def _bool(self, node: ast.BoolOp) -> Value:
        before = self.state.guards
        found = []
        for operand in node.values:
            found.append(self.value(operand))
            self.state.guard(self.guarded_by(operand, isinstance(node.op, ast.And)))
        self.state.guards = before
        return joined(found)

    def _compare(self, node: ast.Compare) -> Value:
        left = self.value(node.left)
        for op, comparator in zip(node.ops, node.comparators, strict=True):
            right = self.value(comparator)
            equality = isinstance(op, ast.Eq | ast.NotEq)
            self.emit(Compared(node, self.function, self.state.guards, left, right, equality))
            if equality or isinstance(op, ast.In | ast.NotIn):
                for named, given, value in ((node.left, comparator, right), (comparator, node.left, left)):
                    name = _last_name(named)
                    if name and not _last_name(given):
                        stored = Stored(node, self.function, self.state.guards, name, value, "compare")
                        self.emit(stored)
            left = right
        return Value(safe=EVERYWHERE, qual="bool()")

    def _walrus(self, node: ast.NamedExpr) -> Value:
        value = self.value(node.value)
        self.bind(node.target, value)
        return value

    def _inner(self, node: ast.Await | ast.Starred | ast.YieldFrom) -> Value:
        return self.value(node.value)

    def _unary(self, node: ast.UnaryOp) -> Value:
        operand = self.value(node.operand)
        if isinstance(node.op, ast.Not):
            return joined([_negated(choice) for choice in operand.choices()])
        if isinstance(node.op, ast.USub) and isinstance(operand.const, int | float):
            return constant(-operand.const)
        return derived([operand])

    def _constant(self, node: ast.Constant) -> Value:
        return Value(const=node.value)

    def _anything(self, node: ast.expr) -> Value:
        inner = [self.value(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        return derived(inner)


def _negated(value: Value) -> Value:
    known = value.const is not NOTHING and isinstance(value.const, bool | int | str | None)
    return constant(not value.const) if known else Value(safe=EVERYWHERE)


def _last_name(node: ast.expr) -> str:
    """How the text calls it: `name`, `x.name`, `x["name"]`, `x.get("name")`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)[:100]
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        return str(node.args[0].value)[:100]
    return ""


_ACTS: dict[type[ast.expr], Callable[[Any, Any], Value]] = {
    ast.Name: Expressions._name,
    ast.Attribute: Expressions._attribute,
    ast.Subscript: Expressions._subscript,
    ast.BinOp: Expressions._binary,
    ast.JoinedStr: Expressions._f_string,
    ast.List: Expressions._sequence,
    ast.Tuple: Expressions._sequence,
    ast.Set: Expressions._sequence,
    ast.Dict: Expressions._dict,
    ast.ListComp: Expressions._comprehension,
    ast.SetComp: Expressions._comprehension,
    ast.GeneratorExp: Expressions._comprehension,
    ast.DictComp: Expressions._comprehension,
    ast.IfExp: Expressions._if,
    ast.BoolOp: Expressions._bool,
    ast.Compare: Expressions._compare,
    ast.NamedExpr: Expressions._walrus,
    ast.Await: Expressions._inner,
    ast.Starred: Expressions._inner,
    ast.YieldFrom: Expressions._inner,
    ast.UnaryOp: Expressions._unary,
    ast.Constant: Expressions._constant,
    ast.Call: lambda reader, node: reader.called(node),
}
