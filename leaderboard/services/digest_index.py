"""Numbers for what was seen before: a dict of digests in a fifth of its memory.

A file may hold millions of distinct programs. A dict with a key and a number for each takes 150 bytes of
every one; these are bytes in two arrays: 20 of the digest, and 6 to 12 of the table that finds it.
"""

from __future__ import annotations

from array import array
from hashlib import blake2b

DIGEST_BYTES = 20  # 160 bits: nobody makes two programs that are taken for one
_FIRST_SLOTS = 64


def digest_of(key: str) -> bytes:
    """What `DigestIndex` takes."""
    return blake2b(key.encode(), digest_size=DIGEST_BYTES).digest()


class DigestIndex:
    """Numbers digests from 0 on, in the order in which they come first. `len()` is how many it knows."""

    __slots__ = ("_count", "_digests", "_slots")

    def __init__(self) -> None:
        self._digests = bytearray()
        self._slots = array("I", bytes(4 * _FIRST_SLOTS))  # number + 1, 0 where a slot is free
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def number(self, digest: bytes) -> int:
        """The number of this digest; `len()` as it was before, if it is new."""
        slot = self._slot_of(digest)
        if self._slots[slot]:
            return self._slots[slot] - 1
        self._digests += digest
        self._count += 1
        self._slots[slot] = self._count
        if self._count * 3 > len(self._slots) * 2:
            self._grow()
        return self._count - 1

    def _slot_of(self, digest: bytes) -> int:
        """Where it is, or where it would be put: the first free slot from its own on."""
        slots, digests, mask = self._slots, self._digests, len(self._slots) - 1
        slot = int.from_bytes(digest[:8], "little") & mask
        while found := slots[slot]:
            start = (found - 1) * DIGEST_BYTES
            if digests[start : start + DIGEST_BYTES] == digest:
                return slot
            slot = (slot + 1) & mask
        return slot

    def _grow(self) -> None:
        slots = array("I", bytes(4 * 2 * len(self._slots)))
        mask = len(slots) - 1
        for number in range(self._count):
            start = number * DIGEST_BYTES
            slot = int.from_bytes(self._digests[start : start + 8], "little") & mask
            while slots[slot]:
                slot = (slot + 1) & mask
            slots[slot] = number + 1
        self._slots = slots
