"""Problems across runs: how hard each is, who solves it, and how its samples end. No blob is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from leaderboard.models import Benchmark, Problem, Run
from leaderboard.queries.counts import CountedRun, CountTable
from leaderboard.queries.items import Item, items_of
from leaderboard.queries.visibility import Reader, listed_runs

_SETTING = ("temperature", "synthetic")


@dataclass(frozen=True, slots=True)
class ProblemSummary:
    """One problem over the measured runs.

    `solved` counts the runs of which a sample passes; `alone` names the model where all of them are of one.
    """

    problem: Problem
    runs: int
    solved: int
    alone: str
    verdicts: Mapping[str, int]
    item: Item

    @property
    def lines(self) -> int:
        """Lines of the reference solution that are not blank."""
        return sum(bool(line.strip()) for line in self.problem.canonical_solution.splitlines())


def measured_runs(benchmark: Benchmark | int, reader: Reader) -> QuerySet[Run]:
    """The scored runs with samples that this reader's pages count: not published ones, nor imported ones."""
    runs = listed_runs(reader).filter(benchmark=benchmark, status=Run.Status.DONE)
    return runs.exclude(source=Run.Source.PUBLISHED).filter(verdicts_from=Run.VerdictsFrom.MEASURED)


def counted_runs(benchmark: Benchmark, reader: Reader) -> list[CountedRun]:
    """The same, oldest first. One query."""
    runs = measured_runs(benchmark, reader).order_by("pk")
    return [CountedRun(*row) for row in runs.values_list("pk", "model_id", "model__name", *_SETTING)]


def problems_of(benchmark: Benchmark) -> list[Problem]:
    """All problems in the benchmark's order, without their tests."""
    return list(Problem.objects.filter(benchmark=benchmark).order_by("position").defer("test"))


def problem_summaries(problems: Sequence[Problem], table: CountTable) -> list[ProblemSummary]:
    """Every problem over the runs of this table."""
    items = items_of(problems, table)
    runs, solved = (table.n > 0).sum(axis=0).tolist(), (table.c > 0).sum(axis=0).tolist()
    alone, verdicts = table.alone, table.verdicts
    return [
        ProblemSummary(problem, runs[place], solved[place], alone[place], verdicts[place], items[place])
        for problem in problems
        for place in [problem.position]
    ]


def problem_by_task_id(benchmark: Benchmark, task_id: str) -> Problem | None:
    return Problem.objects.filter(benchmark=benchmark, task_id=task_id).first()


def neighbours(problem: Problem) -> tuple[str | None, str | None]:
    """Task ids of the problem before and after this one."""
    around = Problem.objects.filter(
        benchmark=problem.benchmark_id, position__in=(problem.position - 1, problem.position + 1)
    )
    places = dict(around.values_list("position", "task_id"))
    return places.get(problem.position - 1), places.get(problem.position + 1)
