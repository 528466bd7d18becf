"""A run's counts of every problem in one small column: what boards, lists and the matrix read of many runs.

As rows of cells, 200 runs of 164 problems are 32,800 rows, and reading them takes longer than a page may.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluator.records import Verdict
from leaderboard.behaviour import unpack_behaviours

KeyArray = NDArray[np.uint64]
SmallArray = NDArray[np.integer[Any]]

# Rows of the table of counts; its columns are the benchmark's problems by position.
ROWS = ("n", "c", *(verdict.value for verdict in Verdict))
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of one run, by problem position; 0 where it has no samples.

    `table` has the shape (len(ROWS), problems). `wrong` is the behaviour of its most frequent wrong answer
    to each problem (0: none, or not known), `agreeing` how many samples gave it, each of shape (problems,).
    """

    table: SmallArray
    wrong: KeyArray
    agreeing: SmallArray


def counts_of(cells: Iterable[Mapping[str, Any]]) -> Counts:
    """From a run's cells: `problem__position`, `n`, `c`, `verdict_counts` and `behaviours` of each."""
    rows = list(cells)
    problems = max((cell["problem__position"] + 1 for cell in rows), default=0)
    counts = empty_counts(problems)
    for cell in rows:
        place, verdicts = cell["problem__position"], cell["verdict_counts"]
        counts.table[:, place] = [cell["n"], cell["c"], *(verdicts.get(name, 0) for name in ROWS[2:])]
        counts.wrong[place], counts.agreeing[place] = _commonest_wrong(cell["behaviours"])
    return counts


def empty_counts(problems: int) -> Counts:
    """A run without samples."""
    table = np.zeros((len(ROWS), problems), dtype=np.int64)
    return Counts(table, np.zeros(problems, dtype=np.uint64), np.zeros(problems, dtype=np.int64))


def pack_counts(counts: Counts) -> bytes:
    """Bytes for `RunCounts.data`."""
    table = np.vstack([counts.table, counts.agreeing])
    smallest = np.min_scalar_type(int(table.max(initial=0)))
    head = bytes([_VERSION, len(table), smallest.itemsize])
    body = counts.wrong.astype("<u8").tobytes() + table.astype(f"<u{smallest.itemsize}").tobytes()
    return head + zlib.compress(body)


def unpack_counts(data: bytes | memoryview) -> Counts | None:
    """The counts of `pack_counts`, not to be written to; None where other rows were stored than are known
    today. Its arrays have the smallest type that holds them."""
    return _unpacked(bytes(data))


@lru_cache(maxsize=512)  # about 2 kB each
def _unpacked(data: bytes) -> Counts | None:
    version, rows, size = data[:3]
    if (version, rows) != (_VERSION, len(ROWS) + 1):
        return None
    body = zlib.decompress(data[3:])
    problems = len(body) // (8 + rows * size)
    wrong = np.frombuffer(body, dtype="<u8", count=problems)
    table = np.frombuffer(body, dtype=f"<u{size}", offset=8 * problems).reshape(rows, problems)
    return Counts(table[:-1], wrong, table[-1])


def _commonest_wrong(packed: bytes | memoryview | None) -> tuple[int, int]:
    for found in unpack_behaviours(packed) or ():
        if found.verdict is Verdict.WRONG_ANSWER:
            return found.key, found.samples
    return 0, 0
