"""/benchmarks/{slug}/features: where models break."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from leaderboard.api import found
from leaderboard.api.operations import reads
from leaderboard.api.problems import INVALID, ApiProblem, Wrong
from leaderboard.api.schemas.common import Bounded, Slug, bounded
from leaderboard.api.schemas.features import (
    FeatureBin,
    FeatureCurve,
    FeatureOut,
    FeatureRun,
    FeaturesOut,
    FeaturesQuery,
    TrendOut,
)
from leaderboard.models import Benchmark, Run
from leaderboard.queries.compare import comparable
from leaderboard.queries.features import FeatureOfRun, by_feature, candidates, features_of, usual_runs
from leaderboard.views.compare_words import labels
from leaderboard.views.feature_choice import FEATURES
from leaderboard.views.feature_rows import SURE, TrendRow, odds, trend_rows
from leaderboard.views.feature_words import sentence

router = Router(tags=["Benchmarks"])


@router.get("/benchmarks/{slug}/features", response=FeaturesOut, summary="Where models break", **reads())
def get_features(request: HttpRequest, slug: Slug, query: Query[FeaturesQuery]) -> Any:
    """Pass rates of up to four runs against what makes problems long or intricate: trends of all features,
    bins and a fitted curve of one."""
    benchmark = found.benchmark(slug)
    runs = _runs(request, benchmark, query.run)
    known = [key for key in FEATURES if key in features_of(benchmark)]
    if query.by is not None and query.by not in known:
        said = f"The problems of {benchmark.name} do not differ in it."
        raise ApiProblem(INVALID, said, [Wrong("by", "query", said)])
    features = by_feature(benchmark, runs)
    shown = query.by or next(iter(known), None) if runs else None
    of_feature = [one[shown] for one in features] if shown else []
    return FeaturesOut(
        feature=shown,
        features=[_feature(key) for key in known] if runs else [],
        runs=[_run(run, name) for run, name in zip(runs, labels(runs), strict=True)],
        trends=[_trend(row) for row in trend_rows(runs, features)],
        bins=_bins(of_feature),
        curves=[
            curve
            for run, one in zip(runs, of_feature, strict=shown is not None)
            if (curve := _curve(run, one))
        ],
    )


def _runs(request: HttpRequest, benchmark: Benchmark, words: Sequence[str]) -> list[Run]:
    if not words:
        return [run for run in usual_runs(candidates(benchmark, request.user)) if comparable(run)]
    runs = found.scored_runs(request, words)
    if others := [run.pk for run in runs if run.benchmark_id != benchmark.pk]:
        said = f"Run {others[0]} is of another benchmark."
        raise ApiProblem(INVALID, said, [Wrong("run", "query", said)])
    return runs


def _feature(key: str) -> FeatureOut:
    feature = FEATURES[key]
    return FeatureOut(key=key, label=feature.label, step=feature.step, remark=feature.remark)


def _run(run: Run, name: str) -> FeatureRun:
    return FeatureRun(run=run.pk, name=name, synthetic=run.synthetic, verdicts_from=run.verdicts_from)


def _trend(row: TrendRow) -> TrendOut:
    trend, decay, ratio = row.of_run.trend, row.of_run.decay, odds(row)
    return TrendOut(
        feature=row.feature.key,
        run=row.run.pk,
        problems=trend.problems if trend else None,
        odds_ratio=Bounded(value=ratio[0], low=ratio[1], high=ratio[2]) if ratio else None,
        decay=Bounded(value=decay.factor, low=decay.low, high=decay.high) if decay else None,
        p=trend.p if trend else None,
        p_holm=row.holm,
        beyond_chance=None if row.holm is None else row.holm <= SURE,
        said=sentence(row),
    )


def _bins(of_feature: Sequence[FeatureOfRun]) -> list[FeatureBin]:
    return [
        FeatureBin(
            low=bins[0].low,
            high=bins[0].high,
            centre=bins[0].centre,
            problems=bins[0].problems,
            pass_rates=[bounded(one.rate) for one in bins],
        )
        for bins in zip(*(one.bins for one in of_feature), strict=True)
    ]


def _curve(run: Run, one: FeatureOfRun) -> FeatureCurve | None:
    curve = one.decay or one.trend
    if curve is None:
        return None
    return FeatureCurve(
        run=run.pk,
        fit="exponential" if one.decay else "logistic",
        x=list(curve.xs),
        value=list(curve.values),
        low=list(curve.lows),
        high=list(curve.highs),
    )
