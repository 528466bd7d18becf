"""The compared runs' pass@k curves, over the shared problems."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from evaluator.metrics import Estimate, default_ks
from leaderboard.charts import ChartBox, Curve
from leaderboard.formatting import MISSING, percent
from leaderboard.queries.compare import Comparison, run_estimates
from leaderboard.run_links import run_word
from leaderboard.views.choices import joined
from leaderboard.views.compare_rows import Figures, colours


def curves(comparison: Comparison, names: Sequence[str]) -> list[Curve]:
    """A curve with its band for each run, each up to its own largest k."""
    numbers = colours(comparison.runs)
    return [
        _curve(names[place], comparison.runs[place].pk, numbers[place], _estimates(comparison, place))
        for place in range(len(comparison.runs))
    ]


def curve_box(comparison: Comparison, names: Sequence[str], figures: Figures) -> ChartBox | None:
    """The chart and its table; None where no run has two k."""
    ks = sorted({k for known in figures for k in known})
    if len(ks) < 2:
        return None
    runs = joined([run_word(run.pk) for run in comparison.runs], [])
    return ChartBox(
        title="pass@k",
        note="on the shared problems, with 95 % intervals",
        address=f"{reverse('compare-chart')}?run={runs}",
        columns=["Run", *(f"pass@{k}, %" for k in ks)],
        rows=[[name, *(_text(known.get(k)) for k in ks)] for name, known in zip(names, figures, strict=True)],
    )


def _estimates(comparison: Comparison, place: int) -> list[Estimate]:
    n, c = comparison.n[place], comparison.c[place]
    return run_estimates(n, c, default_ks(int(n.min())))


def _curve(name: str, pk: int, number: int, found: Sequence[Estimate]) -> Curve:
    return Curve(
        label=name,
        ks=[one.k for one in found],
        values=[one.value for one in found],
        lows=[one.low for one in found],
        highs=[one.high for one in found],
        series=number,
        address=reverse("run", args=[pk]),
    )


def _text(one: Estimate | None) -> str:
    return MISSING if one is None else f"{percent(one.value)} [{percent(one.low)}–{percent(one.high)}]"
