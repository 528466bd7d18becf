"""Benchmarks and their problems."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from evaluator.metrics import minimum_detectable_difference
from leaderboard.api.paging import Page, Portion
from leaderboard.api.schemas.common import Bounded, RunId, Verdicts
from leaderboard.api.schemas.results import Reason
from leaderboard.models import Benchmark
from leaderboard.queries.problems import ProblemSummary
from leaderboard.views.problem_choice import COLUMNS

_RESOLVED_AT = (1, 100)  # as on the page
_ORDER = f"^-?({'|'.join(column.key for column in COLUMNS)})$"


class ResolutionOut(BaseModel):
    """The difference in pass@1 from which on n samples of each problem tell two models apart (80 % power)."""

    n: int
    smallest_difference: float


class BenchmarkOut(BaseModel):
    """A benchmark in its newest version, which is the one that is shown."""

    slug: str
    name: str
    description: str
    url: str
    version: str = Field(description="sha256 over its problems")
    problems: int
    packages: list[str] = Field(description="third-party packages that samples may import")
    loaded_at: datetime
    resolution: list[ResolutionOut] = Field(description="from a usual spread; /plan takes a run's own")


class BenchmarkPage(Page):
    items: list[BenchmarkOut]


class ProblemsQuery(Portion):
    """`synthetic`: whether runs of demo models count."""

    q: str = Field("", max_length=200, description="part of the task id or of the entry point")
    solved: str = Field("", pattern="^(|always|some|alone|never)$", description="by how many runs")
    suspects: bool = Field(False, description="only problems that may themselves be wrong")
    synthetic: bool = Field(True, description="count runs of demo models, too")
    sort: str = Field("rate", pattern=_ORDER, description="a column; with - before it the largest first")


class ProblemOut(BaseModel):
    """A problem over the measured runs. Rates are bounded over models like these."""

    task_id: str
    position: int
    entry_point: str
    pass_rate: Bounded
    discrimination: Bounded
    suspect: list[str] = Field(description="why the problem, and not the models, may be wrong")
    reference_verdict: str
    runs: int
    solved_by: int
    solved_alone_by: str
    verdicts: Verdicts
    solution_lines: int


class ProblemPage(Page):
    items: list[ProblemOut]


class CommonestFailure(BaseModel):
    """How most of a run's failing samples of a problem end."""

    behaviour: str = Field(description="its key, in all runs")
    verdict: str
    samples: int


class RunOnProblemOut(BaseModel):
    """One measured run on the problem."""

    run: int
    model: str
    temperature: float | None
    synthetic: bool
    n: int
    c: int
    verdicts: Verdicts
    commonest_failure: CommonestFailure | None


class SharedFailureOut(BaseModel):
    """A way to fail that samples of several models have in common."""

    behaviour: str = Field(description="its key, in all runs")
    verdict: str
    samples: int
    models: int
    runs: list[int]
    reason: Reason | None = Field(description="of one such sample; null where no sample was looked at")


class FailingRun(BaseModel):
    """A run with such samples, of the n that it has."""

    run: int
    model: str
    temperature: float | None
    synthetic: bool
    samples: int
    n: int


class FailureOut(BaseModel):
    """A way in which samples of the problem fail, alike in all of these runs."""

    behaviour: str
    verdict: str
    samples: int
    models: int
    runs: list[FailingRun]
    reason: Reason | None


class FailurePage(Page):
    items: list[FailureOut]


class FailuresQuery(Portion):
    limit: int = Field(10, ge=1, le=50, description="rows of one answer")
    run: RunId | None = Field(None, description="only failures that samples of this run show")
    behaviour: str = Field("", pattern="^([0-9a-f]{16})?$", description="only this one")


class ContrastOut(BaseModel):
    """The stronger half of the runs passes less than the weaker half. `p`: the chance of so clear a contrast
    if strength did not matter."""

    strong: float
    weak: float
    p: float


class AgreementOut(BaseModel):
    """`models` of the `of` stronger models give one same wrong answer more often than a right one."""

    behaviour: str
    models: int
    of: int


class ProblemDetail(ProblemOut):
    """With its text, its tests, and how every measured run fares on it."""

    prompt: str
    test: str
    reference_solution: str
    previous: str | None
    next: str | None
    results: list[RunOnProblemOut]
    shared_failures: list[SharedFailureOut] = Field(description="of most models, at most 10; see /failures")
    contrast: ContrastOut | None = Field(description="where stronger runs fail it")
    agreement: AgreementOut | None


def benchmark_out(found: Benchmark) -> BenchmarkOut:
    return BenchmarkOut(
        slug=found.slug,
        name=found.name,
        description=found.description,
        url=found.url,
        version=found.version,
        problems=found.problem_count,
        packages=found.packages,
        loaded_at=found.loaded_at,
        resolution=[
            ResolutionOut(n=n, smallest_difference=minimum_detectable_difference(found.problem_count, n))
            for n in _RESOLVED_AT
        ],
    )


def problem_values(row: ProblemSummary) -> dict[str, object]:
    """Values of ProblemOut."""
    item, problem = row.item, row.problem
    return {
        "task_id": problem.task_id,
        "position": problem.position,
        "entry_point": problem.entry_point,
        "pass_rate": Bounded(value=item.rate.value, low=item.rate.low, high=item.rate.high),
        "discrimination": Bounded(
            value=item.discrimination.value, low=item.discrimination.low, high=item.discrimination.high
        ),
        "suspect": item.reasons,
        "reference_verdict": problem.reference_verdict,
        "runs": row.runs,
        "solved_by": row.solved,
        "solved_alone_by": row.alone,
        "verdicts": {name: count for name, count in row.verdicts.items() if count},
        "solution_lines": row.lines,
    }
