"""Traces that several charts have: the band around a curve, and the label at its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leaderboard.chart_frame import HEIGHT, percent_values, plain, series
from leaderboard.chart_labels import Anchor, label_text, spread

if TYPE_CHECKING:
    from plotly.graph_objects import Scatter

_MOST_OF_THE_PLOT = 0.55


@dataclass(frozen=True, slots=True)
class End:
    """Where a curve ends: x, its pixel from the plot's left edge, its height (a fraction), its name."""

    x: float
    pixel: float
    value: float
    label: str
    series: int


def band(
    xs: Sequence[float], lows: Sequence[float | None], highs: Sequence[float | None], number: int
) -> Scatter:
    """Between these bounds (fractions), in the colour of this series."""
    from plotly.graph_objects import Scatter

    return Scatter(
        x=[*xs, *reversed(xs)],
        y=percent_values([*highs, *reversed(lows)]),
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=f"var(--band-{series(number)})",
        hoverinfo="skip",
    )


def label_share(labels: Sequence[str], width: int, gap: int) -> float:
    """The share of a plot of this width that labels right of their curves need, with a gap in pixels."""
    longest = max(Anchor(label_text(label), 0, 0).width for label in labels)
    return min((longest + gap) / width, _MOST_OF_THE_PLOT)


def end_labels(ends: Sequence[End], top: float) -> Iterator[Scatter]:
    """A label right of each end, none upon another, above all lines; `top` of the axis in per cent."""
    from plotly.graph_objects import Scatter

    anchors = [Anchor(label_text(end.label), end.pixel, end.value * 100 / top * HEIGHT) for end in ends]
    for end, anchor, height in zip(ends, anchors, spread(anchors), strict=True):
        yield Scatter(
            x=[end.x],
            y=[round(height / HEIGHT * top, 3)],
            mode="text",
            text=[f"  {plain(anchor.text)}"],
            textposition="middle right",
            textfont={"color": f"var(--series-{series(end.series)})", "size": 11},
            hoverinfo="skip",
            cliponaxis=False,
        )
