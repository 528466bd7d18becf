"""Objects of a program, as its test sees them: every use becomes a step that is done in the sandbox.

The test stays outside, and what comes back is plain data or another object. An object of the program never
equals a plain value, whatever its `__eq__` says; only two objects of the program are compared by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from evaluator.sandbox import steps

# Asks for a step: (operation, index, name, arguments, keywords) → plain value or Remote.
Ask = Callable[..., Any]


class Remote:
    """The result of step `index`, which stayed where it is. `kind`: its type's name."""

    __slots__ = ("_ask", "_index", "_kind")

    def __init__(self, ask: Ask, index: int, kind: str) -> None:
        object.__setattr__(self, "_ask", ask)
        object.__setattr__(self, "_index", index)
        object.__setattr__(self, "_kind", kind)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"tests can't reach {name} of a program's object")
        return self._step("get", name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._step("set", name, value)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return self._ask("call", self._index, "", tuple(map(packed, arguments)), packed_values(keywords))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Remote) and bool(self._step("eq", "", other))

    def __ne__(self, other: object) -> bool:
        return not isinstance(other, Remote) or bool(self._step("ne", "", other))

    def __hash__(self) -> int:
        """The same in every replay: the order of a set of objects decides which calls its test makes."""
        return hash(self._index)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._step("list"))

    def __repr__(self) -> str:
        return f"<{self._kind}>"

    def _step(self, operation: str, name: str = "", *arguments: Any) -> Any:
        return self._ask(operation, self._index, name, tuple(map(packed, arguments)), {})


def packed(argument: Any) -> Any:
    """An argument as a step names it."""
    return steps.kept(argument._index) if isinstance(argument, Remote) else argument


def packed_values(keywords: dict[str, Any]) -> dict[str, Any]:
    """Keyword arguments as a step names them."""
    return {key: packed(value) for key, value in keywords.items()}


def _forwarded(operation: str) -> Callable[..., Any]:
    def method(self: Remote, *arguments: Any) -> Any:
        return self._step(operation, "", *arguments)

    return method


for _name, _operation in {
    "lt": "lt",
    "le": "le",
    "gt": "gt",
    "ge": "ge",
    "add": "add",
    "sub": "sub",
    "mul": "mul",
    "getitem": "item",
    "setitem": "set_item",
    "delitem": "delete_item",
    "contains": "in",
    "len": "len",
    "bool": "bool",
    "str": "str",
}.items():
    setattr(Remote, f"__{_name}__", _forwarded(_operation))
