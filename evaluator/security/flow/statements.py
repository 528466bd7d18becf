"""Statements in their order: branches one by one and then joined, a loop's body once."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence

from evaluator.security.flow.binding import Binding
from evaluator.security.flow.events import Asserted, Event, Returned
from evaluator.security.flow.guards import guards
from evaluator.security.flow.imports import bound_names
from evaluator.security.flow.operations import combined, element_of
from evaluator.security.flow.state import State, dotted
from evaluator.security.flow.values import (
    ANY,
    FIXED,
    NOTHING,
    Guards,
    Level,
    Value,
    rooted,
    roots_of,
)

_CHECKING = (
    "validate",
    "check",
    "ensure",
    "verify",
    "require",
    "assert_",
    "enforce",
    "authorize",
    "raise_if",
)


class Statements(Binding):
    """The reader's part that follows statements; `walk.py` has the one for functions and classes."""

    def __init__(self, emit: Callable[[Event], None], max_steps: int) -> None:
        super().__init__(emit, max_steps)
        self.returned: list[Value] = []
        self.calls: list[ast.AST] = []
        self.target = ""

    def block(self, statements: Sequence[ast.stmt]) -> None:
        """Read statements in their order."""
        for statement in statements:
            try:
                self.statement(statement)
            except RecursionError:
                continue  # nested too deeply to be looked into: the next one

    def statement(self, node: ast.stmt) -> None:
        act = _STATEMENTS.get(type(node))
        if act is not None:
            act(self, node)
            return
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)

    def _expression(self, node: ast.Expr) -> None:
        value = node.value
        self.value(value)
        if isinstance(value, ast.Call):
            name = value.func.attr if isinstance(value.func, ast.Attribute) else dotted(value.func)
            if name.lstrip("_").startswith(_CHECKING):
                self._pass([self.seen[id(argument)] for argument in value.args])

    def _pass(self, values: Iterable[Value], tag: str = ANY) -> None:
        self.state.guard((root.key, tag) for root in roots_of(values))

    def _assign(self, node: ast.Assign) -> None:
        self.target = _target_name(node.targets[0])
        value = self.value(node.value)
        self.target = ""
        for target in node.targets:
            self.bind(target, value)

    def _annotated(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.target = _target_name(node.target)
            value = self.value(node.value)
            self.target = ""
            self.bind(node.target, value)

    def _augmented(self, node: ast.AugAssign) -> None:
        old = self.value(node.target)
        self.target = _target_name(node.target)
        new = self.value(node.value)
        self.target = ""
        self.bind(node.target, combined(node.op, old, new), "augmented")

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            self.state.env.pop(dotted(target), None)

    def _return(self, node: ast.Return) -> None:
        if node.value is not None:
            value = self.value(node.value)
            self.emit(Returned(node, self.function, self.state.guards, value))
            self.returned.append(self._guarded(value))
        self.state.alive = False

    def _guarded(self, value: Value) -> Value:
        """What a function hands back after its own checks is as safe as they made it."""
        if not self.calls or not self.state.guards or value.const is not NOTHING:
            return value
        open_level = value.level(ANY, frozenset())
        tags = [t for t in ("path", "url", "redirect", ANY) if value.level(t, self.state.guards) < open_level]
        return value.safe_for(*tags) if tags else value

    def _raise(self, node: ast.Raise) -> None:
        if node.exc is not None:
            self.value(node.exc)
        self.state.alive = False

    def _stop(self, _: ast.stmt) -> None:
        self.state.alive = False

    def _if_statement(self, node: ast.If) -> None:
        self.value(node.test)
        if _is_main_check(node.test):
            self.block(node.body)
            return
        before, ends = self.state, []
        for truth, body in ((True, node.body), (False, node.orelse)):
            self.state = before.copy()
            self.state.guard(self.guarded_by(node.test, truth))
            self.block(body)
            ends.append(self.state)
        merged = State({})
        merged.become(*ends)
        self.state = merged

    def _loop(self, node: ast.For | ast.AsyncFor) -> None:
        self.bind(node.target, element_of(self.value(node.iter)), "loop")
        self._repeat(node.body, node.orelse)

    def _while(self, node: ast.While) -> None:
        self.value(node.test)
        self.state.guard(self.guarded_by(node.test, True))
        self._repeat(node.body, node.orelse)

    def _repeat(self, body: Sequence[ast.stmt], orelse: Sequence[ast.stmt]) -> None:
        before = self.state.copy()
        self.block(body)
        after = self.state
        # A loop that raises for a bad item has checked them all when it ends.
        passed = after.guards if after.alive else before.guards
        self.state = State({})
        after.alive = True
        self.state.become(after, before)
        self.state.guards = passed | before.guards
        self.block(orelse)

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            value = self.value(item.context_expr)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, value)
        self.block(node.body)

    def _try(self, node: ast.Try) -> None:
        before = self.state.copy()
        self.block(node.body)
        self.block(node.orelse)
        ends = [self.state]
        for handler in node.handlers:
            self.state = before.copy()
            if handler.type is not None:
                self.value(handler.type)
            if handler.name:
                self.state.env[handler.name] = rooted(handler.name, Level.UNKNOWN)
            self.block(handler.body)
            ends.append(self.state)
        merged = State({})
        merged.become(*ends)
        self.state = merged
        alive = merged.alive
        merged.alive = True
        self.block(node.finalbody)
        self.state.alive = self.state.alive and alive

    def _match(self, node: ast.Match) -> None:
        subject = self.value(node.subject)
        ends = [self.state.copy()]
        for case in node.cases:
            self.state = ends[0].copy()
            if isinstance(case.pattern, ast.MatchValue | ast.MatchOr):
                self._pass([subject])
            self.block(case.body)
            ends.append(self.state)
        merged = State({})
        merged.become(*ends)
        self.state = merged

    def _assert(self, node: ast.Assert) -> None:
        self.value(node.test)
        self.emit(Asserted(node, self.function, self.state.guards))

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        self.state.env.update(bound_names(node))

    @abstractmethod
    def define(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """A function's definition."""

    @abstractmethod
    def define_class(self, node: ast.ClassDef) -> None:
        """A class's definition."""

    def guarded_by(self, test: ast.expr, truth: bool) -> Guards:
        return guards(test, truth, self._known)

    def _known(self, node: ast.expr) -> Value:
        return self.seen.get(id(node), FIXED)


def _target_name(target: ast.expr) -> str:
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        return str(target.slice.value)[:100]
    if isinstance(target, ast.Attribute):
        return target.attr
    return dotted(target)


def _is_main_check(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


_STATEMENTS: dict[type[ast.stmt], Callable[..., None]] = {
    ast.Expr: Statements._expression,
    ast.Assign: Statements._assign,
    ast.AnnAssign: Statements._annotated,
    ast.AugAssign: Statements._augmented,
    ast.Delete: Statements._delete,
    ast.Return: Statements._return,
    ast.Raise: Statements._raise,
    ast.Continue: Statements._stop,
    ast.Break: Statements._stop,
    ast.If: Statements._if_statement,
    ast.For: Statements._loop,
    ast.AsyncFor: Statements._loop,
    ast.While: Statements._while,
    ast.With: Statements._with,
    ast.AsyncWith: Statements._with,
    ast.Try: Statements._try,
    ast.TryStar: Statements._try,
    ast.Match: Statements._match,
    ast.Assert: Statements._assert,
    ast.Import: Statements._import,
    ast.ImportFrom: Statements._import,
    ast.FunctionDef: lambda reader, node: reader.define(node),
    ast.AsyncFunctionDef: lambda reader, node: reader.define(node),
    ast.ClassDef: lambda reader, node: reader.define_class(node),
}
