"""Models in one list: those that have a run which the reader's pages list."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from leaderboard.models import Model
from leaderboard.queries.visibility import Reader, listed_runs


def model_list(reader: Reader, text: str = "") -> QuerySet[Model]:
    """By name, each with `run_count`; those whose name or organisation holds the text."""
    listed = listed_runs(reader).values("pk")
    models = Model.objects.filter(runs__in=listed).annotate(run_count=Count("runs", distinct=True))
    if text:
        models = models.filter(Q(name__icontains=text) | Q(organisation__icontains=text))
    return models.order_by("name", "pk")
