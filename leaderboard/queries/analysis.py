"""What a scored run's page tells beside its figures: beyond the samples drawn, and by rankers."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from leaderboard.models import Run, RunAnalysis
from leaderboard.run_analysis import Analysis, analysed, from_json

_REMEMBERED = 64


def analysis_of(run: Run) -> Analysis | None:
    """The stored analysis of this scoring; None where the run is not scored. One query.

    Where none is stored (the run was scored before it was kept, or its worker ended at the wrong moment)
    it is computed, once per process.
    """
    if run.status != Run.Status.DONE or run.source == Run.Source.PUBLISHED or run.finished_at is None:
        return None
    stored = RunAnalysis.objects.filter(run=run, of=run.finished_at).first()
    return from_json(stored.data) if stored else _computed(run.pk, run.finished_at)


@lru_cache(maxsize=_REMEMBERED)
def _computed(run_id: int, finished_at: datetime) -> Analysis:
    """`finished_at` tells scorings of the same run apart."""
    return analysed(Run.objects.get(pk=run_id))
