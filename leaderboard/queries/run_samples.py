"""A run's samples one by one, and its counts: few blobs are opened, whatever portion is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from evaluator.metrics.counts import IntArray
from leaderboard.cell_blob import StoredProgram, StoredSample, unpack
from leaderboard.models import Cell, Run

_COUNTED = ("pk", "programs", "status", "n", "verdict_counts")


@dataclass(frozen=True, slots=True)
class Counts:
    """Samples drawn and passed of the problems that were judged, in the benchmark's order."""

    n: IntArray
    c: IntArray


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A sample with its program; `index` is the program's place in the cell's blob. `scored`: its verdict
    stands; that of an earlier scoring is not shown while the cell is scored again."""

    task_id: str
    index: int
    sample: StoredSample
    program: StoredProgram
    asked_for: tuple[str, ...]
    scored: bool

    @property
    def verdict(self) -> str:
        judgement = self.program.judgement if self.scored else None
        return judgement.verdict.value if judgement else ""


@dataclass(frozen=True, slots=True)
class SamplePortion:
    """`count` samples in all, of which these are the wanted ones."""

    count: int
    rows: tuple[SampleRow, ...]


def counts_of_run(run: Run) -> Counts:
    """One query, no blob."""
    cells = run.cells.filter(n__gt=0).order_by("problem__position")
    table = np.array(list(cells.values_list("n", "c")), dtype=np.int64).reshape(-1, 2)
    return Counts(table[:, 0], table[:, 1])


def samples_of_run(run: Run, wanted: slice, *, task_id: str = "", verdict: str = "") -> SamplePortion:
    """Samples in the benchmark's order, and in the file's within a problem. Two queries.

    `wanted` has a start and a stop. With a verdict, only samples that have it.
    """
    cells = Cell.objects.filter(run=run).order_by("problem__position")
    if task_id:
        cells = cells.filter(problem__task_id=task_id)
    sizes = {
        pk: _size(status, n, counts, verdict) if programs else 0  # imported counts have no samples
        for pk, programs, status, n, counts in cells.values_list(*_COUNTED)
    }
    before, opened = 0, {}
    for pk, size in sizes.items():
        if size and before < wanted.stop and before + size > wanted.start:
            opened[pk] = slice(max(0, wanted.start - before), wanted.stop - before)
        before += size
    found = cells.filter(pk__in=opened).select_related("problem").only("status", "blob", "problem__task_id")
    rows = (row for cell in found for row in list(_rows(cell, verdict))[opened[cell.pk]])
    return SamplePortion(before, tuple(rows))


def _size(status: str, n: int, counts: dict[str, int], verdict: str) -> int:
    """Samples of a cell. What we failed to judge is not in n."""
    if status != Cell.Status.DONE:
        return 0 if verdict else n
    return counts.get(verdict, 0) if verdict else sum(counts.values())


def _rows(cell: Cell, verdict: str) -> Iterator[SampleRow]:
    content = unpack(cell.blob)
    scored = cell.status == Cell.Status.DONE
    for sample in content.samples:
        program = content.programs[sample.program]
        row = SampleRow(
            cell.problem.task_id, sample.program, sample, program, content.asked_for if scored else (), scored
        )
        if verdict in ("", row.verdict):
            yield row
