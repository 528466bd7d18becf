"""What a scored run tells beside its figures."""

from __future__ import annotations

from pydantic import BaseModel, Field

from leaderboard.api.schemas.common import AnyText, Bounded


class NoiseOut(BaseModel):
    """Two standard deviations of pass@1, as fractions: endless samples leave `problem_sd`, and take away
    `sample_share` of the variance."""

    problem_sd: float
    sample_sd: float
    sample_share: float


class PointOut(BaseModel):
    """A share at m samples with its 95 % interval."""

    m: int
    value: float
    low: float
    high: float


class BeyondOut(BaseModel):
    """pass@k guessed for more samples than were drawn. On random halves of the samples the same guess said
    `predicted` for `check_k` where `observed` is right; `error` is how far off it typically was."""

    points: list[PointOut]
    never: float = Field(description="share of problems that the fit takes for unsolvable by this model")
    check_k: int
    predicted: float
    observed: float
    error: float


class CalibrationBin(BaseModel):
    """Samples whose number lies in [low, high], and the share of them that passes, with Wilson's interval."""

    low: float
    high: float
    mean: float
    samples: int
    passed: int
    pass_rate: Bounded


class RankerOut(BaseModel):
    """pass@1 of the sample that this number of the file picks: the highest, or with `lowest` the lowest."""

    name: AnyText
    lowest: bool
    picked: Bounded
    auc: float | None = Field(
        description="chance that a passing sample outranks a failing one of its problem; null where no "
        "problem has both"
    )
    best_of: list[PointOut] = Field(description="picked among m samples")
    calibration: list[CalibrationBin]


class RankersOut(BaseModel):
    """What picking one sample of each problem gains: between a random pick and an oracle, which finds a
    passing one wherever there is one."""

    random_pick: Bounded | None
    oracle: Bounded
    rankers: list[RankerOut]
    left_out: int = Field(description="further numbers of the file that were not looked at")


class RunAnalysisOut(BaseModel):
    """All null while the run is not scored. How far each problem is from what other models let expect stands
    in /runs/{run}/problems."""

    noise: NoiseOut | None = Field(description="null, too, where a problem has one sample only")
    noise_said: str = Field(description="what that means, in a sentence")
    beyond: BeyondOut | None
    rankers: RankersOut | None = Field(description="null, too, where each problem has one sample")
