"""A run's counts of every problem in one small column: what boards, lists and the matrix read of many runs.

As rows of cells, 200 runs of 164 problems are 32,800 rows, and reading them takes longer than a page may.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from evaluator.metrics.counts import IntArray
from evaluator.records import Verdict

# Rows of the stored table; its columns are the benchmark's problems by position.
ROWS = ("n", "c", *(verdict.value for verdict in Verdict))
_VERSION = 1


@dataclass(frozen=True, slots=True)
class CellCounts:
    """The counts of one cell: `position` is its problem's place in the benchmark, from 0."""

    position: int
    n: int
    c: int
    verdicts: Mapping[str, int]


def table_of(cells: Iterable[CellCounts], problems: int) -> IntArray:
    """Counts of shape (len(ROWS), problems); 0 where the run has no samples."""
    table = np.zeros((len(ROWS), problems), dtype=np.int64)
    for cell in cells:
        table[0, cell.position], table[1, cell.position] = cell.n, cell.c
        for row, name in enumerate(ROWS[2:], 2):
            table[row, cell.position] = cell.verdicts.get(name, 0)
    return table


def pack_counts(table: IntArray) -> bytes:
    """Bytes for `RunCounts.data`."""
    smallest = np.min_scalar_type(int(table.max(initial=0)))
    head = bytes([_VERSION, len(ROWS), smallest.itemsize])
    return head + zlib.compress(table.astype(f"<u{smallest.itemsize}").tobytes())


def unpack_counts(data: bytes | memoryview) -> IntArray | None:
    """The table of `pack_counts`; None where other rows were stored than are known today."""
    version, rows, size = bytes(data[:3])
    if (version, rows) != (_VERSION, len(ROWS)):
        return None
    flat = np.frombuffer(zlib.decompress(data[3:]), dtype=f"<u{size}")
    return flat.reshape(rows, -1).astype(np.int64)
