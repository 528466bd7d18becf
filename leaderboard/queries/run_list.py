"""Runs in one list, whatever their benchmark: the newest first."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from leaderboard.models import Run
from leaderboard.queries.visibility import Reader, listed_runs

_WITH = ("benchmark", "model", "owner", "organisation")
_EQUAL = ("status", "source", "visibility")


@dataclass(frozen=True, slots=True)
class WantedRuns:
    """What is asked for; None keeps all. `benchmark` and `model` are slugs, `q` is part of a model's name."""

    benchmark: str | None = None
    model: str | None = None
    status: str | None = None
    source: str | None = None
    visibility: str | None = None
    mine: bool = False
    q: str = ""


def run_list(reader: Reader, wanted: WantedRuns) -> QuerySet[Run]:
    """The runs that this reader's pages list, with what a row shows. Slicing it is one query."""
    runs = listed_runs(reader).select_related(*_WITH).order_by("-pk")
    equal = {name: value for name in _EQUAL if (value := getattr(wanted, name)) is not None}
    if wanted.benchmark is not None:
        equal["benchmark__slug"] = wanted.benchmark
    if wanted.model is not None:
        equal["model__slug"] = wanted.model
    if text := wanted.q.strip():
        runs = runs.filter(model__name__icontains=text)
    if wanted.mine:
        equal["owner_id"] = reader.pk or 0  # nobody's number
    return runs.filter(**equal)
