"""Pass rates against a feature of the problems, as a Plotly figure in JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
from leaderboard.chart_labels import Anchor, label_text, spread

if TYPE_CHECKING:
    from plotly.graph_objects import Scatter

_BESIDE = 5  # pixels between the marks of two runs


@dataclass(frozen=True, slots=True)
class Mark:
    """The mean rate of some problems; value and bounds are fractions. `about` says which problems."""

    x: float
    value: float
    low: float
    high: float
    about: str


@dataclass(frozen=True, slots=True)
class FeatureLine:
    """One run: its marks, and its fitted curve with a band; no curve: empty. Rates are fractions."""

    label: str
    marks: Sequence[Mark]
    xs: Sequence[float]
    values: Sequence[float]
    lows: Sequence[float]
    highs: Sequence[float]
    series: int


def feature_figure(lines: Sequence[FeatureLine], title: str, width: int = WIDTH) -> str:
    """Marks with their intervals, and through them each run's fitted curve with its band. JSON.

    `title` of the x axis; `width` of the plot in pixels decides how much of it the labels take.
    """
    figure = new_figure()
    top = percent_axis(figure, "pass rate, %", (mark.high for line in lines for mark in line.marks))
    places = [x for line in lines for x in (*line.xs, *(mark.x for mark in line.marks))]
    low, high = min(places, default=0.0), max(places, default=1.0)
    share = _label_share(lines, width) if len(lines) > 1 else 0.02
    reach = (high - low) / (1 - share)
    figure.update_xaxes(
        title_text=title, range=[low - 0.03 * reach, low + reach], nticks=max(3, min(12, width // 60))
    )
    for line in lines:
        if line.xs:
            figure.add_traces([_band(line), _curve(line)])
    for place, line in enumerate(lines):
        # Beside each other and not upon each other: runs have their marks at the same values.
        figure.add_trace(_marks(line, (place - (len(lines) - 1) / 2) * _BESIDE * reach / width))
    if len(lines) > 1:
        figure.add_traces(list(_labels(lines, width / reach, top)))
    return document(figure)


def _band(line: FeatureLine) -> Scatter:
    from plotly.graph_objects import Scatter

    return Scatter(
        x=[*line.xs, *reversed(line.xs)],
        y=percent_values(min(value, 1.0) for value in [*line.highs, *reversed(line.lows)]),
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=f"var(--band-{series(line.series)})",
        hoverinfo="skip",
    )


def _curve(line: FeatureLine) -> Scatter:
    from plotly.graph_objects import Scatter

    return Scatter(
        x=list(line.xs),
        y=percent_values(line.values),
        mode="lines",
        line={"color": f"var(--series-{series(line.series)})", "width": 2},
        hoverinfo="skip",
    )


def _marks(line: FeatureLine, shift: float) -> Scatter:
    from plotly.graph_objects import Scatter

    colour = f"var(--series-{series(line.series)})"
    return Scatter(
        x=[round(mark.x + shift, 4) for mark in line.marks],
        y=percent_values(mark.value for mark in line.marks),
        mode="markers",
        marker={"color": colour, "size": 7},
        error_y={
            "array": percent_values(mark.high - mark.value for mark in line.marks),
            "arrayminus": percent_values(mark.value - mark.low for mark in line.marks),
            "color": colour,
            "thickness": 1,
            "width": 0,
        },
        hovertext=[
            f"{hover(line.label, 'pass rate', mark.value, mark.low, mark.high)}<br>{plain(mark.about)}"
            for mark in line.marks
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
    )


def _label_share(lines: Sequence[FeatureLine], width: int) -> float:
    longest = max(Anchor(label_text(line.label), 0, 0).width for line in lines)
    return min((longest + 16) / width, 0.55)


def _labels(lines: Sequence[FeatureLine], per_unit: float, top: float) -> Iterator[Scatter]:
    """A label right of where each run ends, above all lines; `per_unit` of x in pixels."""
    from plotly.graph_objects import Scatter

    ends = [_end(line) for line in lines]
    anchors = [
        Anchor(label_text(line.label), x * per_unit, value * 100 / top * HEIGHT)
        for line, (x, value) in zip(lines, ends, strict=True)
    ]
    heights = spread(anchors)
    for line, (x, _), anchor, height in zip(lines, ends, anchors, heights, strict=True):
        yield Scatter(
            x=[x],
            y=[round(height / HEIGHT * top, 3)],
            mode="text",
            text=[f"   {plain(anchor.text)}"],
            textposition="middle right",
            textfont={"color": f"var(--series-{series(line.series)})", "size": 11},
            hoverinfo="skip",
            cliponaxis=False,
        )


def _end(line: FeatureLine) -> tuple[float, float]:
    if line.xs:
        return line.xs[-1], line.values[-1]
    return (line.marks[-1].x, line.marks[-1].value) if line.marks else (0.0, 0.0)
