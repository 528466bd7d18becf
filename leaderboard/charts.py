"""Rows → Plotly figures as JSON. No queries here, and no colours: figures name the tokens of tokens.css.

Plotly is imported where it is used: it costs a worker 30 MiB that most requests never need.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from leaderboard.formatting import size_text

if TYPE_CHECKING:
    from plotly.graph_objects import Figure, Scatter

_SERIES = 8
_K_TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_LABEL_PIXELS = (6.4, 15.0)  # of one letter: what direct labels need so as not to lie upon each other
_PLOT_PIXELS = (520.0, 270.0)  # a plot beside a table; wider ones have room to spare


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

    `series` keeps a run's colour the same on every chart: pass the id of the run.
    """

    label: str
    ks: Sequence[int]
    values: Sequence[float]
    lows: Sequence[float | None]
    highs: Sequence[float | None]
    series: int
    address: str = ""
    published: bool = False


@dataclass(frozen=True, slots=True)
class SizePoint:
    """One run by the size of its model (a count of parameters). Value and bounds are fractions."""

    label: str
    parameters: int
    value: float
    low: float | None
    high: float | None
    series: int
    address: str = ""
    published: bool = False


def curve_figure(curves: Sequence[Curve]) -> str:
    """pass@k over k (log axis), a band for each interval, each curve labelled at its end. JSON."""
    figure = _figure()
    for curve in curves:
        if None not in curve.lows and None not in curve.highs:
            figure.add_trace(_band(curve))
        figure.add_trace(_curve_line(curve, labelled=len(curves) > 1))
    largest = max((k for curve in curves for k in curve.ks), default=1)
    room = 1.0 if len(curves) < 2 else max(largest, 10) ** 0.45  # right of the last point, for the labels
    figure.update_xaxes(
        type="log",
        title="k, samples that may be tried",
        tickvals=[k for k in _K_TICKS if k <= largest],
        range=[-0.05, max(math.log10(largest * room) + 0.05, 0.3)],
    )
    _percent_axis(figure, "pass@k, %", (value for curve in curves for value in (*curve.values, *curve.highs)))
    return _document(figure)


def size_figure(points: Sequence[SizePoint], k: int) -> str:
    """pass@k over parameters (log axis): measured runs filled, published figures hollow. JSON."""
    figure = _figure()
    labelled = _labels_with_room(points)
    for published in (True, False):
        chosen = [point for point in points if point.published is published]
        if chosen:
            figure.add_trace(_size_marks(chosen, labelled))
    figure.update_xaxes(type="log", title="parameters", **_size_axis([point.parameters for point in points]))
    _percent_axis(figure, f"pass@{k}, %", (value for point in points for value in (point.value, point.high)))
    return _document(figure)


def _figure() -> Figure:
    from plotly.graph_objects import Figure

    figure = Figure()
    figure.update_layout(
        template="none",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"size": 12, "color": "var(--ink-2)"},
        margin={"l": 36, "r": 8, "t": 26, "b": 40},
        showlegend=False,
        hovermode="closest",
        dragmode=False,
        hoverlabel={
            "bgcolor": "var(--paper)",
            "bordercolor": "var(--line-2)",
            "font": {"color": "var(--ink)"},
        },
    )
    axis = {"showgrid": True, "gridcolor": "var(--line)", "zeroline": False, "showline": False}
    figure.update_xaxes(**axis, fixedrange=True, ticks="outside", ticklen=4, tickcolor="var(--line-2)")
    figure.update_yaxes(**axis, fixedrange=True)
    return figure


def _percent_axis(figure: Figure, title: str, fractions: Iterable[float | None]) -> None:
    """From 0 to what is needed, at most 100; the title lies flat above the axis, where it is read."""
    top = max((fraction for fraction in fractions if fraction is not None), default=1.0)
    figure.update_yaxes(range=[0, min(max(top * 108, 5), 101)], nticks=6)
    figure.add_annotation(
        text=title, x=0, xref="paper", xanchor="left", y=1, yref="paper", yanchor="bottom", yshift=6,
        showarrow=False, xshift=-30,
    )  # fmt: skip


def _band(curve: Curve) -> Scatter:
    from plotly.graph_objects import Scatter

    return Scatter(
        x=[*curve.ks, *reversed(curve.ks)],
        y=_percent([*curve.highs, *reversed(curve.lows)]),
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=f"var(--band-{_series(curve.series)})",
        hoverinfo="skip",
    )


