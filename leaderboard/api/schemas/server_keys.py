"""Keys of model servers that are kept for later samplings."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from leaderboard.api.schemas.common import SECRET


class KeyOut(BaseModel):
    """A kept key; what it holds is not told."""

    id: int
    name: str
    server: str = Field(description="where alone it is sent; empty: of before keys had one, to be kept anew")
    created_at: datetime


class KeyList(BaseModel):
    items: list[KeyOut]


class KeyIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=60)
    address: str = Field(min_length=1, max_length=500, description="of the server that alone is sent the key")
    key: str = Field(
        min_length=1,
        max_length=2000,
        description="kept encrypted, never told again",
        json_schema_extra=SECRET,
    )
