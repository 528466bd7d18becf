"""/models/{slug}/settings: which temperature is best, for which k, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.http import HttpRequest
from ninja import Query, Router

from evaluator.metrics import BestSetting
from leaderboard.api import found
from leaderboard.api.operations import reads
from leaderboard.api.problems import NOT_FOUND, ApiProblem, Wrong
from leaderboard.api.schemas.common import Bounded, PassAtK, Slug
from leaderboard.api.schemas.settings import (
    BestSettingOut,
    RunnerUpOut,
    SettingOut,
    SettingsOut,
    SettingsQuery,
    WinsOut,
)
from leaderboard.models import Run
from leaderboard.queries.model_settings import RunnerUp, Settings, settings_of
from leaderboard.views.model_settings import names_of, sentence

router = Router(tags=["Models"])
_NOTHING = "This model has no two measured runs there that share 10 problems."


@router.get("/models/{slug}/settings", response=SettingsOut, summary="Its settings compared", **reads())
def get_model_settings(request: HttpRequest, slug: Slug, query: Query[SettingsQuery]) -> Any:
    """The model's measured runs on one benchmark, by temperature: pass@k of each, and the best one for each
    k, chosen on one half of the problems and read on the other."""
    runs = [run for run in found.model(request, slug).runs if run.benchmark.slug == query.benchmark]
    if not runs:
        said = f"This model has no run on a benchmark “{query.benchmark}” that you see."
        raise ApiProblem(NOT_FOUND, said, [Wrong("benchmark", "query", said)])
    settings = settings_of(runs, runs[0].benchmark)
    if settings is None:
        return SettingsOut(benchmark=query.benchmark, problems=0, ks=[], settings=[], best=[], said=_NOTHING)
    names = names_of(runs, settings)
    by_id = {run.pk: run for run in runs}
    places = enumerate(settings.run_ids)
    return SettingsOut(
        benchmark=query.benchmark,
        problems=settings.problems,
        ks=list(settings.grid.ks),
        settings=[_setting(settings, place, by_id[pk], names[pk]) for place, pk in places],
        best=[
            _best(settings.run_ids, one, second)
            for one, second in zip(settings.best, settings.seconds, strict=True)
        ],
        said=sentence(settings, names),
    )


def _setting(settings: Settings, place: int, run: Run, name: str) -> SettingOut:
    grid = settings.grid
    rows = zip(grid.ks, grid.values[place], grid.lows[place], grid.highs[place], strict=True)
    return SettingOut(
        run=run.pk,
        name=name,
        temperature=run.temperature,
        top_p=run.top_p,
        figures=[
            PassAtK(k=k, value=float(value), low=float(low), high=float(high))
            for k, value, low, high in rows
            if not np.isnan(value)
        ],
    )


def _best(run_ids: Sequence[int], one: BestSetting, second: RunnerUp | None) -> BestSettingOut:
    return BestSettingOut(
        k=one.k,
        run=run_ids[one.run],
        figure=Bounded(value=one.value, low=one.low, high=one.high),
        own=one.naive,
        wins=[WinsOut(run=pk, share=share) for pk, share in zip(run_ids, one.wins, strict=True)],
        second=RunnerUpOut(run=run_ids[second.run], behind=second.behind, samples=second.samples)
        if second
        else None,
    )
