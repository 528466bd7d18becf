"""Runs beside each other on the problems that all of them have. Counts alone: no blob is opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from django.db.models import Q

from evaluator.metrics import Estimate, estimates
from evaluator.metrics.counts import FloatArray, IntArray
from leaderboard.models import Cell, Problem, Run
from leaderboard.queries.visibility import Reader, listed_runs, visible_runs
from leaderboard.run_links import settle

MOST_RUNS = 6
# Runs that the chooser offers at once: more are found by typing.
OFFERED = 12
# Resampling takes milliseconds per run, and the same pages are looked at again.
_REMEMBERED_RUNS = 512


@dataclass(frozen=True, slots=True)
class SharedProblem:
    """A problem that every compared run has samples of."""

    task_id: str
    position: int


@dataclass(frozen=True)
class Comparison:
    """Counts of the shared problems, in the benchmark's order; arrays have the shape (runs, problems)."""

    runs: tuple[Run, ...]
    problems: tuple[SharedProblem, ...]
    n: IntArray
    c: IntArray
    flagged: IntArray
    passed_flagged: IntArray
    verdicts: tuple[Mapping[str, int], ...]  # of each run, over the shared problems
    left_out: tuple[int, ...]  # scored problems of each run that not all others have

    @property
    def rates(self) -> FloatArray:
        """c / n, shape (runs, problems)."""
        return np.asarray(self.c / self.n, dtype=np.float64)

    @property
    def n_min(self) -> int:
        """The largest k of which every shared problem has an estimate in every run."""
        return int(self.n.min()) if self.n.size else 0

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where each problem stands in the arrays, by task id."""
        return {problem.task_id: place for place, problem in enumerate(self.problems)}


@dataclass(frozen=True, slots=True)
class _Count:
    problem: SharedProblem
    n: int
    c: int
    flagged: int
    passed_flagged: int
    verdicts: Mapping[str, int]


def chosen_runs(ids: Sequence[int], reader: Reader) -> list[Run]:
    """These runs in this order, as far as a link opens them for this reader. One query."""
    runs = visible_runs(reader).filter(pk__in=ids).select_related("model", "benchmark", "owner")
    found = {run.pk: run for run in runs}
    for run in found.values():
        settle(run)
    return [found[pk] for pk in ids if pk in found]


def comparable(run: Run) -> bool:
    """Whether the run has verdicts of its own to compare: scored here, with samples."""
    return bool(run.status == Run.Status.DONE and run.source != Run.Source.PUBLISHED)


def comparison(runs: Sequence[Run]) -> Comparison:
    """Comparable runs on their shared problems. One query; another where their benchmarks differ.

    Runs of two versions of a benchmark share the problems whose prompt, tests and reference are equal.
    A problem none of whose samples could be judged counts as missing.
    """
    tables = _tables(runs)
    shared = set.intersection(*(set(table) for table in tables)) if tables else set()
    first = tables[0] if tables else {}
    keys = [key for key in first if key in shared]
    rows = [[table[key] for key in keys] for table in tables]
    return Comparison(
        runs=tuple(runs),
        problems=tuple(first[key].problem for key in keys),
        n=_array([[count.n for count in row] for row in rows]),
        c=_array([[count.c for count in row] for row in rows]),
        flagged=_array([[count.flagged for count in row] for row in rows]),
        passed_flagged=_array([[count.passed_flagged for count in row] for row in rows]),
        verdicts=tuple(_summed([count.verdicts for count in row]) for row in rows),
        left_out=tuple(len(table) - len(keys) for table in tables),
    )


def run_estimates(n: IntArray, c: IntArray, ks: tuple[int, ...]) -> list[Estimate]:
    """pass@k with intervals of one run's shared problems, remembered by its counts."""
    return _remembered(n.tobytes(), c.tobytes(), ks)


@lru_cache(maxsize=_REMEMBERED_RUNS)
def _remembered(n: bytes, c: bytes, ks: tuple[int, ...]) -> list[Estimate]:
    """The resampling is seeded: the same counts have the same intervals."""
    return estimates(np.frombuffer(n, dtype=np.int64), np.frombuffer(c, dtype=np.int64), ks)


def offered_runs(chosen: Sequence[Run], text: str, reader: Reader) -> list[Run]:
    """Runs that can be added: of the same benchmark where one is chosen, whose model holds the text."""
    runs = listed_runs(reader).filter(status=Run.Status.DONE).exclude(source=Run.Source.PUBLISHED)
    runs = runs.exclude(pk__in=[run.pk for run in chosen]).select_related("model", "benchmark")
    if chosen:
        runs = runs.filter(benchmark__slug=chosen[0].benchmark.slug)
    for word in text.split():
        runs = runs.filter(_holds(word))
    return list(runs.order_by("-finished_at", "-pk")[:OFFERED])


def _holds(word: str) -> Q:
    names = Q(model__name__icontains=word) | Q(model__organisation__icontains=word)
    number = word.removeprefix("#")
    return names | Q(pk=int(number)) if number.isdecimal() and len(number) < 10 else names


def _tables(runs: Sequence[Run]) -> list[dict[object, _Count]]:
    """Counts of each run by what identifies a problem among these runs, in the benchmark's order."""
    # The cells of a scored run are all done. Asking for it, too, leads SQLite to its index of status, and
    # through the cells of the whole site.
    cells = Cell.objects.filter(run__in=runs, n__gt=0)
    columns = ("run_id", "problem_id", "problem__task_id", "problem__position")
    counts = ("n", "c", "flagged", "passed_flagged", "verdict_counts")
    identity = _identities(runs)
    tables: dict[int, dict[object, _Count]] = {run.pk: {} for run in runs}
    rows = cells.values_list(*columns, *counts).order_by("problem__position")
    for run_id, problem_id, task_id, position, *numbers in rows:
        key = identity.get(problem_id, problem_id)
        tables[run_id][key] = _Count(SharedProblem(task_id, position), *numbers)
    return list(tables.values())


def _identities(runs: Sequence[Run]) -> dict[int, object]:
    """A problem's content by its id, where the runs are of several benchmarks; empty where of one."""
    benchmarks = {run.benchmark_id for run in runs}
    if len(benchmarks) < 2:
        return {}
    problems = Problem.objects.filter(benchmark__in=benchmarks)
    return {problem.pk: problem.record().content_hash for problem in problems}


def _array(rows: Sequence[Sequence[int]]) -> IntArray:
    return np.array(rows, dtype=np.int64).reshape(len(rows), len(rows[0]) if rows else 0)


def _summed(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return dict(total)
