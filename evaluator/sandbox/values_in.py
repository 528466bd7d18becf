"""Bytes that a sample's process wrote → plain values. Hand-written, and trusting nothing.

Never pickle, never marshal: whatever the bytes say, the outcome is plain data of bounded size or
MalformedValue. Comparing the result runs no code but Python's own.
"""

from __future__ import annotations

import collections
import decimal
import fractions
import struct
from collections.abc import Callable, Iterator
from typing import Any

MAX_DEPTH = 110  # a little above what `values_out` sends
MAX_ITEMS = 200_000  # of one value, all levels together
MAX_HASHED_ITEMS = 20_000  # of one set or dict: colliding keys cost the square of their number
MAX_INT_BYTES = 1 << 18
MAX_FRACTION_BITS = 1 << 17  # reducing one costs the square of that: 40 ms
_LENGTH = struct.Struct("<I").unpack_from
_SMALL_INT = struct.Struct("<q").unpack_from
_FLOAT = struct.Struct("<d").unpack_from
_COMPLEX = struct.Struct("<dd").unpack_from


class MalformedValue(Exception):
    """The bytes are not what our own writer sends: somebody else wrote to the channel."""


class OversizedValue(Exception):
    """A well-formed value that is too large to compare."""


class Opaque:
    """Stands for something that isn't plain data. Equal to nothing; `name` is its type's name."""

    __slots__ = ("name",)
    __hash__ = object.__hash__

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return False

    def __repr__(self) -> str:
        return f"<{self.name}>"


class Drained:
    """An iterator as the program returned it: yields what it yielded, compares like any iterator."""

    __slots__ = ("complete", "items")

    def __init__(self, items: list[Any], complete: bool) -> None:
        self.items = collections.deque(items)
        self.complete = complete

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self.items:
            return self.items.popleft()
        if self.complete:
            raise StopIteration
        raise OversizedValue("the returned iterator raised an exception or did not end")

    def __repr__(self) -> str:
        return f"<iterator over {list(self.items)!r}>"


def decode(raw: bytes) -> Any:
    """The value in `raw`. Raises MalformedValue or OversizedValue."""
    reader = _Reader(raw)
    value = reader.read_value(0)
    if reader.position != len(raw):
        raise MalformedValue("bytes left over")
    return value


