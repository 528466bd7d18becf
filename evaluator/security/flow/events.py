"""What a walk through a program meets that a rule may want to see."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evaluator.security.flow.values import NOTHING, Guards, Level, Value


@dataclass(slots=True)
class Function:
    """The function that is being read; the module itself has no name."""

    name: str = ""
    is_handler: bool = False  # answers requests: its parameters are a stranger's
    class_name: str = ""
    bases: tuple[str, ...] = ()


@dataclass(slots=True)
class Event:
    """Something at a node, with the guards that were passed on the way to it."""

    node: ast.expr | ast.stmt | ast.arg
    function: Function
    guards: Guards

    def level(self, value: Value | None, tag: str) -> Level:
        """Who decides what this is, for use as `tag` says. Nobody, where there is no value."""
        return Level.CONSTANT if value is None else value.level(tag, self.guards)


@dataclass(slots=True)
class Call(Event):
    """`qual` is the dotted name of what is called: "sqlite3.connect().cursor().execute"; `name` its end."""

    name: str = ""
    qual: str = ""
    receiver: Value | None = None
    args: Sequence[Value] = ()
    kwargs: Mapping[str, Value] = field(default_factory=dict)
    target: str = ""  # the name that the answer is stored in

    def argument(self, position: int, *names: str) -> Value | None:
        """The argument at this position, or by one of these names."""
        for name in names:
            if name in self.kwargs:
                return self.kwargs[name]
        return self.args[position] if 0 <= position < len(self.args) else None

    def constant(self, position: int, *names: str) -> Any:
        """The argument's constant, NOTHING where none is known."""
        value = self.argument(position, *names)
        return NOTHING if value is None else value.const

    def is_a(self, *names: str) -> bool:
        """Whether it is called one of these names, with any package in front."""
        return any(self.qual == name or self.qual.endswith("." + name) for name in names)


@dataclass(slots=True)
class Stored(Event):
    """A value given a name. `how`: "assign", "attribute", "default", "item", "keyword" or "compare"."""

    name: str = ""
    value: Value = field(default_factory=Value)
    how: str = "assign"
    owner: str = ""  # the dotted name of what has the attribute or item


@dataclass(slots=True)
class Returned(Event):
    """What a function hands back."""

    value: Value = field(default_factory=Value)


@dataclass(slots=True)
class Compared(Event):
    """`left op right`."""

    left: Value = field(default_factory=Value)
    right: Value = field(default_factory=Value)
    equality: bool = True


@dataclass(slots=True)
class Asserted(Event):
    """An assert statement; `node.test` is what it asks."""
