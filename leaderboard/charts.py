"""pass@k over k as a Plotly figure in JSON. No queries, and no colours: figures name tokens of tokens.css."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leaderboard.chart_frame import (
    WIDTH,
    document,
    hover,
    new_figure,
    percent_axis,
    percent_values,
    series,
)
from leaderboard.chart_traces import End, band, end_labels, label_share

if TYPE_CHECKING:
    from plotly.graph_objects import Scatter

_K_TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)
_TICK_PIXELS = 26


@dataclass(frozen=True, slots=True)
class ChartBox:
    """What the chart partial shows: where the figure is, and the same data as a table of ready strings."""

    title: str
    note: str
    address: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Curve:
    """pass@k of one run over k. Values and bounds are fractions; bounds are None where nobody knows them.

    `series` keeps a run's colour the same on every chart: pass the id of the run. `guessed`: nobody
    measured it; it is drawn dashed and without marks, as the continuation of another curve.
    """

    label: str
    ks: Sequence[int]
    values: Sequence[float]
    lows: Sequence[float | None]
    highs: Sequence[float | None]
    series: int
    address: str = ""
    published: bool = False
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class AxisTitles:
    """What the axes of a chart of curves say."""

    x: str = "k, samples that may be tried"
    y: str = "pass@k, %"
    point: str = "pass@"  # stands before k where a point is pointed at


def curve_figure(curves: Sequence[Curve], width: int = WIDTH, titles: AxisTitles = AxisTitles()) -> str:
    """pass@k over k (log axis), a band for each interval, each curve labelled at its end. JSON.

    `width` of the plot in pixels decides how much of it the labels take, and how many ticks have room.
    """
    named = [curve for curve in curves if not curve.guessed]
    figure = new_figure()
    for curve in curves:
        if None not in curve.lows and None not in curve.highs:
            figure.add_trace(band(curve.ks, curve.lows, curve.highs, curve.series))
    for curve in curves:
        figure.add_trace(_curve_line(curve, titles.point))
    reach = max(math.log10(max((k for curve in curves for k in curve.ks), default=1)), 0.3)
    share = label_share([curve.label for curve in named], width, 12) if len(named) > 1 else 0.02
    decade = width * (1 - share) / reach
    figure.update_xaxes(
        type="log",
        title_text=titles.x,
        tickvals=_ticks(reach, decade),
        range=[-0.05 * reach, reach / (1 - share)],
    )
    top = percent_axis(figure, titles.y, (v for curve in curves for v in (*curve.values, *curve.highs)))
    if len(named) > 1:
        figure.add_traces(list(end_labels([_end(curve, decade) for curve in named], top)))
    return document(figure)


def _ticks(reach: float, decade: float) -> list[int]:
    """Round k that lie far enough apart, the powers of ten first."""
    ticks: list[int] = []
    for k in sorted(_K_TICKS, key=lambda k: (math.log10(k) % 1, k)):
        place = math.log10(k)
        if place <= reach and all(abs(place - math.log10(tick)) * decade > _TICK_PIXELS for tick in ticks):
            ticks.append(k)
    return sorted(ticks)


def _curve_line(curve: Curve, point: str) -> Scatter:
    from plotly.graph_objects import Scatter

    colour = f"var(--series-{series(curve.series)})"
    return Scatter(
        x=list(curve.ks),
        y=percent_values(curve.values),
        mode="lines" if curve.guessed else "lines+markers",
        line={"color": colour, "width": 2, "dash": _dash(curve)},
        marker={"color": colour, "size": 5, "symbol": "circle-open" if curve.published else "circle"},
        hovertext=[
            hover(curve.label, f"{point}{k}", value, low, high)
            for k, value, low, high in zip(curve.ks, curve.values, curve.lows, curve.highs, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        customdata=[curve.address] * len(curve.ks) if curve.address else None,
        cliponaxis=False,
    )


def _dash(curve: Curve) -> str:
    if curve.guessed:
        return "dash"
    return "dot" if curve.published else "solid"


def _end(curve: Curve, decade: float) -> End:
    """`decade` is the width of 1 : 10 in pixels."""
    return End(curve.ks[-1], math.log10(curve.ks[-1]) * decade, curve.values[-1], curve.label, curve.series)
