"""Runs beside each other."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from leaderboard.api.paging import Page
from leaderboard.api.schemas.common import Bounded, PassAtK, RunId, Verdicts
from leaderboard.api.schemas.results import GroupOut
from leaderboard.queries.compare import MOST_RUNS
from leaderboard.queries.compare_pairs import GROUPS, RULES


class ComparedRuns(BaseModel):
    """`run` twice or more. `rule`: when a run counts as solving a problem."""

    run: list[RunId] = Field(min_length=2, max_length=MOST_RUNS, description="as in ?run=3&run=5")
    k: int = Field(1, ge=1, le=100_000)
    rule: Literal[RULES] = RULES[0]  # type: ignore[valid-type]


class ComparedProblemsQuery(ComparedRuns):
    pair: list[int] = Field([], max_length=2, description="the two that groups are of; else the first two")
    show: Literal[("", *GROUPS)] = Field("", description="solved by both, first, second or neither")  # type: ignore[valid-type]
    q: str = Field("", max_length=200, description="part of the task id")
    sort: str = Field(
        "problem",
        pattern="^-?(problem|difference|group|run[0-9]{1,18})$",
        description="run12: by the pass rate of run 12; with - before it the largest first",
    )
    limit: int = Field(50, ge=1, le=200)
    offset: int = Field(0, ge=0, le=10**9)


class ComparedRun(BaseModel):
    """A run on the shared problems. `left_out`: scored problems that not all others have."""

    run: int
    name: str
    temperature: float | None
    verdicts_from: str
    samples: int
    left_out: int
    figures: list[PassAtK]
    flagged: Bounded | None = Field(description="null where the run's file held no code")
    passed_flagged: Bounded | None
    verdicts: Verdicts
    time_limit: str
    judge: str


class SolvedBy(BaseModel):
    both: int
    first: int
    second: int
    neither: int


class PairOut(BaseModel):
    """First minus second at this k, problem by problem. `p_holm`: corrected for all pairs; `differs` by it,
    at 5 %."""

    first: int
    second: int
    difference: Bounded
    p: float
    p_holm: float
    test: str
    differs: bool
    solved_by: SolvedBy


class ComparisonOut(BaseModel):
    """`notes`: what makes the comparison less than fair."""

    k: int
    ks: list[int] = Field(description="that can be compared")
    problems: int = Field(description="that all of the runs have samples of")
    runs: list[ComparedRun]
    pairs: list[PairOut]
    verdict: str
    notes: list[str]


class ComparedProblem(BaseModel):
    """Samples drawn and passed of each run, in the order of the runs; `difference` is of the pair's rates."""

    task_id: str
    n: list[int]
    c: list[int]
    difference: float
    solved_by: str


class ComparedProblemPage(Page):
    runs: list[int]
    items: list[ComparedProblem]


class ComparedSamples(BaseModel):
    run: int
    n: int
    c: int
    verdicts: Verdicts
    groups: list[GroupOut]


class ProblemComparison(BaseModel):
    """One problem: the samples of each run in groups that end alike."""

    task_id: str
    prompt: str
    previous: str | None
    next: str | None
    previous_differing: str | None = Field(description="that not all of the runs solve, nor all fail")
    next_differing: str | None
    runs: list[ComparedSamples]
