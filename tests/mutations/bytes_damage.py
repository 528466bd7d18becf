"""Damage that knows nothing of what the bytes mean."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

Damage = Callable[[bytes, Random], bytes]

_ODD_BYTES = (
    b"\x00",
    b"\x00" * 64,
    b"\xff\xfe",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\x1a",
    b"\r",
    b"\n\n\n",
    b"\\",
    b'"',
    b"{",
    b"}",
    b"\xe2\x80\xa8",
    b"\x1f\x8b",
    b"PK\x03\x04",
)
_MARKS = (
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\x00\x00\xfe\xff",
    b"+/v8",
    b"\xef\xbb\xbf\xef\xbb\xbf",
)


def flip_bits(content: bytes, rng: Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        if damaged:
            damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def truncate(content: bytes, rng: Random) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def behead(content: bytes, rng: Random) -> bytes:
    return content[rng.randrange(len(content) + 1) :]


def cut_out(content: bytes, rng: Random) -> bytes:
    start, end = _span(content, rng)
    return content[:start] + content[end:]


def repeat(content: bytes, rng: Random) -> bytes:
    start, end = _span(content, rng)
    return content[:end] + content[start:end] * rng.choice((1, 1, 2, 20)) + content[end:]


def shuffle(content: bytes, rng: Random) -> bytes:
    start, end = _span(content, rng)
    target = rng.randrange(len(content) + 1)
    return content[:target] + content[start:end] + content[target:]


def insert_odd_bytes(content: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(content) + 1)
    return content[:at] + rng.choice(_ODD_BYTES) + content[at:]


def insert_noise(content: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(content) + 1)
    return content[:at] + rng.randbytes(rng.choice((1, 16, 1000))) + content[at:]


def mark_byte_order(content: bytes, rng: Random) -> bytes:
    return rng.choice(_MARKS) + content


def recode(content: bytes, rng: Random) -> bytes:
    encoding = rng.choice(("utf-16", "utf-16-le", "utf-32", "utf-7", "cp500"))
    return content.decode("utf-8", "replace").encode(encoding, "replace")


def change_line_ends(content: bytes, rng: Random) -> bytes:
    return content.replace(b"\n", rng.choice((b"\r\n", b"\r", b"", b"\n\n", b",\n", b"\x0b", b"\xc2\x85")))


def empty(content: bytes, rng: Random) -> bytes:
    return rng.choice((b"", b"", b"\n", b" ", b"[]", b"{}", b"null", b"[[]]", b"0", b'""', b"\x00" * 1000))


def _span(content: bytes, rng: Random) -> tuple[int, int]:
    start, end = sorted(rng.randrange(len(content) + 1) for _ in range(2))
    return start, min(end, start + 4000)


BYTES: tuple[Damage, ...] = (
    flip_bits,
    flip_bits,
    truncate,
    truncate,
    behead,
    cut_out,
    repeat,
    shuffle,
    insert_odd_bytes,
    insert_odd_bytes,
    insert_noise,
    mark_byte_order,
    recode,
    change_line_ends,
    empty,
)
