"""API tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from leaderboard.api.paging import Page
from leaderboard.models import ApiToken

Scope = Literal[tuple(ApiToken.Scope.values)]  # type: ignore[valid-type]


class TokenOut(BaseModel):
    """A token without its text, which nobody can read again."""

    id: int
    name: str
    beginning: str = Field(description="of its text")
    scopes: list[str]
    made_by: int | None = Field(description="id of the token that made it, and with which it is revoked")
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class MadeTokenOut(TokenOut):
    """A new token. `text` stands in this answer alone."""

    text: str


class TokenPage(Page):
    items: list[TokenOut]


class TokenIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=80, description="where it is used")
    scopes: list[Scope] = Field(min_length=1, max_length=20)  # type: ignore[valid-type]
    expires_at: AwareDatetime | Literal["never"] | None = Field(
        None, description="null: in 90 days, or with the token that makes it if that ends sooner"
    )
