"""Names and what they hold: assignments, and methods that change a container."""

from __future__ import annotations

import ast

from evaluator.security.flow.events import Stored
from evaluator.security.flow.expressions import Expressions
from evaluator.security.flow.operations import element_of, merged_mapping, with_items
from evaluator.security.flow.state import dotted
from evaluator.security.flow.values import NOTHING, Value, derived


class Binding(Expressions):
    """The reader's part that gives names their values."""

    def bind(self, target: ast.expr, value: Value, how: str = "assign") -> None:
        if isinstance(target, ast.Tuple | ast.List):
            for index, inner in enumerate(target.elts):
                items = value.items
                if (items is not None and index < len(items) and how != "loop") or (
                    items is not None and how == "loop" and len(items) == len(target.elts)
                ):
                    self.bind(inner, items[index], how)
                else:
                    self.bind(inner, element_of(value), how)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, value, how)
        elif isinstance(target, ast.Subscript):
            self._bind_item(target, value)
        elif isinstance(target, ast.Name | ast.Attribute):
            self._bind_name(target, value, how)

    def _bind_name(self, target: ast.Name | ast.Attribute, value: Value, how: str) -> None:
        name = dotted(target)
        owner = ""
        if isinstance(target, ast.Attribute):
            owner = self.value(target.value).qual or dotted(target.value)
        if how == "assign":
            kind = "attribute" if isinstance(target, ast.Attribute) else "assign"
            last = name.rpartition(".")[2] or getattr(target, "attr", "")
            self.emit(Stored(target, self.function, self.state.guards, last, value, kind, owner))
        if name:
            if isinstance(target, ast.Name):
                self._forget(name)
                if how in ("assign", "loop") and not value.qual and value.const is NOTHING:
                    value = value.but(qual=f"${name}")
            self.state.env[name] = value

    def _forget(self, name: str) -> None:
        prefix = f"{name}."
        if self.state.guards:
            self.state.guards = frozenset(g for g in self.state.guards if g[0] != f"{name}()")
        if name not in self.state.env:
            return
        for known in [key for key in self.state.env if key.startswith(prefix)]:
            del self.state.env[known]

    def _bind_item(self, target: ast.Subscript, value: Value) -> None:
        base = self.value(target.value)
        key = self.value(target.slice) if not isinstance(target.slice, ast.Slice) else Value()
        name = dotted(target.value)
        if isinstance(key.const, str):
            owner = base.qual or name
            self.emit(Stored(target, self.function, self.state.guards, key.const, value, "item", owner))
            if name and base.mapping is not None:
                self.state.env[name] = merged_mapping(base, {key.const: value})
            elif name:
                self.state.env[f"{name}[{key.const!r}]"] = value
        elif name and name in self.state.env:
            self.state.env[name] = (
                with_items(base, [value]) if base.items is not None else derived([base, value])
            )

    def changed(self, function: ast.Attribute, args: list[Value], kwargs: dict[str, Value]) -> None:
        """Methods that change what a name holds: append, update and the like."""
        name = dotted(function.value)
        known = self.state.env.get(name)
        if known is None or (not args and not kwargs):
            return
        if function.attr in ("append", "add", "appendleft", "put"):
            self.state.env[name] = with_items(known, args)
        elif function.attr in ("extend", "insert"):
            self.state.env[name] = with_items(known, args[-1].items or args[-1:] if args else ())
        elif function.attr in ("update", "setdefault"):
            changes = dict(kwargs)
            for argument in args:
                changes.update(argument.mapping or {})
            if function.attr == "setdefault" and len(args) == 2 and isinstance(args[0].const, str):
                changes[args[0].const] = args[1]
            if known.mapping is not None:
                self.state.env[name] = merged_mapping(known, changes)
