"""Sample files on their way to a run."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from leaderboard.api.paging import Page
from leaderboard.api.schemas.common import AnyText
from leaderboard.models import Upload
from leaderboard.views.preview_notes import preview_notes

MOST_BYTES = 10**12


class UploadOut(BaseModel):
    """`received` of `size` bytes have come. `ready`: all have, and `preview` says what is in them."""

    id: UUID
    benchmark: str
    file_name: AnyText
    size: int
    received: int
    ready: bool
    options: dict[str, Any] = Field(description="what overrules the guesses about the file")
    preview: dict[str, Any] | None = Field(
        description="format, samples, coverage, first samples, what the file's name tells of the run"
    )
    notes: list[str] = Field(description="what may surprise its uploader, in sentences")
    created_at: datetime


class UploadPage(Page):
    items: list[UploadOut]


class WholeFileQuery(BaseModel):
    """Of a file that is sent as it is; a form has its own fields."""

    benchmark: str = Field("", max_length=64, description="slug; a form may have it as a field instead")
    file_name: str = Field("samples.jsonl", max_length=255)


class BeginIn(BaseModel):
    """A file that comes in parts, of which none is here yet."""

    model_config = ConfigDict(extra="forbid")

    benchmark: str = Field(max_length=64, description="slug")
    file_name: str = Field(min_length=1, max_length=255)
    size: int = Field(ge=1, le=MOST_BYTES, description="bytes")
    sha256: str = Field("", pattern="^([0-9a-fA-F]{64})?$", description="checked when all has come")


class AppendQuery(BaseModel):
    offset: int = Field(ge=0, le=MOST_BYTES, description="where these bytes begin: what was received")


class ReadingIn(BaseModel):
    """How the file is to be read, where it was guessed wrongly. What is not named is guessed."""

    model_config = ConfigDict(extra="forbid")

    benchmark: str = Field("", max_length=64, description="slug; without it the one it has")
    format: str | None = Field(None, max_length=32)
    clean: bool = Field(True, description="turn chat answers into programs")
    start: int | None = Field(None, ge=0, le=10**6)
    filter: str | None = Field(None, max_length=200)
    tests: str | None = Field(None, max_length=8)
    model: str | None = Field(None, max_length=200)


class SettingIn(BaseModel):
    """What the file itself can't tell of the run. Limits are those of the upload page."""

    model_config = ConfigDict(extra="forbid")

    model_name: str = Field(min_length=1, max_length=120)
    organisation: str = Field("", max_length=120, description="who made the model")
    parameters: str | int | None = Field(None, description='a count, or as in "7B"')
    temperature: float | None = Field(None, ge=0, le=10)
    top_p: float | None = Field(None, ge=0, le=1)
    visibility: str = Field("public", pattern="^(public|unlisted|private)$")
    shared_with: str = Field("", max_length=80, description="slug of an organisation that you have joined")
    verdicts: str = Field("measure", pattern="^(measure|import)$", description="import: the file's own")
    cpu_limit: str = Field("fixed", pattern="^(fixed|auto)$")
    cpu_seconds: float | None = Field(None, ge=0.1, le=60, description="where fixed")
    note: str = Field("", max_length=300)


def upload_out(row: Upload) -> UploadOut:
    return UploadOut(
        id=row.pk,
        benchmark=row.benchmark.slug,
        file_name=row.file_name,
        size=row.size,
        received=row.received,
        ready=row.ready,
        options=row.options,
        preview=row.preview if row.ready else None,
        notes=list(preview_notes(row.preview, row.benchmark.name)) if row.ready else [],
        created_at=row.created_at,
    )
