"""Models."""

from __future__ import annotations

from pydantic import Field

from leaderboard.api.paging import Page, Portion
from leaderboard.api.schemas.runs import ModelName, RunOut


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
