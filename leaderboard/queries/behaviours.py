"""One problem in all runs: how each fares on it, and which failures they share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from evaluator.records import Verdict
from leaderboard.behaviour import Behaviour, pack_behaviours, unpack_behaviours
from leaderboard.cell_blob import unpack
from leaderboard.models import Cell, Problem
from leaderboard.queries.failures import FailureGroup, groups_of
from leaderboard.queries.problems import measured_runs
from leaderboard.queries.visibility import Reader
from leaderboard.verdict_words import FAILURES

# Blobs that one page opens to say how failures look; failures that none of them has keep their verdict.
OPENED_BLOBS = 12


@dataclass(frozen=True, slots=True)
class RunOnProblem:
    """One scored run on one problem. `behaviours` are its failures, the most frequent first."""

    run_id: int
    model_id: int
    model: str
    temperature: float | None
    synthetic: bool
    n: int
    c: int
    verdicts: Mapping[str, int]
    behaviours: Sequence[Behaviour]

    @property
    def rate(self) -> float:
        return self.c / self.n

    @property
    def verdict(self) -> str:
        """The most frequent verdict but `passed`; empty where nothing failed."""
        failed = [name for name in FAILURES if self.verdicts.get(name)]
        return max(failed, key=lambda name: self.verdicts[name], default="")


@dataclass(frozen=True, slots=True)
class SharedFailure:
    """A failure that samples of one or more runs have in common; the runs with most such samples first."""

    key: int
    verdict: Verdict
    samples: int
    models: int
    runs: tuple[tuple[RunOnProblem, int], ...]


def runs_on(problem: Problem, reader: Reader) -> list[RunOnProblem]:
    """Every measured run with samples of this problem, the best first.

    One query; another one that opens blobs where cells were scored before behaviours were stored.
    """
    # All cells of a scored run are done. To ask for that, or for n, sends SQLite through every done cell.
    cells = Cell.objects.filter(problem=problem, run__in=measured_runs(problem.benchmark_id, reader))
    model = ("run__model_id", "run__model__name", "run__temperature", "run__synthetic")
    columns = ("pk", "behaviours", "run_id", *model, "n", "c", "verdict_counts")
    rows = [row for row in cells.values_list(*columns) if row[columns.index("n")]]
    known = {pk: unpack_behaviours(packed) for pk, packed, *_ in rows}
    known |= _from_blobs([pk for pk, found in known.items() if found is None])
    return sorted(
        (RunOnProblem(*row[2:], known[row[0]] or []) for row in rows),
        key=lambda row: (-row.rate, row.model.casefold(), row.run_id),
    )


def shared_failures(rows: Iterable[RunOnProblem]) -> dict[int, SharedFailure]:
    """Every failure by its key: those of most models first, then those of most samples."""
    found: dict[int, list[tuple[RunOnProblem, Behaviour]]] = defaultdict(list)
    for row in rows:
        for behaviour in row.behaviours:
            found[behaviour.key].append((row, behaviour))
    failures = [_shared(key, having) for key, having in found.items()]
    failures.sort(key=lambda failure: (-failure.models, -failure.samples, failure.key))
    return {failure.key: failure for failure in failures}


def examples(
    problem: Problem, rows: Sequence[RunOnProblem], keys: Collection[int]
) -> dict[int, FailureGroup]:
    """How these failures look, of as many of them as OPENED_BLOBS cells hold. One query."""
    chosen = _covering(rows, keys)
    cells = Cell.objects.filter(problem=problem, run__in=chosen).only("blob", "status")
    groups = (group for cell in cells for group in groups_of(cell, keys))
    return {group.key: group for group in groups}


def _covering(rows: Sequence[RunOnProblem], keys: Collection[int]) -> list[int]:
    """Ids of few runs that together have these failures: the first keys first."""
    holders = {row.run_id: {behaviour.key for behaviour in row.behaviours} for row in rows}
    seen: set[int] = set()
    chosen: list[int] = []
    for key in keys:
        if key in seen or len(chosen) >= OPENED_BLOBS:
            continue
        having = [run_id for run_id, held in holders.items() if key in held]
        best = max(having, key=lambda run_id: len(holders[run_id].intersection(keys)), default=None)
        if best is not None:
            chosen.append(best)
            seen |= holders[best]
    return chosen


def _shared(key: int, having: list[tuple[RunOnProblem, Behaviour]]) -> SharedFailure:
    having.sort(key=lambda pair: (-pair[1].samples, pair[0].run_id))
    return SharedFailure(
        key=key,
        verdict=having[0][1].verdict,
        samples=sum(behaviour.samples for _, behaviour in having),
        models=len({row.model_id for row, _ in having}),
        runs=tuple((row, behaviour.samples) for row, behaviour in having),
    )


def _from_blobs(cell_ids: Sequence[int]) -> dict[int, list[Behaviour] | None]:
    if not cell_ids:
        return {}
    blobs = Cell.objects.filter(pk__in=cell_ids).values_list("pk", "blob")
    return {pk: unpack_behaviours(pack_behaviours(unpack(blob))) for pk, blob in blobs}
