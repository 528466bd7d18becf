"""Problems across runs: how hard each is, and how every run fares on one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Avg, Count, F, FloatField, IntegerField, Q, QuerySet, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from leaderboard.models import Benchmark, Cell, Problem, Run
from leaderboard.queries.failures import FailureGroup, groups_of
from leaderboard.queries.visibility import Reader, listed_runs
from leaderboard.verdict_words import FAILURES, VERDICT_WORDS

# Blobs that one page opens, one per run; further runs are listed without their failures.
OPENED_RUNS = 50


@dataclass(frozen=True, slots=True)
class ProblemSummary:
    """One problem over the measured runs. `rate` is the mean of c / n; None where no run has samples."""

    problem: Problem
    rate: float | None
    runs: int
    solved: int
    verdicts: Mapping[str, int]

    @property
    def lines(self) -> int:
        """Lines of the reference solution that are not blank."""
        return sum(bool(line.strip()) for line in self.problem.canonical_solution.splitlines())


@dataclass(frozen=True, slots=True)
class RunOnProblem:
    """One run on one problem. `failure` is its largest group of identical failures, None without any."""

    cell: Cell
    run: Run
    failure: FailureGroup | None
    opened: bool

    @property
    def rate(self) -> float:
        return self.cell.c / self.cell.n

    @property
    def verdict(self) -> str:
        """The most frequent verdict but `passed`; empty where nothing failed."""
        counts = self.cell.verdict_counts
        failed = [name for name in FAILURES if counts.get(name)]
        return max(failed, key=lambda name: counts[name], default="")


def measured_runs(benchmark: Benchmark, reader: Reader) -> QuerySet[Run]:
    """The scored runs with samples that this reader's pages count."""
    runs = listed_runs(reader).filter(benchmark=benchmark, status=Run.Status.DONE)
    return runs.exclude(source=Run.Source.PUBLISHED)


def problem_summaries(benchmark: Benchmark, reader: Reader, *, synthetic: bool) -> list[ProblemSummary]:
    """Every problem in the benchmark's order, over measured runs. Two queries, no blob."""
    counted = _counted_cells(benchmark, reader, synthetic=synthetic)
    sums = {row["problem_id"]: row for row in counted.values("problem_id").annotate(**_SUMS)}
    problems = Problem.objects.filter(benchmark=benchmark).order_by("position").defer("test")
    return [_summary(problem, sums.get(problem.pk)) for problem in problems]


def run_kinds(benchmark: Benchmark, reader: Reader) -> tuple[int, int]:
    """How many measured runs of real models, and of the demo."""
    counts = measured_runs(benchmark, reader).aggregate(
        real=Count("pk", filter=Q(synthetic=False)), demo=Count("pk", filter=Q(synthetic=True))
    )
    return counts["real"], counts["demo"]


def problem_by_task_id(benchmark: Benchmark, task_id: str) -> Problem | None:
    return Problem.objects.filter(benchmark=benchmark, task_id=task_id).first()


def neighbours(problem: Problem) -> tuple[str | None, str | None]:
    """Task ids of the problem before and after this one."""
    around = Problem.objects.filter(
        benchmark=problem.benchmark_id, position__in=(problem.position - 1, problem.position + 1)
    )
    places = dict(around.values_list("position", "task_id"))
    return places.get(problem.position - 1), places.get(problem.position + 1)


def runs_on(problem: Problem, benchmark: Benchmark, reader: Reader) -> list[RunOnProblem]:
    """Every measured run on this problem, the best first. Two queries; at most OPENED_RUNS blobs."""
    runs = measured_runs(benchmark, reader)
    cells = Cell.objects.filter(problem=problem, run__in=runs, status=Cell.Status.DONE, n__gt=0)
    best_first = sorted(
        cells.select_related("run__model").defer("blob"),
        key=lambda cell: (-cell.c / cell.n, cell.run.model.name.casefold(), cell.run_id),
    )
    opened = [cell.pk for cell in best_first[:OPENED_RUNS]]
    blobs = dict(cells.filter(pk__in=opened).values_list("pk", "blob"))
    return [_run_on(cell, blobs.get(cell.pk)) for cell in best_first]


def common_failures(rows: Sequence[RunOnProblem]) -> list[tuple[FailureGroup, int]]:
    """The largest failure of each run, alike ones together: (group, in how many runs), most runs first."""
    runs: Counter[tuple[object, ...]] = Counter()
    groups: dict[tuple[object, ...], FailureGroup] = {}
    for row in rows:
        if row.failure is None:
            continue
        detail = row.failure.detail
        end = (row.failure.verdict, detail.call, detail.actual, detail.exception, detail.message)
        runs[end] += 1
        groups.setdefault(end, row.failure)
    return [(groups[end], count) for end, count in runs.most_common()]


def _counted_cells(benchmark: Benchmark, reader: Reader, *, synthetic: bool) -> QuerySet[Cell]:
    runs = measured_runs(benchmark, reader)
    if not synthetic:
        runs = runs.filter(synthetic=False)
    return Cell.objects.filter(run__in=runs, n__gt=0)


def _summary(problem: Problem, sums: Mapping[str, float] | None) -> ProblemSummary:
    if sums is None:
        return ProblemSummary(problem, None, 0, 0, {})
    verdicts = {name: int(sums[f"sum_{name}"]) for name in VERDICT_WORDS if f"sum_{name}" in sums}
    return ProblemSummary(problem, sums["rate"], int(sums["runs"]), int(sums["solved"]), verdicts)


def _run_on(cell: Cell, blob: bytes | None) -> RunOnProblem:
    failure = None
    if blob is not None:
        cell.blob = blob
        failure = next((group for group in groups_of(cell) if group.failing), None)
    return RunOnProblem(cell, cell.run, failure, opened=blob is not None)


def _count_of(verdict: str) -> Sum:
    count = Cast(KeyTextTransform(verdict, "verdict_counts"), IntegerField())
    return Sum(Coalesce(count, 0))


# Summed by the database: reading every cell's counts would cost seconds on a site of many runs.
_SUMS = {
    "rate": Avg(Cast(F("c"), FloatField()) / F("n")),
    "runs": Count("pk"),
    "solved": Count("pk", filter=Q(c__gt=0)),
} | {f"sum_{verdict}": _count_of(verdict) for verdict in ("passed", *FAILURES)}
