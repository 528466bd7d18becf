"""Reads a program from top to bottom, once: the module first, then each function with its parameters open.

Functions of the program are read again where they are called, with the values of the call, a few levels deep.
Branches are read one by one and joined; a loop's body is read once.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from evaluator.security.flow.calls import answer_of
from evaluator.security.flow.events import Call, Event, Function, Stored
from evaluator.security.flow.operations import part
from evaluator.security.flow.parameters import function_of, open_parameters, passed_parameters
from evaluator.security.flow.state import Definition, State, StepsSpent
from evaluator.security.flow.statements import Statements
from evaluator.security.flow.values import (
    ANY,
    FIXED,
    NOTHING,
    Level,
    Value,
    derived,
    joined,
)

_DEEPEST_CALL = 3
_ENDING = frozenset({"abort", "exit", "_exit", "quit", "fail", "error"})
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class Walk(Statements):
    """One reading of one program; `read` does it."""

    def __init__(self, emit: Callable[[Event], None], max_steps: int) -> None:
        super().__init__(emit, max_steps)
        self.waiting: list[tuple[Definition, State]] = []

    def read(self, statements: Sequence[ast.stmt]) -> bool:
        """Read it all, as far as the steps reach; whether they did."""
        try:
            self.block(statements)
            top = self.state
            while self.waiting:
                definition, home = self.waiting.pop(0)
                self._read_function(definition, home, top)
        except StepsSpent:
            return False
        return True

    def _read_function(self, definition: Definition, home: State, top: State) -> None:
        env = {**top.env, **definition.env, **{k: v for k, v in home.env.items() if k not in definition.env}}
        self.function = function_of(definition, self.function)
        self.state = State(env, home.guards)
        node = definition.node
        env.update(open_parameters(definition, self.function, self.value))
        self.returned = []
        self._body(node)
        if node.__class__ is not ast.Lambda and getattr(node, "name", "") == "__init__":
            home.env.update(_kept_attributes(self.state.env))
        elif definition.is_method:
            # What one method puts into a list of the object, another one takes out.
            own = {name: value for name, value in self.state.env.items() if name.startswith("self.")}
            home.env.update((name, value) for name, value in own.items() if value.items is not None)

    def _body(self, node: ast.AST) -> None:
        if isinstance(node, ast.Lambda):
            self.returned.append(self.value(node.body))
        elif isinstance(node, FunctionNode):
            self.block(node.body)

    # --- functions of the program ------------------------------------------------------------------------

    def called(self, node: ast.Call) -> Value:
        callee = self.value(node.func)
        receiver = self.seen[id(node.func.value)] if isinstance(node.func, ast.Attribute) else None
        args, kwargs = self._arguments(node)
        qual = callee.qual
        name = (
            node.func.attr
            if isinstance(node.func, ast.Attribute) and not callee.qual
            else qual.rpartition(".")[2]
        )
        if name == "getattr" and len(args) >= 2 and isinstance(args[1].const, str):
            return part(args[0], args[1].const, self.function.name)
        call = Call(node, self.function, self.state.guards, name, qual, receiver, args, kwargs, self.target)
        self.emit(call)
        for choice in callee.options:  # one of several functions
            if choice.qual:
                last = choice.qual.rpartition(".")[2]
                self.emit(replace(call, name=last, qual=choice.qual))
        for keyword, value in kwargs.items():
            self.emit(Stored(node, self.function, self.state.guards, keyword, value, "keyword", qual))
        if isinstance(node.func, ast.Attribute):
            self.changed(node.func, args, kwargs)
        if isinstance(callee.function, Definition):
            return self._inlined(callee.function, call)
        if (name in _ENDING and not name.startswith("e")) or qual in ("sys.exit", "os._exit", "exit"):
            self.state.alive = False
        if name == "relative_to" and receiver is not None:
            self._pass([receiver], "path")
        return answer_of(call)

    def _arguments(self, node: ast.Call) -> tuple[list[Value], dict[str, Value]]:
        args: list[Value] = []
        kwargs: dict[str, Value] = {}
        for argument in node.args:
            value = self.value(argument)
            if isinstance(argument, ast.Starred) and value.items is not None:
                args += value.items
            else:
                args.append(value)
        for keyword in node.keywords:
            value = self.value(keyword.value)
            if keyword.arg is not None:
                kwargs[keyword.arg] = value
            elif value.options:
                for choice in value.options:
                    kwargs.update(choice.mapping or {})
            else:
                kwargs.update(value.mapping or {})
        return args, kwargs

    def _inlined(self, definition: Definition, call: Call) -> Value:
        """The answer of a function of the program, read with these arguments."""
        values = [*call.args, *call.kwargs.values()]
        if len(self.calls) >= _DEEPEST_CALL or definition.node in self.calls:
            return derived(values, f"{call.qual}()")
        state, function, returned = self.state, self.function, self.returned
        own_self = {name: value for name, value in state.env.items() if name.startswith("self.")}
        env = {**state.env, **definition.env, **own_self}
        env.update(passed_parameters(definition, call, self.value))
        self.calls.append(definition.node)
        self.state, self.returned = State(env, state.guards), []
        self.function = function_of(definition, function, called=True)
        try:
            self._body(definition.node)
            # What it checked before it came back stays checked.
            passed = self.state.guards if self.state.alive or self.returned else state.guards
            answers = self.returned
        finally:
            self.calls.pop()
            self.state, self.function, self.returned = state, function, returned
        if not _answers_a_question(definition.node):
            self.state.guard(passed)
        return joined(answers).but(function=None) if answers else FIXED

    def define(self, node: FunctionNode) -> None:
        for decorator in node.decorator_list:
            self.value(decorator)
        definition = Definition(node, {} if not self.function.name else dict(self.state.env))
        self.state.env[node.name] = Value(qual=node.name, function=definition)
        home = State({}, self.state.guards if self.function.name else frozenset())
        if not self.calls:
            self.waiting.append((definition, home))
        self._defaults(node)

    def _defaults(self, node: FunctionNode) -> None:
        arguments = node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        given = positional[len(positional) - len(arguments.defaults) :]
        pairs = [
            *zip(given, arguments.defaults, strict=False),
            *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=False),
        ]
        for argument, default in pairs:
            if default is not None:
                value = self.value(default)
                stored = Stored(
                    argument, self.function, self.state.guards, argument.arg, value, "default", node.name
                )
                self.emit(stored)

    def define_class(self, node: ast.ClassDef) -> None:
        bases = tuple(self.value(base).qual for base in node.bases)
        outer, outer_function = self.state, self.function
        self.state = State(dict(outer.env), outer.guards)
        self.function = Function("", False, node.name, bases)
        methods = [inner for inner in node.body if isinstance(inner, FunctionNode)]
        self.block([inner for inner in node.body if not isinstance(inner, FunctionNode)])
        own = {name: value for name, value in self.state.env.items() if outer.env.get(name) is not value}
        home = State({f"{owner}.{name}": value for name, value in own.items() for owner in ("self", "cls")})
        for method in methods:
            definition = Definition(method, dict(outer.env), node.name, is_method=True)
            for owner in ("self", "cls"):
                home.env[f"{owner}.{method.name}"] = Value(qual=f"{owner}.{method.name}", function=definition)
            for decorator in method.decorator_list:
                self.value(decorator)
            self._defaults(method)
        methods.sort(key=lambda method: method.name not in ("__init__", "setUp", "setup"))
        if not self.calls:
            self.waiting += [(home.env[f"self.{method.name}"].function, home) for method in methods]
        self.state, self.function = outer, outer_function
        for name, value in own.items():
            outer.env[f"{node.name}.{name}"] = value
        outer.env[node.name] = Value(qual=node.name)


def _answers_a_question(node: ast.AST) -> bool:
    """Whether a function answers yes or no: what it found is known only where its answer is asked for."""
    for inner in ast.walk(node):
        answer = inner.value if isinstance(inner, ast.Return) else None
        if isinstance(answer, ast.Compare | ast.BoolOp):
            return True
        if isinstance(answer, ast.Constant) and isinstance(answer.value, bool):
            return True
    return False


def _kept_attributes(env: dict[str, Value]) -> dict[str, Value]:
    """What `__init__` put on the object; what callers gave there is the object's own affair from then on."""
    return {name: _settled(value) for name, value in env.items() if name.startswith("self.")}


def _settled(value: Value) -> Value:
    if value.options:
        return joined([_settled(option) for option in value.options])
    if value.const is not NOTHING or value.level(ANY, frozenset()) is not Level.PARAMETER:
        return value
    roots = frozenset(root._replace(level=Level.UNKNOWN) for root in value.all_roots())
    return Value(roots, qual=value.qual, safe=value.safe)
