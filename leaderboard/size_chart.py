"""pass@k against the size of the model, as a Plotly figure in JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leaderboard.chart_frame import (
    HEIGHT,
    WIDTH,
    document,
    hover,
    new_figure,
    percent_axis,
    percent_values,
    plain,
    series,
)
from leaderboard.chart_labels import Anchor, label_text, with_room
from leaderboard.formatting import size_text

if TYPE_CHECKING:
    from plotly.graph_objects import Scatter

    from evaluator.metrics.scaling import Scaling


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


def size_figure(points: Sequence[SizePoint], k: int, width: int = WIDTH, fit: Scaling | None = None) -> str:
    """pass@k over parameters (log axis): measured runs filled, published figures hollow. JSON.

    `width` of the plot in pixels decides which labels have room; measured runs come first. `fit` is drawn
    beneath them with its band: where the line may lie, not where a further model may.
    """
    figure = new_figure()
    if fit is not None:
        figure.add_traces(_fit_lines(fit))
    axis = _size_axis([point.parameters for point in points])
    figure.update_xaxes(type="log", title_text="parameters", **axis)
    bounds = [v for point in points for v in (point.value, point.high)]
    top = percent_axis(figure, f"pass@{k}, %", [*bounds, *(fit.highs if fit else ())])
    ordered = sorted(points, key=lambda point: (point.published, -point.value))
    labels = _size_labels(ordered, axis["range"], width, top)
    for published in (True, False):
        chosen = [(point, label) for point, label in zip(ordered, labels, strict=True)]
        chosen = [(point, label) for point, label in chosen if point.published is published]
        if chosen:
            figure.add_trace(_size_marks(chosen))
    return document(figure)


def fit_text(fit: Scaling) -> str:
    """What the line says, as a sentence."""
    odds, low, high = (math.exp(slope) for slope in (fit.slope, fit.low, fit.high))
    return f"fit to each model's best run: odds × {odds:.2g} [{low:.2g}–{high:.2g}] for ten times the size"


def _fit_lines(fit: Scaling) -> list[Scatter]:
    from plotly.graph_objects import Scatter

    there, back = list(fit.parameters), list(reversed(fit.parameters))
    band = Scatter(
        x=[*there, *back],
        y=percent_values([*fit.highs, *reversed(fit.lows)]),
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor="var(--band-6)",
        hoverinfo="skip",
    )
    line = Scatter(
        x=there,
        y=percent_values(fit.values),
        mode="lines",
        line={"color": "var(--series-6)", "width": 1.5, "dash": "dash"},
        hovertext=[
            hover("fit", size_text(round(size)), value, low, high)
            for size, value, low, high in zip(there, fit.values, fit.lows, fit.highs, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    return [band, line]


def _size_marks(chosen: Sequence[tuple[SizePoint, str]]) -> Scatter:
    from plotly.graph_objects import Scatter

    points = [point for point, _ in chosen]
    published = points[0].published
    bars = {"color": "var(--line-2)", "thickness": 1, "width": 0}
    above = [(point.value if point.high is None else point.high) - point.value for point in points]
    below = [point.value - (point.value if point.low is None else point.low) for point in points]
    return Scatter(
        x=[point.parameters for point in points],
        y=percent_values(point.value for point in points),
        mode="markers+text",
        text=[plain(label) for _, label in chosen],
        textposition="top center",
        textfont={"color": "var(--ink-2)" if published else "var(--ink)", "size": 11},
        marker={
            "color": ["var(--ink-2)" if published else f"var(--series-{series(p.series)})" for p in points],
            "size": 8,
            "symbol": "circle-open" if published else "circle",
        },
        error_y=None
        if published
        else {"array": percent_values(above), "arrayminus": percent_values(below), **bars},
        hovertext=[hover(point.label, "", point.value, point.low, point.high) for point in points],
        hovertemplate="%{hovertext}<extra></extra>",
        customdata=[point.address or None for point in points],
        cliponaxis=False,
    )


def _size_labels(points: Sequence[SizePoint], axis: tuple[float, float], width: int, top: float) -> list[str]:
    """The label of each point, empty where there is no room for it."""
    low, high = axis
    anchors = [
        Anchor(
            text=label_text(point.label),
            x=(math.log10(point.parameters) - low) / (high - low) * width,
            y=point.value * 100 / top * HEIGHT,
        )
        for point in points
    ]
    fits = with_room(anchors, width)
    return [anchor.text if fit else "" for anchor, fit in zip(anchors, fits, strict=True)]


def _size_axis(sizes: Sequence[int]) -> dict[str, Any]:
    """Range and ticks of an axis of parameter counts: whole decades, named as people do (10M, 1B)."""
    low, high = math.log10(min(sizes, default=10**8)), math.log10(max(sizes, default=10**10))
    margin = max((high - low) * 0.09, 0.25)
    decades = range(math.floor(low - margin), math.ceil(high + margin) + 1)
    return {
        "range": (low - margin, high + margin),
        "tickvals": [10**decade for decade in decades],
        "ticktext": [size_text(10**decade) for decade in decades],
    }
