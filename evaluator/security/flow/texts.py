"""Texts put together by `%`, `format`, f-strings and `join`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from string import Formatter

from evaluator.security.flow.values import ANY, FIXED, Value, built, derived

_PERCENT = re.compile(
    r"%(?:\((?P<name>[^)]{0,200})\))?[-#0 +]{0,5}(?:\*|\d{0,9})(?:\.\d{0,9})?[hlL]?(?P<kind>[a-zA-Z%])"
)
_NUMBERS = frozenset("diouxXeEfFgGc")
_NUMBER_SPEC = re.compile(r"[dbnoxXeEfFgG%]$|[,_]|\.\d+$")


def percent(template: Value, argument: Value) -> Value:
    """`template % argument`."""
    text = template.const
    if isinstance(text, bytes):
        text = text.decode("latin-1")
    if not isinstance(text, str):
        return built((*template.text_parts(), *_spread(argument)))
    values = list(argument.items) if argument.items is not None else [argument]
    pieces: list[str | Value] = []
    position = index = 0
    for match in _PERCENT.finditer(text):
        pieces.append(text[position : match.start()])
        position = match.end()
        kind, name = match["kind"], match["name"]
        if kind == "%":
            pieces.append("%")
            continue
        if name is not None:
            value = (argument.mapping or {}).get(name, derived([argument]))
        else:
            value = values[index] if index < len(values) else derived([argument])
            index += 1
        pieces.append(_as_kind(value, kind))
    pieces.append(text[position:])
    return built(pieces)


def _as_kind(value: Value, kind: str) -> Value:
    if kind in _NUMBERS:
        return value.safe_for(ANY)
    return value.safe_for("log", "header") if kind in "ra" else value


def _spread(value: Value) -> Sequence[Value]:
    return value.items if value.items is not None else (value,)


def formatted(template: Value, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value:
    """`template.format(*args, **kwargs)`."""
    text = template.const
    if not isinstance(text, str):
        return built((*template.text_parts(), *args, *kwargs.values()))
    pieces: list[str | Value] = []
    automatic = 0
    try:
        for literal, field, spec, conversion in Formatter().parse(text):
            pieces.append(literal)
            if field is None:
                continue
            name = re.split(r"[.\[]", field, maxsplit=1)[0]
            if not name:
                name, automatic = str(automatic), automatic + 1
            value = _field(name, args, kwargs)
            if len(name) < len(field) and value.const is not FIXED.const:
                value = derived([value])
            pieces.append(with_spec(value, spec or "", conversion or ""))
    except ValueError:  # no format at all
        return built((template, *args, *kwargs.values()))
    return built(pieces)


_DOLLAR = re.compile(r"\$(?:\$|(\w+)|\{(\w+)\})")


def substituted(template: Value, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value:
    """`string.Template(template).substitute(*args, **kwargs)`."""
    if not isinstance(template.const, str):
        return built((*template.text_parts(), *args, *kwargs.values()))
    given = {**(args[0].mapping or {} if args else {}), **kwargs}
    pieces: list[str | Value] = []
    position = 0
    for match in _DOLLAR.finditer(template.const):
        name = match[1] or match[2]
        pieces.append(template.const[position : match.start()])
        pieces.append("$" if name is None else given.get(name, derived([*args, *kwargs.values()])))
        position = match.end()
    pieces.append(template.const[position:])
    return built(pieces)


def _field(name: str, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value:
    if name.isdecimal() and len(name) < 4:
        return args[int(name)] if int(name) < len(args) else derived([*args, *kwargs.values()])
    return kwargs[name] if name in kwargs else derived([*args, *kwargs.values()])


def with_spec(value: Value, spec: str, conversion: str) -> Value:
    """A value as `{value!conversion:spec}` writes it."""
    if _NUMBER_SPEC.search(spec):
        return value.safe_for(ANY)
    return value.safe_for("log", "header") if conversion in ("r", "a") else value


def join(separator: Value, things: Value) -> Value:
    """`separator.join(things)`; of a list that isn't known item by item, two stand for all."""
    values = list(things.items) if things.items else [things]
    pieces: list[str | Value] = []
    for value in values[:50]:
        if pieces:
            pieces.append(separator)
        pieces.append(value)
    if len(values) > 50:
        pieces.append(derived(values))
    made = built(pieces)
    # One item stands for many: the answer is no constant, though the program alone decides it.
    return made if len(values) > 1 or made.const is FIXED.const else FIXED
