"""/models: what is ranked, and one of them with its runs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from leaderboard.api import found
from leaderboard.api.operations import reads
from leaderboard.api.paging import around
from leaderboard.api.runs_out import model_name, run_out
from leaderboard.api.schemas.common import Slug
from leaderboard.api.schemas.models import ModelDetail, ModelOut, ModelPage, ModelsQuery
from leaderboard.models import Model
from leaderboard.queries.model_list import model_list

router = Router(tags=["Models"])


@router.get("/models", response=ModelPage, summary="Models that have a run", **reads())
def list_models(request: HttpRequest, query: Query[ModelsQuery]) -> Any:
    rows = model_list(request.user, query.q.strip())
    items = [ModelOut(**_values(row, row.run_count)) for row in rows[query.slice]]
    return ModelPage(items=items, **around(request, query, rows.count()))


@router.get("/models/{slug}", response=ModelDetail, summary="One model and its runs", **reads())
def get_model(request: HttpRequest, slug: Slug) -> Any:
    """A model none of whose runs you see is not found."""
    seen = found.model(request, slug)
    results = [run_out(request, run) for run in seen.runs]
    return ModelDetail(**_values(seen.model, len(results)), results=results)


def _values(row: Model, runs: int) -> dict[str, Any]:
    return {**model_name(row).model_dump(), "runs": runs, "url": row.url}
