"""What an expression may evaluate to: a constant, a text with holes, or something that came from somewhere.

A `Value` is made once and never changed. Its `roots` say where it came from, and how far that is out of the
program's own hands: the levels of `Level`. A guard (`if name not in ALLOWED: raise`) is remembered for the
root, so that it counts for everything that was or will be made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Any, Final, NamedTuple


class Level(IntEnum):
    """Who decides what a value is."""

    CONSTANT = 0  # the program
    UNKNOWN = 1  # something that this program calls or keeps
    PARAMETER = 2  # the caller
    SOURCE = 3  # a stranger: a request, the terminal, the network


class Root(NamedTuple):
    """Where a value came from: "name", or "user.email" for a part of it."""

    key: str
    level: Level


Guards = frozenset[tuple[str, str]]  # (a root's key, the tag that it is safe for)

ANY: Final = "*"  # safe everywhere: a number, one of an allowed list
NOTHING: Final = object()  # no constant is known
EVERYWHERE: Final = frozenset({ANY})
NOWHERE: Final[frozenset[str]] = frozenset()
_NO_ROOTS: Final[frozenset[Root]] = frozenset()
_MAX_PARTS, _MAX_OPTIONS, _MAX_ROOTS = 200, 4, 16
_MAX_TEXT = 4 << 20  # characters of a constant
_DEPTH = 6


class Value:
    """See the module. `qual` is the dotted name that it has, or was made by: "sqlite3.connect()"."""

    __slots__ = ("const", "function", "items", "mapping", "options", "parts", "qual", "roots", "safe")

    def __init__(
        self,
        roots: frozenset[Root] = _NO_ROOTS,
        *,
        const: Any = NOTHING,
        qual: str = "",
        parts: tuple[str | Value, ...] | None = None,
        items: tuple[Value, ...] | None = None,
        mapping: Mapping[str, Value] | None = None,
        safe: frozenset[str] = NOWHERE,
        options: tuple[Value, ...] = (),
        function: Any = None,
    ) -> None:
        self.roots = roots
        self.const = const
        self.qual = qual
        self.parts = parts
        self.items = items
        self.mapping = mapping
        self.safe = safe
        self.options = options
        self.function = function

    @property
    def is_constant(self) -> bool:
        return self.const is not NOTHING

    def but(self, **changes: Any) -> Value:
        """A copy with these fields changed."""
        fields = {name: getattr(self, name) for name in Value.__slots__}
        return Value(**(fields | changes))

    def safe_for(self, *tags: str) -> Value:
        """The same, known to do no harm in these places."""
        options = tuple(option.safe_for(*tags) for option in self.options)
        return self.but(safe=self.safe | frozenset(tags), options=options)

    def choices(self) -> Iterable[Value]:
        """What it may be, one by one: the branches of `a if x else b`."""
        return self.options or (self,)

    def constants(self) -> list[Any]:
        """The constants that it may be."""
        return [choice.const for choice in self.choices() if choice.const is not NOTHING]

    def text_parts(self) -> tuple[str | Value, ...]:
        """As text: what is known of it, and the values in between."""
        if isinstance(self.const, str):
            return (self.const,)
        if isinstance(self.const, bytes):
            return (self.const.decode("latin-1"),)
        if self.const is not NOTHING:
            return (str(self.const),)
        return self.parts if self.parts is not None else (self,)

    def all_roots(self, depth: int = _DEPTH) -> frozenset[Root]:
        """Where it and what it is made of came from."""
        found = set(self.roots)
        if depth:
            for inner in self.inner():
                found |= inner.all_roots(depth - 1)
        return frozenset(found)

    def inner(self) -> list[Value]:
        """What it is made of."""
        found: list[Value] = list(self.options)
        if self.parts is not None:
            found += [part for part in self.parts if isinstance(part, Value) and part is not self]
        if self.items is not None:
            found += self.items
        if self.mapping is not None:
            found += self.mapping.values()
        return found

    def level(self, tag: str, guards: Guards, depth: int = _DEPTH) -> Level:
        """Who decides what it is, where it is used as `tag` says and these guards have been passed."""
        if self.const is not NOTHING or tag in self.safe or ANY in self.safe:
            return Level.CONSTANT
        highest = Level.CONSTANT
        for root in self.roots:
            if root.level > highest and not is_guarded(root.key, tag, guards):
                highest = root.level
        if depth:
            for inner in self.inner():
                highest = max(highest, inner.level(tag, guards, depth - 1))
        return highest


def is_guarded(key: str, tag: str, guards: Guards) -> bool:
    """Whether this root, or what it is a part of, has passed a guard."""
    if not guards:
        return False
    while True:
        if (key, tag) in guards or (key, ANY) in guards:
            return True
        key, dot, _ = key.rpartition(".")
        if not dot:
            return False


def constant(value: Any) -> Value:
    return Value(const=value)


FIXED: Final = Value()  # decided by the program, but not worked out here


def rooted(key: str, level: Level, qual: str = "") -> Value:
    """A value that came from there."""
    return Value(frozenset({Root(key, level)}), qual=qual)


def roots_of(values: Iterable[Value]) -> frozenset[Root]:
    """Where these came from that are not safe anyway; a bounded number."""
    found: set[Root] = set()
    for value in values:
        if value.const is NOTHING and ANY not in value.safe:
            found |= value.all_roots()
    if len(found) > _MAX_ROOTS:
        found = set(sorted(found, key=lambda root: (-root.level, root.key))[:_MAX_ROOTS])
    return frozenset(found)


def derived(values: Sequence[Value], qual: str = "") -> Value:
    """Something worked out from these; it is as safe as all of them are."""
    unsafe = [value for value in values if value.const is NOTHING]
    safe = frozenset.intersection(*(value.safe for value in unsafe)) if unsafe else NOWHERE
    return Value(roots_of(unsafe), qual=qual, safe=safe)


def joined(values: Sequence[Value]) -> Value:
    """Any one of these: where branches meet."""
    choices: list[Value] = []
    for value in values:
        for choice in value.choices():
            if not any(choice is known or _same(choice, known) for known in choices):
                choices.append(choice)
    if len(choices) == 1:
        return choices[0]
    if len(choices) <= _MAX_OPTIONS:
        return Value(options=tuple(choices))
    return derived(choices)


def _same(a: Value, b: Value) -> bool:
    if a.const is not NOTHING or b.const is not NOTHING:
        return type(a.const) is type(b.const) and bool(a.const == b.const)
    plain = a.parts is b.parts and a.items is b.items and a.mapping is b.mapping and not a.options
    return plain and not b.options and a.roots == b.roots and a.safe == b.safe and a.qual == b.qual


def built(parts: Iterable[str | Value], qual: str = "") -> Value:
    """A text put together; constant where all its parts are."""
    flat: list[str | Value] = []
    for part in parts:
        pieces = (part,) if isinstance(part, str) else _pieces(part)
        for piece in pieces:
            if isinstance(piece, str) and flat and isinstance(flat[-1], str):
                flat[-1] += piece
            else:
                flat.append(piece)
    if sum(len(piece) for piece in flat if isinstance(piece, str)) > _MAX_TEXT:
        return derived([piece for piece in flat if isinstance(piece, Value)], qual)
    if not any(isinstance(piece, Value) for piece in flat):
        return Value(const="".join(piece for piece in flat if isinstance(piece, str)), qual=qual)
    if len(flat) > _MAX_PARTS:
        return derived([piece for piece in flat if isinstance(piece, Value)], qual)
    return Value(parts=tuple(flat), qual=qual)


def _pieces(value: Value) -> tuple[str | Value, ...]:
    """A part that is safe somewhere stays whole, so that this isn't forgotten."""
    return (value,) if value.safe and value.const is NOTHING else value.text_parts()


def concatenated(left: Value, right: Value) -> Value:
    """`left + right` of texts, for each of what they may be."""
    lefts, rights = list(left.choices()), list(right.choices())
    if len(lefts) * len(rights) > _MAX_OPTIONS:
        return derived([left, right])
    whole = [built((a, b)) for a in lefts for b in rights]
    return whole[0] if len(whole) == 1 else joined(whole)
