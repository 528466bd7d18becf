"""Plain values → bytes, inside the cell. `values_in` is the reader, and the only judge of what is valid.

One tag byte, then the content; counts and lengths are 4 bytes, little-endian. Subclasses of plain types
are sent as the plain type, read through the base class, so that overridden methods never run. What
isn't plain is sent as an opaque mark: its type's name, nothing that could be taken for an answer.
"""

from __future__ import annotations

import collections
import struct
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import decimal
    import fractions

MAX_DEPTH = 100
MAX_ITERATOR_ITEMS = 10_000
_LENGTH = struct.Struct("<I").pack
_SMALL_INT = struct.Struct("<q").pack
_FLOAT = struct.Struct("<d").pack
_COMPLEX = struct.Struct("<dd").pack


class TooLarge(Exception):
    """The encoding outgrew its limit."""


def encode(value: object, limit: int) -> bytes:
    """`value` as bytes. Raises TooLarge beyond `limit` bytes. Iterators are drained, up to a bound."""
    writer = _Writer(limit)
    writer.write(value, 0)
    return bytes(writer.out)


class _Writer:
    def __init__(self, limit: int) -> None:
        self.out = bytearray()
        self.limit = limit

    def write(self, value: Any, depth: int) -> None:
        if len(self.out) > self.limit:
            raise TooLarge
        if depth > MAX_DEPTH:
            self.write_opaque("a value nested too deeply")
            return
        kind = type(value)
        method = _EXACT.get(kind) or _method_by_base(kind)
        if method is not None:
            method(self, value, depth)
        elif kind.__module__ == "numpy":
            self.write_numpy(value, depth)
        elif hasattr(kind, "__next__") and hasattr(kind, "__iter__"):
            self.write_iterator(value, depth)
        else:
            self.write_opaque(kind.__qualname__)

    def text(self, tag: bytes, text: str) -> None:
        raw = text.encode("utf-8", "surrogatepass")
        self.raw(tag, raw)

    def raw(self, tag: bytes, raw: bytes | bytearray) -> None:
        if len(raw) > self.limit:
            raise TooLarge
        self.out += tag + _LENGTH(len(raw)) + raw

    def write_none(self, value: None, depth: int) -> None:
        self.out += b"N"

    def write_bool(self, value: bool, depth: int) -> None:
        self.out += b"T" if value else b"F"

    def write_int(self, value: int, depth: int) -> None:
        value = int.__index__(value)
        if -(1 << 63) <= value < 1 << 63:
            self.out += b"i" + _SMALL_INT(value)
        else:
            self.raw(b"I", value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True))

    def write_float(self, value: float, depth: int) -> None:
        self.out += b"f" + _FLOAT(float.__float__(value))

    def write_complex(self, value: complex, depth: int) -> None:
        self.out += b"c" + _COMPLEX(value.real, value.imag)

    def write_str(self, value: str, depth: int) -> None:
        self.text(b"s", str.__str__(value))

    def write_bytes(self, value: bytes, depth: int) -> None:
        self.raw(b"b", bytes.__getitem__(value, slice(None)))

    def write_bytearray(self, value: bytearray, depth: int) -> None:
        self.raw(b"y", bytearray.__getitem__(value, slice(None)))

    def items(self, tag: bytes, count: int, items: Iterable[Any], depth: int) -> None:
        self.out += tag + _LENGTH(count)
        for item in items:
            self.write(item, depth + 1)

    def write_list(self, value: list[Any], depth: int) -> None:
        self.items(b"l", list.__len__(value), list.__iter__(value), depth)

    def write_tuple(self, value: tuple[Any, ...], depth: int) -> None:
        self.items(b"t", tuple.__len__(value), tuple.__iter__(value), depth)

    def write_set(self, value: set[Any], depth: int) -> None:
        self.items(b"S", set.__len__(value), set.__iter__(value), depth)

    def write_frozenset(self, value: frozenset[Any], depth: int) -> None:
        self.items(b"Z", frozenset.__len__(value), frozenset.__iter__(value), depth)

    def write_deque(self, value: collections.deque[Any], depth: int) -> None:
        base = collections.deque
        self.items(b"q", base.__len__(value), base.__iter__(value), depth)

    def write_dict(self, value: dict[Any, Any], depth: int) -> None:
        self.out += b"d" + _LENGTH(dict.__len__(value))
        for key, item in dict.items(value):
            self.write(key, depth + 1)
            self.write(item, depth + 1)

    def write_keys(self, value: Any, depth: int) -> None:
        self.items(b"K", len(value), value, depth)

    def write_range(self, value: range, depth: int) -> None:
        self.items(b"r", 3, (value.start, value.stop, value.step), depth)

    def write_decimal(self, value: decimal.Decimal, depth: int) -> None:
        import decimal

        self.text(b"D", decimal.Decimal.__str__(value))

    def write_fraction(self, value: fractions.Fraction, depth: int) -> None:
        self.items(b"R", 2, (value.numerator, value.denominator), depth)

    def write_numpy(self, value: Any, depth: int) -> None:
        """A scalar compares like the number that it holds; an array does not compare like a list."""
        kind = type(value)
        if hasattr(kind, "item") and hasattr(kind, "ndim") and not hasattr(kind, "__setitem__"):
            self.write(kind.item(value), depth + 1)
        else:
            self.write_opaque(f"numpy.{kind.__qualname__}")

    def write_iterator(self, value: Any, depth: int) -> None:
        """The items that it yields: at most MAX_ITERATOR_ITEMS, up to the first exception."""
        mark = len(self.out)
        self.out += b"g" + _LENGTH(0)
        count = 0
        ended = b"T"
        for _ in range(MAX_ITERATOR_ITEMS + 1):
            try:
                item = next(value)
            except StopIteration:
                break
            except (MemoryError, RecursionError):
                raise  # an end of this process, and no iterator's
            except Exception:  # noqa: BLE001  any code of the sample may run here: it ends the iterator
                ended = b"F"
                break
            self.write(item, depth + 1)
            count += 1
        else:
            ended = b"F"
        self.out[mark + 1 : mark + 5] = _LENGTH(count)
        self.out += ended

    def write_opaque(self, name: str) -> None:
        self.text(b"x", name[:100])


_Method = Callable[[_Writer, Any, int], None]
_BASES: tuple[tuple[type, _Method], ...] = (
    (bool, _Writer.write_bool),
    (int, _Writer.write_int),
    (float, _Writer.write_float),
    (complex, _Writer.write_complex),
    (str, _Writer.write_str),
    (bytes, _Writer.write_bytes),
    (bytearray, _Writer.write_bytearray),
    (list, _Writer.write_list),
    (tuple, _Writer.write_tuple),
    (set, _Writer.write_set),
    (frozenset, _Writer.write_frozenset),
    (dict, _Writer.write_dict),
    (collections.deque, _Writer.write_deque),
)
_EXACT: dict[type, _Method] = {
    **dict(_BASES),
    type(None): _Writer.write_none,
    range: _Writer.write_range,
    type({}.keys()): _Writer.write_keys,
}
# Of modules that few programs import: only who has them loaded can return such a value.
_SELDOM = (
    ("decimal", "Decimal", _Writer.write_decimal),
    ("fractions", "Fraction", _Writer.write_fraction),
)


def _method_by_base(kind: type) -> _Method | None:
    for base, method in _BASES:
        if issubclass(kind, base):
            return method
    for module, name, seldom in _SELDOM:
        loaded = getattr(sys.modules.get(module), name, None)
        if isinstance(loaded, type) and issubclass(kind, loaded):
            return seldom
    return None
