"""Plans: how many samples tell two models apart, and what more samples of a run would bring."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from leaderboard.api.schemas.common import Bounded
from leaderboard.forms.planner import MOST_K, PAIRED, POWERS, UNPAIRED


class PlanQuery(BaseModel):
    points: float = Field(5, ge=0.1, le=99, description="the true difference of pass@k that is to be found")
    k: int = Field(1, ge=1, le=MOST_K)
    power: Literal[POWERS] = Field("80", description="per cent of comparisons that are to find it")  # type: ignore[valid-type]
    compare: Literal[PAIRED, UNPAIRED] = Field(PAIRED, description="problem by problem, or the two means")  # type: ignore[valid-type]
    run: int | None = Field(
        None, ge=1, le=2**31, description="whose spread of pass rates the plan takes; else the middle run's"
    )


class PlanRun(BaseModel):
    run: int
    name: str


class Likely(BaseModel):
    """At the middle likeness of models, and at its quartiles: `low` for models that are more alike."""

    value: float
    low: float
    high: float


class NeededOut(BaseModel):
    """Samples of each problem that find the difference; null: no number does. `few` and `many` between
    models that are more, and less, alike. `problems` would do it where samples don't, with `each` samples."""

    samples: int | None
    few: int | None
    many: int | None
    least: Likely = Field(description="the smallest difference that endless samples find, as a fraction")
    problems: int | None
    each: int


class ResolvedOut(BaseModel):
    """The smallest difference of pass@k that n samples find; n is null for endlessly many."""

    n: int | None
    k: int
    smallest_difference: Likely


class GainOut(BaseModel):
    """The plan's run with n samples (null: endlessly many): half of the width of the 95 % interval of its
    pass@k, the share of it that comes from samples, and pass@n, beyond the samples drawn a guess."""

    n: int | None
    drawn: bool = Field(description="what the run has")
    half_width: float
    sample_share: float
    pass_at_n: Bounded | None


class PlanOut(BaseModel):
    """`likeness`: how the true pass@k of two models correlate over the problems, the median with `pairs`
    other runs and its quartiles; with 0 pairs it is assumed."""

    run: PlanRun | None = Field(description="null: none shows how its pass rates are spread")
    runs: list[PlanRun] = Field(description="that a plan can rest on")
    problems: int
    pairs: int
    likeness: Likely
    needed: NeededOut
    said: str
    rests: list[str] = Field(description="what the plan takes for granted, in sentences")
    grid: list[ResolvedOut]
    more: list[GainOut] = Field(description="empty without a run")
    more_said: str
