"""The share of samples that passes by the number that the file gives for them, as a Plotly figure in JSON."""

from __future__ import annotations

from collections.abc import Sequence

from leaderboard.chart_frame import (
    WIDTH,
    document,
    hover,
    new_figure,
    percent_axis,
    percent_values,
    plain,
)
from leaderboard.run_rankers import Bin


def calibration_figure(bins: Sequence[Bin], name: str, width: int = WIDTH) -> str:
    """A mark for each bin at its mean value, with the interval of its share; `width` in pixels. JSON.

    A ranker is worth following where the marks rise; where they lie level it knows nothing.
    """
    from plotly.graph_objects import Scatter

    figure = new_figure()
    rates = [one.passed / one.samples for one in bins]
    percent_axis(figure, "samples that pass, %", (one.rate_high for one in bins))
    figure.update_xaxes(title_text=plain(name), nticks=max(3, width // 90))
    colour = "var(--series-1)"
    figure.add_trace(
        Scatter(
            x=[one.mean for one in bins],
            y=percent_values(rates),
            mode="lines+markers",
            line={"color": colour, "width": 1},
            marker={"color": colour, "size": 7},
            error_y={
                "array": percent_values(one.rate_high - rate for one, rate in zip(bins, rates, strict=True)),
                "arrayminus": percent_values(
                    rate - one.rate_low for one, rate in zip(bins, rates, strict=True)
                ),
                "color": "var(--line-2)",
                "thickness": 1,
                "width": 0,
            },
            hovertext=[_said(one, name, rate) for one, rate in zip(bins, rates, strict=True)],
            hovertemplate="%{hovertext}<extra></extra>",
            cliponaxis=False,
        )
    )
    return document(figure)


def _said(one: Bin, name: str, rate: float) -> str:
    label = f"{one.samples:,} samples, {name} {one.low:.4g} to {one.high:.4g}"
    return hover(label, "passed", rate, one.rate_low, one.rate_high)
