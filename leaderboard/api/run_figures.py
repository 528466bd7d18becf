"""A run's pass@k at the k that somebody asks for."""

from __future__ import annotations

from collections.abc import Sequence

from evaluator.metrics import estimates
from leaderboard.api.schemas.common import PassAtK, pass_at_k
from leaderboard.api.schemas.runs import RunFigures
from leaderboard.models import Run
from leaderboard.queries.analysis import analysis_of
from leaderboard.queries.run_samples import counts_of_run
from leaderboard.queries.runs import figures_of


def figures_at(run: Run, ks: Sequence[int]) -> RunFigures:
    """Stored figures, and those of further k computed as they were. At most two queries."""
    known = {figure.k: pass_at_k(figure) for figure in figures_of(run)}
    wanted = sorted(set(ks)) if ks else sorted(known)
    possible = [k for k in wanted if k in known or 1 <= k <= run.n_min]
    missing = [k for k in possible if k not in known]
    if missing and run.status == Run.Status.DONE:
        counted = counts_of_run(run)
        for one in estimates(counted.n, counted.c, missing):
            known[one.k] = PassAtK(k=one.k, value=one.value, low=one.low, high=one.high)
    return RunFigures(
        figures=[known[k] for k in possible if k in known],
        refused=[k for k in wanted if k not in known],
        beyond=_beyond(run),
    )


def _beyond(run: Run) -> list[PassAtK]:
    analysis = analysis_of(run)
    points = analysis.beyond.points if analysis and analysis.beyond else ()
    return [PassAtK(k=one.m, value=one.value, low=one.low, high=one.high) for one in points]
