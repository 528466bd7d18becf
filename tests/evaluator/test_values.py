"""Values on their way out of the sandbox: what is sent arrives, and what is no value harms nobody."""

from __future__ import annotations

import collections
import decimal
import fractions
import itertools
import math
import struct
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.attempt import Attempt, read_raised
from evaluator.check import Check
from evaluator.sandbox import wire
from evaluator.sandbox.values_in import Drained, MalformedValue, Opaque, OversizedValue, decode
from evaluator.sandbox.values_out import TooLarge, encode
from tests.attack_files import PROBLEM

LIMIT = 1 << 20
TAGS = b"NTFiIfcsbyltSZdKqrRDgx"

numbers = (
    st.integers()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False)
    | st.fractions()
    | st.decimals(allow_nan=False, places=3)
)
texts = st.text(st.characters()) | st.binary()
hashable = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=4),
    max_leaves=8,
)
plain = st.recursive(
    hashable | st.builds(bytearray, st.binary()) | st.builds(range, st.integers(0, 99), st.integers(0, 99)),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.builds(tuple, st.lists(inner, max_size=5))
        | st.builds(collections.deque, st.lists(inner, max_size=5))
        | st.sets(hashable, max_size=5)
        | st.dictionaries(hashable, inner, max_size=5)
    ),
    max_leaves=20,
)


@given(plain)
@settings(max_examples=150, deadline=None)
def test_plain_values_arrive_as_they_are(value: Any) -> None:
    arrived = decode(encode(value, LIMIT))
    assert arrived == value
    assert type(arrived) is type(value)


@given(st.floats())
def test_floats_arrive_bit_by_bit(value: float) -> None:
    arrived = decode(encode(value, LIMIT))
    assert struct.pack("<d", arrived) == struct.pack("<d", value) or math.isnan(arrived) == math.isnan(value)


@given(st.characters(categories=["Cs"]))
def test_lone_surrogates_arrive(text: str) -> None:
    assert decode(encode(text, LIMIT)) == text


def refused_or_plain(raw: bytes) -> None:
    try:
        decode(raw)
    except (MalformedValue, OversizedValue):
        return


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_value_or_refused(raw: bytes) -> None:
    refused_or_plain(raw)


pieces = st.sampled_from([bytes([tag]) for tag in TAGS]) | st.builds(
    lambda tag, length, rest: bytes([tag]) + struct.pack("<I", length) + rest,
    st.sampled_from(TAGS),
    st.integers(0, 6) | st.integers(0, 2**32 - 1),
    st.binary(max_size=12),
)


@given(st.lists(pieces, max_size=30).map(b"".join))
@settings(max_examples=100, deadline=None)
def test_bytes_that_look_like_values_are_values_or_refused(raw: bytes) -> None:
    refused_or_plain(raw)


@given(plain, st.data())
@settings(max_examples=100, deadline=None)
def test_a_changed_byte_is_another_value_or_refused(value: Any, data: st.DataObject) -> None:
    raw = bytearray(encode(value, LIMIT))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] = data.draw(st.integers(0, 255))
    refused_or_plain(bytes(raw))


def collision(count: int) -> bytes:
    """A set of integers that all have the same hash."""
    prime = (1 << 61) - 1
    members = [(number * prime).to_bytes(10, "little") for number in range(count)]
    items = b"".join(b"I" + struct.pack("<I", 10) + member for member in members)
    return b"S" + struct.pack("<I", count) + items


@pytest.mark.parametrize(
    "raw",
    [
        b"l" + b"\xff\xff\xff\xff",
        b"s" + b"\xff\xff\xff\xff",
        b"l\x01\0\0\0" * 100_000,
        (b"l\xff\x00\0\0" * 50) + b"N" * 1000,
        b"I" + struct.pack("<I", 1 << 20) + b"\x7f" * (1 << 20),
        b"D" + struct.pack("<I", 12) + b"1E+999999999",
        b"r\x03\0\0\0i"
        + struct.pack("<q", 0)
        + b"i"
        + struct.pack("<q", 1 << 62)
        + b"i"
        + struct.pack("<q", 1),
        b"r\x03\0\0\0TTF",
        b"R\x02\0\0\0i" + bytes(8) + b"i" + bytes(8),
        b"R\x02\0\0\0" + (b"I" + struct.pack("<I", 1 << 18) + bytes(1 << 17) + b"\x55" * (1 << 17)) * 2,
        b"g\x00\0\0\0N",
        b"S\x01\0\0\0l\0\0\0\0",
        b"d\x01\0\0\0l\0\0\0\0N",
        collision(20_001),
    ],
    ids=range(14),
)
def test_bombs_are_refused_at_once(raw: bytes) -> None:
    started = time.process_time()
    with pytest.raises((MalformedValue, OversizedValue)):
        decode(raw)
    assert time.process_time() - started < 0.5