class _Reader:
    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.position = 0
        self.items_left = MAX_ITEMS

    def read_value(self, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise MalformedValue("nested too deeply")
        tag = self.raw[self.position : self.position + 1]
        self.position += 1
        method = _BY_TAG.get(tag)
        if method is None:
            raise MalformedValue(f"unknown tag {tag!r}")
        return method(self, depth)

    def read_fixed(self, unpack: Callable[[bytes, int], tuple[Any, ...]], size: int) -> tuple[Any, ...]:
        start = self.position
        self.position = start + size
        if self.position > len(self.raw):
            raise MalformedValue("cut short")
        return unpack(self.raw, start)

    def read_chunk(self) -> bytes:
        (length,) = self.read_fixed(_LENGTH, 4)
        start = self.position
        self.position = start + length
        if self.position > len(self.raw):
            raise MalformedValue("cut short")
        return self.raw[start : self.position]

    def read_list(self, depth: int) -> list[Any]:
        (count,) = self.read_fixed(_LENGTH, 4)
        self.items_left -= count
        if self.items_left < 0:
            raise OversizedValue(f"the value has more than {MAX_ITEMS:,} items")
        return [self.read_value(depth + 1) for _ in range(count)]

    def read_hashable(self, depth: int) -> list[Any]:
        items = self.read_list(depth)
        if len(items) > MAX_HASHED_ITEMS:
            raise OversizedValue(f"a set of more than {MAX_HASHED_ITEMS:,} items")
        return items

    def read_set(self, depth: int) -> set[Any]:
        items = self.read_hashable(depth)
        value: set[Any] = _hashed(lambda: set(items))
        return value

    def read_dict(self, depth: int) -> dict[Any, Any]:
        (count,) = self.read_fixed(_LENGTH, 4)
        self.items_left -= 2 * count
        if self.items_left < 0 or count > MAX_HASHED_ITEMS:
            raise OversizedValue(f"a dict of more than {MAX_HASHED_ITEMS:,} items")
        pairs = [(self.read_value(depth + 1), self.read_value(depth + 1)) for _ in range(count)]
        value: dict[Any, Any] = _hashed(lambda: dict(pairs))
        return value

    def read_int(self, depth: int) -> int:
        raw = self.read_chunk()
        if len(raw) > MAX_INT_BYTES:
            raise OversizedValue(f"an integer of more than {MAX_INT_BYTES:,} bytes")
        return int.from_bytes(raw, "little", signed=True)

    def read_text(self, depth: int) -> str:
        try:
            return self.read_chunk().decode("utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            raise MalformedValue("not UTF-8") from error

    def read_range(self, depth: int) -> range:
        parts = self.read_list(depth)
        if len(parts) != 3 or not all(type(part) is int for part in parts) or parts[2] == 0:
            raise MalformedValue("not a range")
        value = range(*parts)
        if value and abs(value[-1] - value[0]) // abs(value.step) >= MAX_ITEMS:
            raise OversizedValue(f"a range of more than {MAX_ITEMS:,} numbers")
        return value

    def read_fraction(self, depth: int) -> fractions.Fraction:
        parts = self.read_list(depth)
        if len(parts) != 2 or not all(type(part) is int for part in parts) or parts[1] == 0:
            raise MalformedValue("not a fraction")
        if max(part.bit_length() for part in parts) > MAX_FRACTION_BITS:
            raise OversizedValue(f"a fraction of more than {MAX_FRACTION_BITS:,} bits")
        return fractions.Fraction(*parts)

    def read_decimal(self, depth: int) -> decimal.Decimal:
        text = self.read_text(depth)
        if len(text) > 1000:
            raise OversizedValue("a decimal of more than 1,000 digits")
        try:
            value = decimal.Decimal(text)
        except decimal.InvalidOperation as error:
            raise MalformedValue("not a decimal") from error
        # Hashing 1E+999999, or comparing it with an int, would write out all its digits.
        if value.is_finite() and abs(value.adjusted()) > 1000:
            raise OversizedValue("a decimal with an exponent of more than 1,000")
        return value

    def read_drained(self, depth: int) -> Drained:
        items = self.read_list(depth)
        complete = self.read_value(depth + 1)
        if type(complete) is not bool:
            raise MalformedValue("not an iterator")
        return Drained(items, complete)


def _hashed(build: Callable[[], Any]) -> Any:
    try:
        return build()
    except TypeError as error:
        raise MalformedValue("unhashable member") from error


_BY_TAG: dict[bytes, Callable[[_Reader, int], Any]] = {
    b"N": lambda reader, depth: None,
    b"T": lambda reader, depth: True,
    b"F": lambda reader, depth: False,
    b"i": lambda reader, depth: reader.read_fixed(_SMALL_INT, 8)[0],
    b"I": _Reader.read_int,
    b"f": lambda reader, depth: reader.read_fixed(_FLOAT, 8)[0],
    b"c": lambda reader, depth: complex(*reader.read_fixed(_COMPLEX, 16)),
    b"s": _Reader.read_text,
    b"b": lambda reader, depth: reader.read_chunk(),
    b"y": lambda reader, depth: bytearray(reader.read_chunk()),
    b"l": _Reader.read_list,
    b"t": lambda reader, depth: tuple(reader.read_list(depth)),
    b"S": _Reader.read_set,
    b"Z": lambda reader, depth: frozenset(reader.read_set(depth)),
    b"d": _Reader.read_dict,
    b"K": lambda reader, depth: _hashed(lambda: dict.fromkeys(reader.read_hashable(depth)).keys()),
    b"q": lambda reader, depth: collections.deque(reader.read_list(depth)),
    b"r": _Reader.read_range,
    b"R": _Reader.read_fraction,
    b"D": _Reader.read_decimal,
    b"g": _Reader.read_drained,
    b"x": lambda reader, depth: Opaque(reader.read_text(depth)),
}
