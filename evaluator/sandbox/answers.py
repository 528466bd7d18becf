"""What programs sent, in memory that no fork inherits: a program can't look for another one's answers."""

from __future__ import annotations

import os

CHUNK = 1 << 16  # bytes that are read at once


class Answers:
    """A buffer for the frames of one program at a time. Nothing of them ever lies on the heap."""

    def __init__(self, size: int) -> None:
        import mmap  # only here: a library more in the zygote is five more mappings to copy per fork

        self._map = mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self._map.madvise(mmap.MADV_DONTFORK)
        self._view = memoryview(self._map)
        self._filled = 0

    def is_full(self) -> bool:
        return self._filled == len(self._view)

    def read_from(self, channel: int, most: int = CHUNK) -> int:
        """Bytes read, 0 at the end. Raises BlockingIOError where there is nothing to read (yet)."""
        count = os.readv(channel, [self._view[self._filled : self._filled + most]])
        self._filled += count
        return count

    def take(self) -> memoryview:
        """All that was read. Valid until the next read; the buffer counts as empty again."""
        filled = self._view[: self._filled]
        self._filled = 0
        return filled
