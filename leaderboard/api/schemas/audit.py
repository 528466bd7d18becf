"""Who changed what, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from leaderboard.api.paging import MOST
from leaderboard.models import AuditEntry

Action = Literal[tuple(AuditEntry.Action.values)]  # type: ignore[valid-type]


class EntryOut(BaseModel):
    """One change. Names are kept as text and outlive what they name; those of deleted accounts are gone."""

    id: int
    at: datetime
    actor: str | None = Field(description="who did it; null: the site itself, or its operator at a shell")
    action: str
    said: str = Field(description="the action in words")
    about: str | None = Field(description="the user whom it concerns: a run's owner, a member")
    run: int | None
    model: str | None
    benchmark: str | None
    organisation: str | None
    detail: str
    on_board: bool = Field(description="whether the run was public then: a board changed for everybody")


class HistoryOut(BaseModel):
    """The newest 50 changes of a run, the newest first."""

    items: list[EntryOut]


class AuditQuery(BaseModel):
    action: Action | None = None  # type: ignore[valid-type]
    q: str = Field("", max_length=200, description="part of a name, or the number of a run")
    before: int | None = Field(None, ge=1, le=2**53, description="only entries with a smaller id")
    limit: int = Field(100, ge=1, le=MOST, description="entries of one answer")


class AuditOut(BaseModel):
    """Entries, the newest first. `next`: where older ones are; null where these are the last."""

    items: list[EntryOut]
    next: str | None
