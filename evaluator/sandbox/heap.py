"""Fills the gaps of a warm heap, so that what is allocated after a fork lies together.

An interpreter that has imported and freed a lot hands out the holes that this left, one on each page, and
after a fork every page that is written to is copied first. With the holes taken, new objects begin on pages
of their own. Nothing depends on it but speed.
"""

from __future__ import annotations

import ctypes

_LARGEST_SMALL = 512  # bytes; above, CPython asks malloc
_STEP = 16
_LARGEST_GAP = 1 << 13  # bytes, of malloc's
_SMALLEST_GAP = 24
_IN_A_ROW = 5  # blocks side by side: these were never used before
_PATIENCE = 20_000  # blocks, should this allocator work otherwise


def fill_gaps() -> list[object]:
    """What fills them, to be kept for as long as the process forks."""
    _fill_malloc()
    return [block for size in range(_STEP, _LARGEST_SMALL + 1, _STEP) for block in _fill_pools(size)]


def _fill_pools(size: int) -> list[object]:
    """Objects of this size, until they come from a fresh page of it."""
    blocks: list[object] = []
    row = before = 0
    while row < _IN_A_ROW and len(blocks) < _PATIENCE:
        blocks.append(_block(size))
        address = id(blocks[-1])
        row = row + 1 if address == before + size else 0
        before = address
    return blocks


def _block(size: int) -> object:
    if size < 48:
        return object() if size == 16 else float("1.5")
    return bytes(size - 33)  # with its header


def _fill_malloc() -> None:
    """Take every gap that is as large as a size, for smaller and smaller sizes; never given back."""
    malloc = ctypes.PyDLL(None).malloc
    malloc.restype = ctypes.c_size_t
    malloc.argtypes = [ctypes.c_size_t]
    size = _LARGEST_GAP
    end = malloc(size)
    for _ in range(_PATIENCE):
        address = malloc(size)
        if address > end:  # it came from the end of the heap: no such gap is left
            end = address
            size -= max(_STEP, size // 16)
            if size < _SMALLEST_GAP:
                return
