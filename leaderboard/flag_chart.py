"""pass@k against the share of flagged samples, as a Plotly figure in JSON: who passes, and at what price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

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

if TYPE_CHECKING:
    from plotly.graph_objects import Scatter


class Bounded(Protocol):
    """A fraction with its interval; the bounds are None where nobody knows them."""

    @property
    def value(self) -> float: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class FlagPoint:
    """One run. `series` keeps its colour the same on every chart: pass the id of the run."""

    label: str
    flagged: Bounded
    passed: Bounded
    series: int
    address: str = ""


def flag_figure(points: Sequence[FlagPoint], k: int, width: int = WIDTH) -> str:
    """pass@k over the share of flagged samples, both in per cent with the interval as a cross. JSON."""
    figure = new_figure()
    right = max((point.flagged.high or point.flagged.value for point in points), default=0.01) * 100
    right = max(right * 1.06, 0.5)
    figure.update_xaxes(title_text="flagged samples, %", range=[-0.02 * right, right], nticks=7)
    top = percent_axis(
        figure, f"pass@{k}, %", (v for point in points for v in (point.passed.value, point.passed.high))
    )
    ordered = sorted(points, key=lambda point: -point.passed.value)
    if ordered:
        figure.add_trace(_marks(ordered, _labels(ordered, right, top, width), k))
    return document(figure)


def _marks(points: Sequence[FlagPoint], labels: Sequence[str], k: int) -> Scatter:
    from plotly.graph_objects import Scatter

    return Scatter(
        x=percent_values(point.flagged.value for point in points),
        y=percent_values(point.passed.value for point in points),
        mode="markers+text",
        text=[plain(label) for label in labels],
        textposition="top center",
        textfont={"color": "var(--ink)", "size": 11},
        marker={"color": [f"var(--series-{series(point.series)})" for point in points], "size": 8},
        error_x=_bars([point.flagged for point in points]),
        error_y=_bars([point.passed for point in points]),
        hovertext=[_hover(point, k) for point in points],
        hovertemplate="%{hovertext}<extra></extra>",
        customdata=[point.address or None for point in points],
        cliponaxis=False,
    )


def _bars(figures: Sequence[Bounded]) -> dict[str, Any]:
    above = [0.0 if figure.high is None else figure.high - figure.value for figure in figures]
    below = [0.0 if figure.low is None else figure.value - figure.low for figure in figures]
    bars = {"array": percent_values(above), "arrayminus": percent_values(below)}
    return bars | {"color": "var(--line-2)", "thickness": 1, "width": 0}


def _hover(point: FlagPoint, k: int) -> str:
    passed, flagged = point.passed, point.flagged
    second = hover("", "flagged", flagged.value, flagged.low, flagged.high)
    return hover(point.label, f"pass@{k}", passed.value, passed.low, passed.high) + second


def _labels(points: Sequence[FlagPoint], right: float, top: float, width: int) -> list[str]:
    anchors = [
        Anchor(
            label_text(point.label),
            point.flagged.value * 100 / right * width,
            point.passed.value * 100 / top * HEIGHT,
        )
        for point in points
    ]
    return [
        anchor.text if fit else "" for anchor, fit in zip(anchors, with_room(anchors, width), strict=True)
    ]
