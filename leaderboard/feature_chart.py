"""Pass rates against a feature of the problems, as a Plotly figure in JSON."""

from __future__ import annotations

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
    plain,
    series,
)
from leaderboard.chart_traces import End, band, end_labels, label_share

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
    share = label_share([line.label for line in lines], width, 16) if len(lines) > 1 else 0.02
    reach = (high - low) / (1 - share)
    figure.update_xaxes(
        title_text=title, range=[low - 0.03 * reach, low + reach], nticks=max(3, min(12, width // 60))
    )
    for line in lines:
        if line.xs:
            highs = [min(high, 1.0) for high in line.highs]  # an exponential may leave the scale
            figure.add_traces([band(line.xs, line.lows, highs, line.series), _curve(line)])
    for place, line in enumerate(lines):
        # Beside each other and not upon each other: runs have their marks at the same values.
        figure.add_trace(_marks(line, (place - (len(lines) - 1) / 2) * _BESIDE * reach / width))
    if len(lines) > 1:
        figure.add_traces(list(end_labels([_end(line, width / reach) for line in lines], top)))
    return document(figure)


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


def _end(line: FeatureLine, per_unit: float) -> End:
    """`per_unit` of x in pixels."""
    if line.xs:
        x, value = line.xs[-1], line.values[-1]
    else:
        x, value = (line.marks[-1].x, line.marks[-1].value) if line.marks else (0.0, 0.0)
    return End(x, x * per_unit, value, line.label, line.series)
