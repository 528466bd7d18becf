"""/runs/{run}/analysis: what a run tells beside its figures: noise, samples beyond n, rankers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Router

from leaderboard.api import found
from leaderboard.api.operations import reads
from leaderboard.api.schemas.analyses import (
    BeyondOut,
    CalibrationBin,
    NoiseOut,
    PointOut,
    RankerOut,
    RankersOut,
    RunAnalysisOut,
)
from leaderboard.api.schemas.common import Bounded, RunId, bounded
from leaderboard.models import Run
from leaderboard.queries.analysis import analysis_of
from leaderboard.queries.runs import ProblemRow, figures_of, problem_rows
from leaderboard.run_analysis import Analysis, Beyond
from leaderboard.run_rankers import Bin, RankerResult
from leaderboard.views.run_noise import noise_of, noise_strings
from leaderboard.views.run_rankers import oracle_mean, pickable

router = Router(tags=["Runs"])


@router.get("/runs/{run}/analysis", response=RunAnalysisOut, summary="What its figures are worth", **reads())
def get_run_analysis(request: HttpRequest, run: RunId) -> Any:
    """What share of pass@1's uncertainty is sampling noise, pass@k beyond the samples drawn with how far such
    a guess was off, and what picking a sample by a number of the file gains, with calibration."""
    row = found.run(request, run)
    analysis = analysis_of(row)
    if analysis is None:
        return RunAnalysisOut(noise=None, noise_said="", beyond=None, rankers=None)
    rows = problem_rows(row)
    noise, words = noise_of(rows), noise_strings(rows)
    return RunAnalysisOut(
        noise=NoiseOut(
            problem_sd=noise.problem_sd, sample_sd=noise.sample_sd, sample_share=noise.sample_share
        )
        if noise
        else None,
        noise_said=words["said"] if words else "",
        beyond=_beyond(analysis.beyond),
        rankers=_rankers(row, rows, analysis),
    )


def _beyond(beyond: Beyond | None) -> BeyondOut | None:
    if beyond is None:
        return None
    points = [PointOut(**asdict(point)) for point in beyond.points]
    return BeyondOut(**asdict(beyond) | {"points": points})


def _rankers(run: Run, rows: Sequence[ProblemRow], analysis: Analysis) -> RankersOut | None:
    counted = pickable(rows)
    if not counted:
        return None
    figures = {figure.k: figure for figure in figures_of(run)}
    return RankersOut(
        random_pick=bounded(figures.get(1)),
        oracle=bounded(oracle_mean(counted)),
        rankers=[_ranker(one) for one in analysis.rankers],
        left_out=analysis.left_out,
    )


def _ranker(one: RankerResult) -> RankerOut:
    return RankerOut(
        name=one.name,
        lowest=one.lowest,
        picked=bounded(one),
        auc=one.auc,
        best_of=[PointOut(**asdict(point)) for point in one.best_of],
        calibration=[_bin(part) for part in one.bins],
    )


def _bin(part: Bin) -> CalibrationBin:
    return CalibrationBin(
        low=part.low,
        high=part.high,
        mean=part.mean,
        samples=part.samples,
        passed=part.passed,
        pass_rate=Bounded(value=part.passed / part.samples, low=part.rate_low, high=part.rate_high),
    )
