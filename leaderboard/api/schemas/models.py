"""Models."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from leaderboard.api.paging import Page, Portion
from leaderboard.api.schemas.runs import ModelName, RunOut, Said


class ModelsQuery(Portion):
    q: str = Field("", max_length=120, description="part of the name or of the organisation")


class ModelOut(ModelName):
    runs: int = Field(description="of those that you see")
    url: str


class ModelPage(Page):
    items: list[ModelOut]


class ModelDetail(ModelOut):
    """With its runs: by benchmark, measured ones first, then by temperature."""

    results: list[RunOut]


class SaidOut(BaseModel):
    """What the uploader of a run said otherwise, in the form in which it can be taken over."""

    run: int
    by: str | None
    said: Said


class ModelFactsOut(BaseModel):
    """What is known of the model; empty or null where nobody said it."""

    organisation: str
    parameters: int | None
    released: date | None
    url: str
    others: list[SaidOut] = Field(description="of the runs that you see")


class ModelFactsChange(BaseModel):
    """What is not named stays; what is empty or null is not known any more."""

    model_config = ConfigDict(extra="forbid")

    organisation: str | None = Field(None, max_length=120, description="who made the model")
    parameters: str | int | None = Field(None, description='a count, or as in "7B"')
    released: date | None = None
    url: str | None = Field(None, max_length=200, description="of its page or paper")
