"""How to cite what the site shows."""

from __future__ import annotations

from pydantic import BaseModel, Field

from leaderboard.api.schemas.common import RunId


class CitationQuery(BaseModel):
    """One of the three."""

    run: RunId | None = None
    model: str | None = Field(None, max_length=120, description="slug")
    benchmark: str | None = Field(None, max_length=64, description="slug: of its board")


class CitationOut(BaseModel):
    bibtex: str
