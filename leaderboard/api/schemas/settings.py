"""The settings of a model beside each other: temperature and top_p against k."""

from __future__ import annotations

from pydantic import BaseModel, Field

from leaderboard.api.schemas.common import Bounded, PassAtK


class SettingsQuery(BaseModel):
    benchmark: str = Field(max_length=64, description="slug")


class SettingOut(BaseModel):
    """A measured run of the model. `figures` are over the shared problems, for each k that it has samples
    for."""

    run: int
    name: str = Field(description="what tells it from the others: its temperature, top_p or number")
    temperature: float | None
    top_p: float | None
    figures: list[PassAtK]


class WinsOut(BaseModel):
    """The share of resampled sets of problems on which this run is the best."""

    run: int
    share: float


class RunnerUpOut(BaseModel):
    """The second best run, how far it is behind as a fraction, and how many samples of each problem would
    find a true difference of that size; null where 4,096 are too few."""

    run: int
    behind: float
    samples: int | None


class BestSettingOut(BaseModel):
    """The best run for this k. `figure`: what choosing it is worth on problems that had no say in the choice;
    `own` pass@k flatters it, as it was chosen for being high."""

    k: int
    run: int
    figure: Bounded
    own: float
    wins: list[WinsOut]
    second: RunnerUpOut | None


class SettingsOut(BaseModel):
    """All empty where there is nothing to choose: fewer than two measured runs there, or fewer than 10
    problems that all of them have."""

    benchmark: str
    problems: int = Field(description="that all of the runs have")
    ks: list[int]
    settings: list[SettingOut]
    best: list[BestSettingOut]
    said: str
