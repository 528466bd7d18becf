"""Benchmarks and their problems."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from leaderboard.api.paging import Page, Portion
from leaderboard.api.schemas.common import Bounded, Verdicts
from leaderboard.models import Benchmark
from leaderboard.queries.problems import ProblemSummary
from leaderboard.views.problem_choice import COLUMNS

_ORDER = f"^-?({'|'.join(column.key for column in COLUMNS)})$"


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


class RunOnProblemOut(BaseModel):
    """One measured run on the problem."""

    run: int
    model: str
    temperature: float | None
    synthetic: bool
    n: int
    c: int
    verdicts: Verdicts


class SharedFailureOut(BaseModel):
    """A way to fail that samples of several models have in common."""

    behaviour: str = Field(description="its key, in all runs")
    verdict: str
    samples: int
    models: int
    runs: list[int]


class ProblemDetail(ProblemOut):
    """With its text, its tests, and how every measured run fares on it."""

    prompt: str
    test: str
    reference_solution: str
    previous: str | None
    next: str | None
    results: list[RunOnProblemOut]
    shared_failures: list[SharedFailureOut]


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
