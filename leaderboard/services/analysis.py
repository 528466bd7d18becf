"""Stores what takes longer to compute of a scored run than its page may."""

from __future__ import annotations

from leaderboard.models import Run, RunAnalysis
from leaderboard.run_analysis import analysed


def store_analysis(run_id: int) -> None:
    """Computes and replaces the run's row; nothing for a run that is gone or being scored again.

    Some tenths of a second for tens of thousands of samples, so it runs when the figures are committed.
    Where it was never run, the page computes for itself.
    """
    run = Run.objects.filter(pk=run_id, status=Run.Status.DONE).first()
    if run is None:
        return
    values = {"of": run.finished_at, "data": analysed(run).as_json()}
    RunAnalysis.objects.update_or_create(run=run, defaults=values)
