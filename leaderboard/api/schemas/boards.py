"""Leaderboards, and all runs × problems at once."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from leaderboard.api.paging import Page, Portion
from leaderboard.api.schemas.common import Bounded, PassAtK, Verdicts
from leaderboard.api.schemas.runs import ModelName
from leaderboard.queries.board import KINDS
from leaderboard.queries.matrix import ALL, ALONE, DIFFERENT, NONE

Kind = Literal[KINDS]  # type: ignore[valid-type]
_FILTER = (
    'the filter line of the page: codegen params<10B T<=0.4 org:"Meta AI" shared=code-lab -source:published'
)


class BoardChoice(BaseModel):
    """What the page's address asks, in the same words."""

    q: str = Field("", max_length=200, description=_FILTER)
    show: list[Kind] = Field([], description="kinds of rows; without it what the page shows")  # type: ignore[valid-type]
    k: list[int] = Field([], max_length=8, description="k of pass@k, any up to n")
    best: Literal["", "run", "temperature"] = Field(
        "", description="one row per model: its best run, or for each k its best temperature"
    )
    sort: str = Field("", max_length=40, description="a column such as pass1, rank, model; - before it")


class BoardQuery(BoardChoice, Portion):
    """A portion of the rows."""


class RankOut(BaseModel):
    """A place, and those that the data do not rule out."""

    point: int
    low: int
    high: int


class OriginOut(BaseModel):
    """Which run the figure at this k is of, where a row stands for a model."""

    k: int
    run: int
    temperature: float | None


class BoardRowOut(BaseModel):
    """A row of the board. Ranked are public runs with samples of all problems, by the k that it is sorted by,
    else the first shown."""

    run: int
    kind: str
    complete: bool
    rank: RankOut | None
    model: ModelName
    temperature: float | None
    top_p: float | None
    n_min: int
    n_max: int
    samples: int
    problems_covered: int
    figures: list[PassAtK]
    origins: list[OriginOut] = Field(description="empty where every run has its row")
    reranked: Bounded | None
    flagged: Bounded | None
    passed_flagged: Bounded | None
    verdicts: Verdicts
    visibility: str
    organisation: str | None = Field(description="slug of the organisation that shares the run")
    verdicts_from: str
    scored_on: date | None
    time_limit: str = Field(description="empty where nothing was run here")
    method: str = Field(description="of published figures that are no plain pass@k")
    source: str = Field(description="measured, or where the figures were published")
    source_url: str
    page: str


class BoardPage(Page):
    """`ks`: those that are shown; `rank_k`: the one that the ranks are of."""

    ks: list[int]
    rank_k: int
    items: list[BoardRowOut]


class SizedRun(BaseModel):
    """A run of known size; figures of fewer problems, or by another method, are left out."""

    run: int
    kind: str
    model: ModelName
    temperature: float | None
    pass_at_k: PassAtK


class ScalingOut(BaseModel):
    """logit(pass@k) = a line through log10(parameters), through each model's best run. `slope` for ten times
    the parameters; the band tells where the line may lie, not where a further model may. `scatter`: share of
    p (1 - p) that models lie off."""

    slope: Bounded
    parameters: list[float]
    value: list[float]
    low: list[float]
    high: list[float]
    scatter: float
    models: int
    sizes: int


class SizesOut(BaseModel):
    """`fit` is null with fewer than three sizes."""

    k: int
    items: list[SizedRun]
    fit: ScalingOut | None
    said: str


class ActiveRunOut(BaseModel):
    """A run that waits or is being scored; `share` of its programs are judged."""

    run: int
    model: ModelName
    temperature: float | None
    status: str
    share: float


class ActiveRuns(BaseModel):
    items: list[ActiveRunOut]


class MatrixQuery(BaseModel):
    q: str = Field("", max_length=200, description="part of the model's name")
    show: Literal[ALL, DIFFERENT, ALONE, NONE] = Field(  # type: ignore[valid-type]
        ALL, description="problems on which runs differ, that one model alone solves, or that none does"
    )
    synthetic: bool = Field(True, description="runs of demo models, too")


class MatrixRun(BaseModel):
    run: int
    model: str
    temperature: float | None
    synthetic: bool
    pass_at_1: Bounded | None
    solved: int = Field(description="shown problems of which a sample passes")
    solved_alone: int = Field(description="and those that no other model solves")


class MatrixOut(BaseModel):
    """Samples drawn (n, 0 where a run has none) and passed (c): a list for each run, in the order of
    `problems`. The strongest run and the easiest problem first."""

    runs: list[MatrixRun]
    problems: list[str]
    n: list[list[int]]
    c: list[list[int]]
