"""The site and who asks."""

from __future__ import annotations

from pydantic import BaseModel, Field


class PartOut(BaseModel):
    ok: bool
    state: str


class HealthOut(BaseModel):
    """Whether each part of the site works; the others are null where the database doesn't."""

    ok: bool
    version: str
    database: PartOut
    broker: PartOut | None
    workers: PartOut | None
    samplers: PartOut | None = Field(description="the sampling workers, where the site has any")
    sandbox: str = Field(description="the isolation that the workers reported last")


class MeOut(BaseModel):
    """Who asks. `scopes`: of the token; null where the site's session speaks, which may all."""

    username: str
    staff: bool
    scopes: list[str] | None
