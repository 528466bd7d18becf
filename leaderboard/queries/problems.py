"""Problems across runs: how hard each is, who solves it, and how its samples end. No blob is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from leaderboard.models import Benchmark, Problem, Run
from leaderboard.queries.counts import CountTable
from leaderboard.queries.items import Item, items_of
from leaderboard.queries.visibility import Reader, listed_runs


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
    """The scored runs with samples that this reader's pages count."""
    runs = listed_runs(reader).filter(benchmark=benchmark, status=Run.Status.DONE)
    return runs.exclude(source=Run.Source.PUBLISHED)


def counted_runs(benchmark: Benchmark, reader: Reader) -> list[Run]:
    """The same with their models, oldest first, without what lists don't read. One query."""
    runs = measured_runs(benchmark, reader).select_related("model")
    wanted = ("benchmark", "synthetic", "temperature", "figures", "model__name", "model__slug")
    return list(runs.only(*wanted).order_by("pk"))


def problems_of(benchmark: Benchmark) -> list[Problem]:
    """All problems in the benchmark's order, without their tests."""
    return list(Problem.objects.filter(benchmark=benchmark).order_by("position").defer("test"))


def problem_summaries(problems: Sequence[Problem], table: CountTable) -> list[ProblemSummary]:
    """Every problem over the runs of this table."""
    items = items_of(problems, table)
    return [_summary(problem, table, items[problem.position]) for problem in problems]


def problem_by_task_id(benchmark: Benchmark, task_id: str) -> Problem | None:
    return Problem.objects.filter(benchmark=benchmark, task_id=task_id).first()


def neighbours(problem: Problem) -> tuple[str | None, str | None]:
    """Task ids of the problem before and after this one."""
    around = Problem.objects.filter(
        benchmark=problem.benchmark_id, position__in=(problem.position - 1, problem.position + 1)
    )
    places = dict(around.values_list("position", "task_id"))
    return places.get(problem.position - 1), places.get(problem.position + 1)


def _summary(problem: Problem, table: CountTable, item: Item) -> ProblemSummary:
    solving = table.c[:, problem.position] > 0
    solvers = (run for run, solves in zip(table.runs, solving.tolist(), strict=True) if solves)
    models = {run.model_id: run.model.name for run in solvers}
    return ProblemSummary(
        problem=problem,
        runs=int((table.n[:, problem.position] > 0).sum()),
        solved=int(solving.sum()),
        alone=next(iter(models.values())) if len(models) == 1 else "",
        verdicts=table.verdicts(problem.position),
        item=item,
    )
