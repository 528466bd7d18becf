"""/models: what is ranked, one of them with its runs, and what is known of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from leaderboard.api import found
from leaderboard.api.form_values import cleaned
from leaderboard.api.operations import JSON, reads, writes
from leaderboard.api.paging import around
from leaderboard.api.problems import FORBIDDEN
from leaderboard.api.runs_out import model_name, run_out
from leaderboard.api.schemas.common import Slug
from leaderboard.api.schemas.models import (
    ModelDetail,
    ModelFactsChange,
    ModelFactsOut,
    ModelOut,
    ModelPage,
    ModelsQuery,
    SaidOut,
)
from leaderboard.forms.model_facts import ModelFactsForm
from leaderboard.models import Model
from leaderboard.queries.model_list import model_list
from leaderboard.services import models as service
from leaderboard.views.run_facts import said_otherwise

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


@router.get(
    "/models/{slug}/facts",
    response=ModelFactsOut,
    summary="What is known of it",
    **reads(FORBIDDEN, signed_in=True),
)
def get_model_facts(request: HttpRequest, slug: Slug) -> Any:
    """For who may change it: who brought its first run, and staff. With what uploaders of its runs said
    otherwise; what one said of it can be sent as it stands to take it over."""
    return _facts(found.own_model(request, slug))


@router.patch(
    "/models/{slug}/facts",
    response=ModelFactsOut,
    summary="Change what is known of it",
    **writes(takes=(JSON,)),
)
def change_model_facts(request: HttpRequest, slug: Slug, body: ModelFactsChange) -> Any:
    """Boards, charts and the model's page show it. Every change is noted."""
    seen = found.own_model(request, slug)
    said = {
        name: "" if value is None else str(value)
        for name, value in body.model_dump(exclude_unset=True).items()
    }
    form = cleaned(ModelFactsForm(ModelFactsForm.initial_of(seen.model) | said))
    actor: Any = request.user
    service.change(seen.model, actor, form.facts())
    return _facts(seen)


def _facts(seen: found.SeenModel) -> ModelFactsOut:
    model = seen.model
    for run in seen.runs:
        run.model = model  # as it is now, after a change
    others = [
        SaidOut(run=run.pk, by=run.owner.get_username() if run.owner else None, said=said)
        for run in seen.runs
        if (said := said_otherwise(run))
    ]
    return ModelFactsOut(
        organisation=model.organisation,
        parameters=model.parameters,
        released=model.released,
        url=model.url,
        others=others,
    )


def _values(row: Model, runs: int) -> dict[str, Any]:
    return {**model_name(row).model_dump(), "runs": runs, "url": row.url}
