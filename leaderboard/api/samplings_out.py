"""Samplings as the API writes them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest

from leaderboard.api.schemas.samplings import (
    DrawnOut,
    EstimateOut,
    SampledRunOut,
    SamplingDetail,
    SamplingOut,
)
from leaderboard.models import Sampling
from leaderboard.queries.sampling import Drawn, progress_of
from leaderboard.services.sampling_order import order_of
from leaderboard.views.sampling_rows import estimated

_PLAIN = (
    "id",
    "status",
    "said",
    "order",
    "dry_run",
    "other_prompt_tokens",
    "other_completion_tokens",
    "created_at",
    "started_at",
    "finished_at",
)


def sampling_out(row: Sampling) -> SamplingOut:
    return SamplingOut(**_values(row))


def sampling_detail(request: HttpRequest, row: Sampling) -> SamplingDetail:
    """With how far it is, of the runs that this reader sees."""
    seen, estimate = progress_of(row, request.user), estimated(row, order_of(row))
    return SamplingDetail(
        **_values(row),
        estimate=EstimateOut(**asdict(estimate)) if estimate else None,
        drawn=drawn_out(seen.drawn),
        samples_per_second=seen.rate,
        seconds_left=seen.seconds_left,
        sampler_seen=seen.sampler_seen,
        runs=[
            SampledRunOut(
                run=one.run.pk,
                temperature=one.run.temperature,
                status=one.run.status,
                judged=one.judged,
                drawn=drawn_out(one.drawn),
            )
            for one in seen.runs
        ],
    )


def _values(row: Sampling) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _PLAIN} | {"benchmark": row.benchmark.slug}


def drawn_out(drawn: Drawn) -> DrawnOut:
    return DrawnOut(**asdict(drawn))
