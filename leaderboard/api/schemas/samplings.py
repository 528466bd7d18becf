"""Samples that the site draws from a model server."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from evaluator.sampling.records import PAPER_STOPS, Kind
from leaderboard.api.schemas.common import SECRET
from leaderboard.models import Run
from leaderboard.services.sampling_order import (
    MOST_PARALLEL,
    MOST_PER_MINUTE,
    MOST_PER_REQUEST,
    MOST_SAMPLES,
    MOST_SEED,
    MOST_STOPS,
    MOST_TEMPERATURES,
    MOST_TOKENS,
)

_KINDS = tuple(kind.value for kind in Kind)
_MOST_CAP = 10**12


class SamplingIn(BaseModel):
    """All of an order. Names and limits are those of the form at /sample/."""

    model_config = ConfigDict(extra="forbid")

    benchmark: str = Field(max_length=64, description="slug")
    address: str = Field(max_length=500, description="of the server, up to and with /v1")
    kind: Literal[_KINDS] = "completions"  # type: ignore[valid-type]
    server_model: str = Field(max_length=200, description="what the server calls the model")
    model_name: str = Field(max_length=120, description="what the board is to call it")
    key: str = Field(
        "", max_length=2000, description="kept encrypted, never told again", json_schema_extra=SECRET
    )
    kept_key: int | None = Field(None, ge=1, le=2**31, description="id of a key that you keep here")
    n: int = Field(20, ge=1, le=MOST_SAMPLES)
    temperatures: list[float] = Field([0.2, 0.8], min_length=1, max_length=MOST_TEMPERATURES)
    top_p: float = Field(0.95, ge=0.001, le=1)
    max_tokens: int = Field(512, ge=1, le=MOST_TOKENS)
    seed: int | None = Field(
        None, ge=0, le=MOST_SEED, description="servers that take one draw the same again"
    )
    stop: list[str] = Field(list(PAPER_STOPS), max_length=MOST_STOPS)
    template: str = Field("", max_length=40, description="slug of a template; empty: the usual one")
    own_template: str = Field("", max_length=20_000, description="with template “own”: its text")
    system: str = Field("", max_length=4000)
    logprobs: bool = True
    as_they_stand: bool = Field(False, description="take answers as they are: fences and sentences stay")
    parallel: int = Field(4, ge=1, le=MOST_PARALLEL)
    per_minute: int | None = Field(None, ge=1, le=MOST_PER_MINUTE)
    per_request: int = Field(10, ge=1, le=MOST_PER_REQUEST)
    token_cap: int | None = Field(None, ge=1, le=_MOST_CAP, description="prompts and answers")
    prompt_price: float | None = Field(None, ge=0, le=1e6, description="per million tokens")
    completion_price: float | None = Field(None, ge=0, le=1e6)
    organisation: str = Field("", max_length=120, description="who made the model")
    parameters: str | int | None = None
    visibility: Literal[tuple(Run.Visibility.values)] = "public"  # type: ignore[valid-type]
    shared_with: str = Field("", max_length=80, description="slug of an organisation that you have joined")
    cpu_limit: Literal["fixed", "auto"] = "fixed"
    cpu_seconds: float | None = Field(None, ge=0.1, le=60)
    note: str = Field("", max_length=300)
    dry_run: bool = Field(True, description="try three problems first; false begins at once")


class ResumeIn(BaseModel):
    """What may be changed when a sampling goes on."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field("", max_length=2000, json_schema_extra=SECRET)
    token_cap: int | None = Field(None, ge=1, le=_MOST_CAP)


class DrawnOut(BaseModel):
    """`estimated`: the server counted no tokens of some answers, they are guessed."""

    samples: int
    of: int
    requests: int
    prompt_tokens: int
    completion_tokens: int
    cut_short: int
    estimated: bool


class EstimateOut(BaseModel):
    """What all of it will take, told from the dry run's means. Tokens are null where the server counts
    none."""

    requests: int
    prompt_tokens: int | None
    completion_tokens: int | None
    seconds: float


class SampledRunOut(BaseModel):
    run: int
    temperature: float | None
    status: str
    judged: int
    drawn: DrawnOut


class SamplingOut(BaseModel):
    """A sampling: a run for each temperature. `said`: why it is paused, or what went wrong last."""

    id: int
    benchmark: str
    status: str
    said: str
    order: dict[str, Any]
    dry_run: dict[str, Any] = Field(description="answers to three problems, or the error")
    other_prompt_tokens: int = Field(description="of the dry run, and of answers that were not kept")
    other_completion_tokens: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class SamplingDetail(SamplingOut):
    """With its runs and how far they are."""

    estimate: EstimateOut | None = Field(description="null where the dry run brought no answer")
    drawn: DrawnOut
    samples_per_second: float | None
    seconds_left: float | None
    sampler_seen: bool = Field(description="whether a sampling worker said lately that it is there")
    runs: list[SampledRunOut]


class SamplingList(BaseModel):
    items: list[SamplingOut]
