"""Runs: as rows, in full, and what may be changed of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from leaderboard.api.paging import Page, Portion
from leaderboard.api.schemas.common import AnyText, Bounded, PassAtK, Verdicts
from leaderboard.api.schemas.samplings import DrawnOut
from leaderboard.models import Run
from leaderboard.views.run_facts import FactName

Visibility = Literal[tuple(Run.Visibility.values)]  # type: ignore[valid-type]
Status = Literal[tuple(Run.Status.values)]  # type: ignore[valid-type]
Source = Literal[tuple(Run.Source.values)]  # type: ignore[valid-type]


class ModelName(BaseModel):
    """What is ranked. `parameters` is a count; null where nobody published it."""

    slug: str
    name: str
    organisation: str
    parameters: int | None
    released: date | None
    synthetic: bool


Said = Annotated[
    dict[FactName, AnyText | int],
    Field(description="what its uploader said of the model where that has another word for it, or none"),
]


class RunsQuery(Portion):
    """Filters of the list of runs; those that are not given keep all."""

    benchmark: str | None = Field(None, max_length=64, description="slug")
    model: str | None = Field(None, max_length=120, description="slug")
    status: Status | None = None  # type: ignore[valid-type]
    source: Source | None = None  # type: ignore[valid-type]
    visibility: Visibility | None = None  # type: ignore[valid-type]
    q: str = Field("", max_length=120, description="part of the model's name")
    mine: bool = Field(False, description="only runs that you own")


class RunOut(BaseModel):
    """A run: one model on one benchmark with one sampling setting."""

    id: int
    benchmark: str
    model: ModelName
    owner: str | None
    organisation: str | None = Field(description="slug of the organisation that shares it")
    source: str
    verdicts_from: str = Field(description="measured here, or imported from the file")
    visibility: str
    status: str
    synthetic: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    temperature: float | None
    top_p: float | None
    note: str
    n_min: int = Field(description="fewest samples of any problem: the largest k")
    n_max: int
    samples: int
    programs: int
    problems_covered: int
    figures: list[PassAtK]
    reranked: Bounded | None = Field(description="pass@1 of the sample of highest mean_logprob")
    flagged: Bounded | None = Field(description="share of samples with a security finding")
    passed_flagged: Bounded | None
    verdicts: Verdicts
    page: str = Field(description="address of its page")


class RunPage(Page):
    items: list[RunOut]


class FlipOut(BaseModel):
    """A program (its number within the problem) whose second verdict is another one."""

    task_id: str
    program: int
    before: str
    after: str


class Recheck(BaseModel):
    """Programs that were judged a second time; `flips` of them otherwise. Null: not checked (yet)."""

    programs: int | None
    flips: int | None
    flipped: list[FlipOut]
    judge_version: str = Field(description="that judged again")
    due: bool = Field(description="a check is still to come")


class RunDetail(RunOut):
    """With how it was scored, and where its figures stand if they are published ones."""

    may_change: bool
    benchmark_version: str
    limits: dict[str, Any]
    time_limit: str
    judge_version: str
    sandbox_tier: str
    rules_version: str
    file_name: str
    file_sha256: str
    file_format: str
    left_out: int = Field(description="samples of task ids that the benchmark does not have")
    taken_over: int = Field(description="programs whose verdict another run had already")
    recheck: Recheck
    secure: list[PassAtK] = Field(description="secure-pass@k: passes and has no finding")
    sampled_as: dict[str, Any] = Field(description="how the site drew its samples")
    file_options: dict[str, Any] = Field(description="what its uploader said about the file")
    changes: dict[str, int] = Field(description="what was done to texts to make programs, in samples")
    counts_only: bool = Field(description="its file held counts, and no code")
    said_of_model: Said
    citation: dict[str, Any]
    where: str
    method: str


class RunChange(BaseModel):
    """What may be changed of a run; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    visibility: Visibility | None = None  # type: ignore[valid-type]
    organisation: str | None = Field(
        None, max_length=80, description="slug of one of yours; empty takes the run out of the one it has"
    )


class FiguresQuery(BaseModel):
    """`k`: any k up to the run's n; without it the figures that are stored."""

    k: list[int] = Field([], max_length=20, description="as in ?k=1&k=25")


class RunFigures(BaseModel):
    """`refused`: k of which the run has no estimate, since n is smaller."""

    figures: list[PassAtK]
    refused: list[int]
    beyond: list[PassAtK] = Field(description="guesses for k above n, from a beta-binomial fit")


class ProgressOut(BaseModel):
    """How far the scoring is. `pass_at_1` is provisional: the mean over the problems that are scored."""

    status: str
    judged: int
    samples: int
    problems_done: int
    problems: int
    share: float
    verdicts: Verdicts
    pass_at_1: float | None
    samples_per_second: float | None
    seconds_left: float | None
    drawn: DrawnOut | None = Field(description="of a run whose samples the site draws")
    worker_seen: bool = Field(description="whether any worker said lately that it is there")
