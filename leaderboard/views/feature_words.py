"""What the page on features says in sentences."""

from __future__ import annotations

from evaluator.metrics.decay import Decay
from leaderboard.views.compare_words import p_text
from leaderboard.views.feature_rows import SURE, TrendRow, odds


def times(value: float) -> str:
    """A ratio with three digits: 0.870, 1.32, 12.6."""
    return f"{value:#.3g}".rstrip(".")


def interval(low: float, high: float) -> str:
    return f"95 % interval {times(low)} to {times(high)}"


def sentence(row: TrendRow) -> str:
    """How this run's pass rate goes with the feature, and whether chance would do as much."""
    ratio = odds(row)
    if ratio is None:
        return f"{row.name}: too few problems to tell a trend."
    if row.of_run.decay is not None:
        told = _decay(row.of_run.decay)
    else:
        told = f"multiplies the odds of passing by {times(ratio[0])} ({interval(*ratio[1:])})"
    return f"{row.name}: {row.feature.steps} {told}; {_chance(row)}."


def verdict(row: TrendRow) -> str:
    """A word for the table: which way the pass rate goes beyond chance."""
    if row.of_run.trend is None or row.holm is None:
        return "too few problems"
    if row.holm > SURE:
        return "no"
    return "yes, falls" if row.of_run.trend.slope < 0 else "yes, rises"


def _decay(decay: Decay) -> str:
    if decay.factor < 1:
        rise = interval(1 / decay.high, 1 / decay.low)
        return f"multiplies the pass rate by {times(1 / decay.factor)} ({rise})"
    return f"divides the pass rate by {times(decay.factor)} ({interval(decay.low, decay.high)})"


def _chance(row: TrendRow) -> str:
    if row.holm is None:
        return "too few problems to tell it from chance"
    told = p_text(row.holm)
    value = f"p {told}" if told.startswith("<") else f"p = {told}"
    if row.holm > SURE:
        return f"chance alone would do as much ({value} after Holm’s correction)"
    return f"more than chance explains ({value} after Holm’s correction)"