def _curve_line(curve: Curve, *, labelled: bool) -> Scatter:
    from plotly.graph_objects import Scatter

    colour = f"var(--series-{_series(curve.series)})"
    return Scatter(
        x=list(curve.ks),
        y=_percent(curve.values),
        mode="lines+markers+text" if labelled else "lines+markers",
        text=["" for _ in curve.ks[1:]] + [f" {_plain(curve.label)}"],
        textposition="middle right",
        textfont={"color": colour, "size": 11},
        line={"color": colour, "width": 2, "dash": "dot" if curve.published else "solid"},
        marker={"color": colour, "size": 5, "symbol": "circle-open" if curve.published else "circle"},
        hovertext=[
            _hover(curve.label, f"pass@{k}", value, low, high)
            for k, value, low, high in zip(curve.ks, curve.values, curve.lows, curve.highs, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        customdata=[curve.address] * len(curve.ks) if curve.address else None,
        cliponaxis=False,
    )


def _size_marks(points: Sequence[SizePoint], labelled: set[int]) -> Scatter:
    from plotly.graph_objects import Scatter

    published = points[0].published
    colours = ["var(--ink-2)" if published else f"var(--series-{_series(point.series)})" for point in points]
    above = [(point.high or point.value) * 100 - point.value * 100 for point in points]
    below = [point.value * 100 - (point.value if point.low is None else point.low) * 100 for point in points]
    return Scatter(
        x=[point.parameters for point in points],
        y=_percent(point.value for point in points),
        mode="markers+text",
        text=[_plain(point.label) if id(point) in labelled else "" for point in points],
        textposition="top center",
        textfont={"color": "var(--ink-2)" if published else "var(--ink)", "size": 11},
        marker={"color": colours, "size": 8, "symbol": "circle-open" if published else "circle"},
        error_y=None
        if published
        else {"array": above, "arrayminus": below, "color": "var(--line-2)", "thickness": 1, "width": 0},
        hovertext=[_hover(point.label, "", point.value, point.low, point.high) for point in points],
        hovertemplate="%{hovertext}<extra></extra>",
        customdata=[point.address or None for point in points],
        cliponaxis=False,
    )


def _labels_with_room(points: Sequence[SizePoint]) -> set[int]:
    """ids of the points whose labels fit: measured ones first, then from the top down."""
    if not points:
        return set()
    low, high = _size_axis([point.parameters for point in points])["range"]
    top = max(point.high or point.value for point in points) or 1.0
    taken: list[tuple[float, float, float]] = []
    chosen = set()
    for point in sorted(points, key=lambda point: (point.published, -point.value)):
        x = (math.log10(point.parameters) - low) / (high - low) * _PLOT_PIXELS[0]
        y = point.value / top * _PLOT_PIXELS[1]
        half = len(point.label) * _LABEL_PIXELS[0] / 2
        free = all(
            abs(x - left) > half + other or abs(y - up) > _LABEL_PIXELS[1] for left, up, other in taken
        )
        if free and x - half > -30 and x + half < _PLOT_PIXELS[0] + 5:
            taken.append((x, y, half))
            chosen.add(id(point))
    return chosen


def _size_axis(sizes: Sequence[int]) -> dict[str, Any]:
    """Range and ticks of an axis of parameter counts: whole decades, named as people do (10M, 1B)."""
    low, high = math.log10(min(sizes, default=10**8)), math.log10(max(sizes, default=10**10))
    margin = max((high - low) * 0.09, 0.25)
    decades = range(math.floor(low - margin), math.ceil(high + margin) + 1)
    return {
        "range": [low - margin, high + margin],
        "tickvals": [10**decade for decade in decades],
        "ticktext": [size_text(10**decade) for decade in decades],
    }


def _series(number: int) -> int:
    return number % _SERIES + 1


def _percent(fractions: Iterable[float | None]) -> list[float | None]:
    return [None if fraction is None else round(fraction * 100, 3) for fraction in fractions]


def _plain(label: str) -> str:
    """Plotly reads a little HTML in its labels; names are text."""
    return escape(label, quote=False)


def _hover(label: str, name: str, value: float, low: float | None, high: float | None) -> str:
    interval = "" if low is None or high is None else f" [{low * 100:.1f}–{high * 100:.1f}]"
    return f"{_plain(label)}<br>{name}{' ' if name else ''}{value * 100:.1f} %{interval}"


def _document(figure: Figure) -> str:
    document: str = figure.to_json()
    return document
