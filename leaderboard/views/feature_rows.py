"""Rows of the page on features: trends and bins as strings, as values for sorting, as records for files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

from evaluator.metrics import holm
from leaderboard.feature_chart import FeatureLine, Mark
from leaderboard.formatting import MISSING, MISSING_FIGURE, FigureText, columns_aligned, counted, figure_text
from leaderboard.models import Run
from leaderboard.queries.features import Bin, FeatureOfRun
from leaderboard.tables import Order, Value, in_order
from leaderboard.views.compare_rows import colours
from leaderboard.views.compare_words import labels, p_text
from leaderboard.views.feature_choice import FEATURES, Feature

SURE = 0.05
TREND_RECORD = (
    "feature", "run", "model", "problems", "step", "odds_ratio", "odds_ratio_low", "odds_ratio_high",
    "p", "p_holm", "decay_factor", "decay_factor_low", "decay_factor_high",
)  # fmt: skip

ByFeature = Sequence[Mapping[str, FeatureOfRun]]


@dataclass(frozen=True, slots=True)
class TrendRow:
    """One feature and one run. `holm`: p after Holm's correction over all rows; None without a trend."""

    feature: Feature
    run: Run
    name: str
    of_run: FeatureOfRun
    holm: float | None


def trend_rows(runs: Sequence[Run], found: ByFeature) -> list[TrendRow]:
    """Every feature of every run, features first."""
    pairs = [
        (FEATURES[key], run, name, of_run[key])
        for key in FEATURES
        for run, name, of_run in zip(runs, labels(runs), found, strict=True)
        if key in of_run
    ]
    known = [place for place, (*_, one) in enumerate(pairs) if one.trend is not None]
    ps = [one.trend.p for *_, one in pairs if one.trend is not None]
    after = dict(zip(known, map(float, holm(ps)), strict=True)) if ps else {}
    return [TrendRow(*pair, after.get(place)) for place, pair in enumerate(pairs)]


def ordered(rows: Sequence[TrendRow], order: Order) -> list[TrendRow]:
    """The rows in this order; equal ones as they came, features and runs as they are shown."""
    return in_order(rows, order, _value, tie=rows.index)


def odds(row: TrendRow) -> tuple[float, float, float] | None:
    """By what a step of the feature multiplies the odds of passing, and its interval."""
    trend = row.of_run.trend
    if trend is None:
        return None
    first, *rest = (_exp(slope * row.feature.step) for slope in (trend.slope, trend.low, trend.high))
    return (first, *rest)  # type: ignore[return-value]


def trend_record(row: TrendRow) -> dict[str, Any]:
    """The row with raw values; the odds ratio is that of `step` units of the feature."""
    trend, decay = row.of_run.trend, row.of_run.decay
    ratio = odds(row) or (None, None, None)
    return {
        "feature": row.feature.key,
        "run": row.run.pk,
        "model": row.name,
        "problems": trend.problems if trend else None,
        "step": row.feature.step,
        **dict(zip(("odds_ratio", "odds_ratio_low", "odds_ratio_high"), ratio, strict=True)),
        "p": trend.p if trend else None,
        "p_holm": row.holm,
        "decay_factor": decay.factor if decay else None,
        "decay_factor_low": decay.low if decay else None,
        "decay_factor_high": decay.high if decay else None,
    }


def bin_records(runs: Sequence[Run], found: Sequence[FeatureOfRun]) -> list[dict[str, Any]]:
    """The bins with raw values: rates of each run as fractions, by its number."""
    records = []
    for bins in zip(*(one.bins for one in found), strict=True):
        record: dict[str, Any] = {"from": bins[0].low, "to": bins[0].high, "problems": bins[0].problems}
        for run, one in zip(runs, bins, strict=True):
            name = f"run {run.pk} pass rate"
            record[name] = one.rate.value if one.rate else None
            record[f"{name}_low"] = one.rate.low if one.rate else None
            record[f"{name}_high"] = one.rate.high if one.rate else None
        records.append(record)
    return records


def bin_texts(runs: Sequence[Run], found: Sequence[FeatureOfRun], order: Order) -> list[dict[str, Any]]:
    """What the table of bins prints, in its order."""
    rows = list(zip(*(one.bins for one in found), strict=True))
    columns = [f"rate{run.pk}" for run in runs]

    def value(bins: Sequence[Bin], key: str) -> Value:
        if key in columns:
            rate = bins[columns.index(key)].rate
            return rate.value if rate else None
        return bins[0].problems if key == "problems" else bins[0].low

    sorted_rows = in_order(rows, order, value, tie=lambda bins: bins[0].low)
    figures = columns_aligned([[_figure(one) for one in bins] for bins in sorted_rows])
    return [
        {"value": range_text(bins[0]), "problems": bins[0].problems, "figures": texts}
        for bins, texts in zip(sorted_rows, figures, strict=True)
    ]


def chart_lines(runs: Sequence[Run], found: Sequence[FeatureOfRun]) -> list[FeatureLine]:
    """Each run with its marks and its curve: the exponential where one is fitted, else the logistic one."""
    return [
        _line(name, series, one) for name, series, one in zip(labels(runs), colours(runs), found, strict=True)
    ]


def range_text(one: Bin) -> str:
    """Values of a bin: "3" or "12–24"."""
    return f"{one.low:,.0f}" if one.low == one.high else f"{one.low:,.0f}–{one.high:,.0f}"


def p_or_missing(p: float | None) -> str:
    return MISSING if p is None else p_text(p)


def _line(name: str, series: int, one: FeatureOfRun) -> FeatureLine:
    curve = one.decay or one.trend
    marks = [
        Mark(
            bin_.centre,
            bin_.rate.value,
            bin_.rate.low,
            bin_.rate.high,
            f"{range_text(bin_)}: {counted(bin_.rate.problems, 'problem')}",
        )
        for bin_ in one.bins
        if bin_.rate is not None
    ]
    parts = (curve.xs, curve.values, curve.lows, curve.highs) if curve else ((), (), (), ())
    return FeatureLine(name, marks, *parts, series)


def _figure(one: Bin) -> FigureText:
    return figure_text(one.rate.value, one.rate.low, one.rate.high) if one.rate else MISSING_FIGURE


def _value(row: TrendRow, key: str) -> Value:
    trend, ratio = row.of_run.trend, odds(row)
    values: dict[str, Value] = {
        "feature": list(FEATURES).index(row.feature.key),
        "run": row.name.casefold(),
        "odds": ratio[0] if ratio else None,
        "p": trend.p if trend else None,
        "holm": row.holm,
        "said": None if row.holm is None or trend is None else (row.holm <= SURE, trend.slope < 0),
    }
    return values[key]


def _exp(value: float) -> float:
    """Without overflow."""
    return exp(max(-700.0, min(700.0, value)))
