"""One model: its runs on every benchmark."""

from __future__ import annotations

from leaderboard.models import Model, Run
from leaderboard.queries.visibility import Reader, listed_runs


def model_by_slug(slug: str) -> Model | None:
    return Model.objects.filter(slug=slug).first()


def runs_of(model: Model, reader: Reader) -> list[Run]:
    """The model's runs that this reader's pages list: by benchmark, measured ones first, then temperature."""
    runs = (
        listed_runs(reader).filter(model=model).select_related("model", "benchmark", "owner", "organisation")
    )
    return sorted(runs, key=_place)


def _place(run: Run) -> tuple[str, bool, float, int]:
    temperature = 2.0**10 if run.temperature is None else run.temperature
    return (run.benchmark.name, run.source == Run.Source.PUBLISHED, temperature, run.pk)
