"""Where models break: pass rates against what makes problems long or intricate."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from leaderboard.api.schemas.common import Bounded, RunId
from leaderboard.queries.features import MOST_RUNS
from leaderboard.views.feature_choice import FEATURES

FeatureName = Literal[tuple(FEATURES)]  # type: ignore[valid-type]


class FeaturesQuery(BaseModel):
    by: FeatureName | None = Field(
        None, description="the feature that bins and curves are of; else the first"
    )  # type: ignore[valid-type]
    run: list[RunId] = Field(
        [], max_length=MOST_RUNS, description="as in ?run=3&run=5; else the best of the best models"
    )


class FeatureOut(BaseModel):
    """A feature in which the benchmark's problems differ. Trends are told per `step` units of it."""

    key: str
    label: str
    step: int
    remark: str


class FeatureRun(BaseModel):
    run: int
    name: str
    synthetic: bool
    verdicts_from: str


class TrendOut(BaseModel):
    """How a run's pass rate goes with a feature. Null where the run has too few problems to tell.

    `odds_ratio`: what a step more multiplies the odds of passing by. `decay`: what each further operation
    divides the pass rate by, for chained operations alone. `p_holm`: p after Holm's correction over all
    trends of this answer; `beyond_chance` by it, at 5 %."""

    feature: str
    run: int
    problems: int | None
    odds_ratio: Bounded | None
    decay: Bounded | None
    p: float | None
    p_holm: float | None
    beyond_chance: bool | None
    said: str


class FeatureBin(BaseModel):
    """Problems whose feature lies in [low, high], and each run's mean pass rate on them, in the order of
    `runs`; null where a run has no samples of them."""

    low: float
    high: float
    centre: float
    problems: int
    pass_rates: list[Bounded | None]


class FeatureCurve(BaseModel):
    """The fit through a run's rates with its 95 % band: exponential for chained operations, else logistic."""

    run: int
    fit: Literal["exponential", "logistic"]
    x: list[float]
    value: list[float]
    low: list[float]
    high: list[float]


class FeaturesOut(BaseModel):
    """`feature` is null, and all else but `runs` empty, where the problems differ in nothing or no run is
    scored."""

    feature: str | None
    features: list[FeatureOut]
    runs: list[FeatureRun]
    trends: list[TrendOut]
    bins: list[FeatureBin]
    curves: list[FeatureCurve]
