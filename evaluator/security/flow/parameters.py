"""What a function's parameters may hold: anything, unless who calls it is known."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from evaluator.security.flow.events import Call, Function
from evaluator.security.flow.known import STRANGERS_DOCSTRING, STRANGERS_PARAMETER
from evaluator.security.flow.state import Definition, dotted
from evaluator.security.flow.values import EVERYWHERE, Level, Root, Value, derived, joined
from evaluator.security.words import words

_ROUTES = words("route get post put patch delete websocket api_route expose view_config head options")
_ROUTER_NAMES = re.compile(r"app|router|blueprint|bp|api|server|route|site|web|views?$", re.IGNORECASE)
_NUMBERS = frozenset({"int", "float", "bool", "UUID", "date", "datetime", "Decimal"})
_TYPED_CONVERTER = re.compile(r"<(?:int|float|uuid):(\w+)>")
_INJECTED = re.compile(r"^(?:Depends|Security|Session|AsyncSession|BackgroundTasks|Connection|Engine)$")


def function_of(definition: Definition, outer: Function, called: bool = False) -> Function:
    """What rules may ask about the function."""
    node = definition.node
    name = "lambda" if isinstance(node, ast.Lambda) else node.name
    handler = not called and is_handler(definition)
    class_name = definition.class_name or (outer.class_name if called else "")
    return Function(name, handler or (called and outer.is_handler), class_name)


def is_handler(definition: Definition) -> bool:
    """Whether a web framework calls it with what a stranger sent."""
    node = definition.node
    if isinstance(node, ast.Lambda):
        return False
    if _routes(node):
        return True
    names = [argument.arg for argument in node.args.args[:2]]
    return bool(names) and "request" in names[: 2 if definition.is_method else 1]


def _routes(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.Call]:
    found = []
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call):
            name = dotted(decorator.func)
            owner, _, last = name.rpartition(".")
            if last in _ROUTES and (last == "route" or _ROUTER_NAMES.search(owner)):
                found.append(decorator)
    return found


def open_parameters(
    definition: Definition, function: Function, value_of: Callable[[ast.expr], Value]
) -> dict[str, Value]:
    """The parameters of a function that anybody may call."""
    node = definition.node
    level = Level.PARAMETER
    if function.is_handler or (not isinstance(node, ast.Lambda) and _for_strangers(node)):
        level = Level.SOURCE
    numbers = set() if isinstance(node, ast.Lambda) else _numbers(node)
    found: dict[str, Value] = {}
    for index, argument in enumerate(_all(node.args)):
        name = argument.arg
        if definition.is_method and index == 0 and name in ("self", "cls"):
            found[name] = Value(qual=name)
        elif name in numbers:
            found[name] = Value(qual=f"${name}", safe=EVERYWHERE)
        else:
            found[name] = _open(argument, level)
    for name, default in _defaults(node.args).items():
        value = value_of(default)
        is_named = (
            bool(value.qual) and not value.is_constant and not value.all_roots() and "(" not in value.qual
        )
        if is_named or (value.is_constant and value.const is not None and value.const != ""):
            found[name] = joined([found[name], value]) if name in found else value
        elif _INJECTED.match(value.qual.removesuffix("()").rpartition(".")[2]):
            found[name] = Value(frozenset({Root(name, Level.UNKNOWN)}), qual=f"${name}")
    return found


def _open(argument: ast.arg, level: Level) -> Value:
    name = argument.arg
    annotation = dotted(argument.annotation).rpartition(".")[2] if argument.annotation else ""
    if name in ("request", "req", "db", "conn", "connection", "cursor", "session") or _INJECTED.match(
        annotation
    ):
        level = Level.UNKNOWN if level is Level.SOURCE else level
    elif STRANGERS_PARAMETER.search(name):
        level = Level.SOURCE
    return Value(frozenset({Root(name, level)}), qual=f"${name}")


def _for_strangers(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    if node.name in ("lambda_handler", "handler") and node.args.args and node.args.args[0].arg == "event":
        return True
    first = node.body[0] if node.body else None
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        return STRANGERS_DOCSTRING.search(first.value.value[:4000]) is not None
    return False


def _numbers(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Parameters that the web framework turns into numbers before it calls."""
    routes = _routes(node)
    found: set[str] = set()
    for route in routes:
        first = route.args[0] if route.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            found.update(_TYPED_CONVERTER.findall(first.value[:1000]))
    if routes and not any(dotted(route.func).endswith(".route") for route in routes):
        for argument in _all(node.args):
            if argument.annotation is not None and dotted(argument.annotation).rpartition(".")[2] in _NUMBERS:
                found.add(argument.arg)
    return found


def passed_parameters(
    definition: Definition, call: Call, value_of: Callable[[ast.expr], Value]
) -> dict[str, Value]:
    """The parameters of a function as one call gives them."""
    arguments = definition.node.args
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    found = {name: value_of(default) for name, default in _defaults(arguments).items()}
    if definition.is_method and names and names[0] in ("self", "cls"):
        found[names.pop(0)] = Value(qual="self")
    found.update(zip(names, call.args, strict=False))
    known = {argument.arg for argument in _all(arguments)}
    found.update((name, value) for name, value in call.kwargs.items() if name in known)
    if arguments.vararg is not None:
        found[arguments.vararg.arg] = Value(items=tuple(call.args[len(names) :]))
    if arguments.kwarg is not None:
        rest = {name: value for name, value in call.kwargs.items() if name not in names}
        found[arguments.kwarg.arg] = Value(mapping=rest, qual="dict()")
    for name in known - set(found):
        found[name] = derived([*call.args, *call.kwargs.values()])
    return found


def _all(arguments: ast.arguments) -> list[ast.arg]:
    extra = [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extra]


def _defaults(arguments: ast.arguments) -> dict[str, ast.expr]:
    positional = [*arguments.posonlyargs, *arguments.args]
    found: dict[str, ast.expr] = {}
    if arguments.defaults:
        for argument, default in zip(
            positional[-len(arguments.defaults) :], arguments.defaults, strict=False
        ):
            found[argument.arg] = default
    for argument, keyword_default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=False):
        if keyword_default is not None:
            found[argument.arg] = keyword_default
    return found
