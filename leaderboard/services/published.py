"""Loads figures that papers printed: shown beside what was measured here, never mixed with it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from leaderboard.errors import Refused
from leaderboard.models import Benchmark, Run
from leaderboard.services.models import ModelFacts, model_for

DATA_FILE = Path(__file__).resolve().parent.parent / "data" / "published_humaneval.json"


def load_published() -> int:
    """Writes every published row of the data file; rows that are there are brought up to date.

    Returns how many rows the file has. Raises Refused where its benchmark is not loaded yet.
    """
    document = json.loads(DATA_FILE.read_text(encoding="utf-8"))
    slug = document["benchmark"]
    benchmark = Benchmark.objects.filter(slug=slug).order_by("-loaded_at").first()
    if benchmark is None:
        raise Refused(f"The benchmark {slug} is not loaded. Do that first: manage.py load_benchmark {slug}")
    with transaction.atomic():
        for row in document["rows"]:
            _load_row(benchmark, row, document["citation"])
    return len(document["rows"])


def _load_row(benchmark: Benchmark, row: dict[str, Any], citation: dict[str, Any]) -> None:
    model = model_for(row["model"], ModelFacts(row["organisation"], row["parameters"]), None)
    known = Run.objects.filter(
        source=Run.Source.PUBLISHED,
        benchmark__slug=benchmark.slug,
        model=model,
        method=row["method"],
        where=row["where"],
    ).first()
    run = known or Run(source=Run.Source.PUBLISHED, model=model, method=row["method"], where=row["where"])
    run.benchmark = benchmark
    run.status = Run.Status.DONE
    run.visibility = Run.Visibility.PUBLIC
    run.finished_at = run.finished_at or timezone.now()
    run.figures = {k: _figure(printed) for k, printed in row["pass_at_k"].items()}
    run.citation = citation
    run.note = row.get("note", "")
    run.save()


def _figure(printed: str) -> dict[str, object]:
    """A figure as a fraction, without an interval, and as the paper printed it (in %)."""
    return {"value": float(Decimal(printed) / 100), "low": None, "high": None, "printed": printed}