def test_collisions_cost_no_more_than_the_judge_allows() -> None:
    started = time.process_time()
    assert len(decode(collision(5_000))) == 5_000
    assert time.process_time() - started < 5


class Number(int):
    def __index__(self) -> int:
        raise AssertionError("the program's own code ran")

    __int__ = __str__ = __repr__ = __index__  # type: ignore[assignment]


class Items(list[Any]):
    def __iter__(self) -> Any:
        raise AssertionError("the program's own code ran")

    def __len__(self) -> int:
        raise AssertionError("the program's own code ran")


def test_subclasses_of_plain_types_are_read_past_their_own_methods() -> None:
    assert decode(encode(Items([Number(7)]), LIMIT)) == [7]
    pair = collections.namedtuple("pair", "a b")(1, 2)
    assert decode(encode(pair, LIMIT)) == (1, 2)
    assert decode(encode(collections.Counter("aab"), LIMIT)) == {"a": 2, "b": 1}


def test_what_is_not_plain_is_equal_to_nothing() -> None:
    arrived = decode(encode([object(), Exception, print], LIMIT))
    assert [type(item) for item in arrived] == [Opaque] * 3
    assert arrived[0] != arrived[0].name
    assert not arrived[0] == arrived[0]  # noqa: SIM201  the comparison that a test makes
    assert repr(arrived[1]) == "<type>"


def test_an_iterator_yields_what_it_yielded_and_equals_no_list() -> None:
    arrived = decode(encode(iter([1, 2]), LIMIT))
    assert isinstance(arrived, Drained)
    assert arrived != [1, 2]
    assert list(arrived) == [1, 2]
    assert list(arrived) == []


def test_an_iterator_that_breaks_off_can_not_pass_for_complete() -> None:
    def breaks_off() -> Any:
        yield 1
        raise ValueError

    with pytest.raises(OversizedValue):
        list(decode(encode(breaks_off(), LIMIT)))


def test_values_beyond_the_limit_are_not_sent() -> None:
    for value in ("x" * 2000, [1] * 1000, 1 << 20_000, bytes(2000)):
        with pytest.raises(TooLarge):
            encode(value, 1000)


def test_values_that_hold_themselves_come_to_an_end() -> None:
    chain: list[Any] = []
    chain.append(chain)
    arrived = decode(encode(chain, LIMIT))
    depth = 0
    while isinstance(arrived, list):
        arrived, depth = arrived[0], depth + 1
    assert isinstance(arrived, Opaque)
    assert depth > 50


@given(st.fractions() | st.decimals(allow_nan=False, allow_infinity=False, places=2))
def test_exact_numbers_stay_exact(value: fractions.Fraction | decimal.Decimal) -> None:
    assert decode(encode(value, LIMIT)) == value


CHECK = Check(PROBLEM)
FRAMES = b"".join(
    wire.FRAME.pack(kind, len(payload)) + payload
    for kind, payload in (
        (wire.LOADED, b""),
        (wire.VALUE, encode(730158442, LIMIT)),
        (wire.VALUE, encode("qV7-xd0", LIMIT)),
        (wire.RAISED, encode(("ValueError", "no", None, [(1, "solve")]), LIMIT)),
        (wire.DONE, b""),
    )
)


@given(st.lists(st.integers(0, len(FRAMES)), max_size=8))
def test_frames_may_come_cut_anywhere(cuts: list[int]) -> None:
    attempt = Attempt(CHECK, CHECK.calls)
    edges = [0, *sorted(cuts), len(FRAMES)]
    for start, end in itertools.pairwise(edges):
        attempt.feed(FRAMES[start:end])
    assert [kind for kind, _ in attempt.outcomes] == [wire.VALUE, wire.VALUE, wire.RAISED]
    assert attempt.loaded
    assert attempt.done
    assert not attempt.malformed
    assert not attempt.pending
    assert read_raised(attempt.outcomes[2][1]).message == "no"


@given(st.lists(st.binary(max_size=40), max_size=6))
@settings(deadline=None)
def test_any_frames_are_taken_in_or_marked(chunks: list[bytes]) -> None:
    attempt = Attempt(CHECK, CHECK.calls)
    for chunk in chunks:
        attempt.feed(chunk)
    assert len(attempt.outcomes) <= len(CHECK.calls)
    read_raised(b"".join(chunks))


@pytest.mark.parametrize(
    "kinds",
    [b"v", b"ll", b"d", b"ldv", b"ldd", b"lvvvv", b"lm", b"lc", b"cl", b"ml", b"cm", b"z", b"le" + b"v" * 3],
)
def test_frames_in_another_order_than_ours_are_marked(kinds: bytes) -> None:
    attempt = Attempt(CHECK, CHECK.calls)
    attempt.feed(b"".join(wire.FRAME.pack(bytes([kind]), 1) + b"N" for kind in kinds))
    assert attempt.malformed
