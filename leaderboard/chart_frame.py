"""What all charts share: the empty figure, the percent axis, colours by token, text that is only text.

Plotly is imported where it is used: it costs a worker 30 MiB that most requests never need.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

# Of the plotting area, in pixels: what is assumed until the page says how wide it is.
WIDTH = 600
HEIGHT = 270

_SERIES = 8


def new_figure() -> Figure:
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
    figure.update_xaxes(
        **axis,
        fixedrange=True,
        ticks="outside",
        ticklen=4,
        tickcolor="var(--line-2)",
        tickangle=0,
        title_font_size=12,
    )
    figure.update_yaxes(**axis, fixedrange=True)
    return figure


def percent_axis(figure: Figure, title: str, fractions: Iterable[float | None]) -> float:
    """From 0 to what is needed, at most 100; returns that top, in percent.

    The title lies flat above the axis, where it is read.
    """
    highest = max((fraction for fraction in fractions if fraction is not None), default=1.0)
    top = min(max(highest * 108, 5), 101)
    figure.update_yaxes(range=[0, top], nticks=6)
    figure.add_annotation(
        text=title, x=0, xref="paper", xanchor="left", y=1, yref="paper", yanchor="bottom", yshift=6,
        showarrow=False, xshift=-30,
    )  # fmt: skip
    return top


def series(number: int) -> int:
    return number % _SERIES + 1


def percent_values(fractions: Iterable[float | None]) -> list[float | None]:
    return [None if fraction is None else round(fraction * 100, 3) for fraction in fractions]


def plain(label: str) -> str:
    """Plotly reads a little HTML in its labels; names are text."""
    return escape(label, quote=False)


def hover(label: str, name: str, value: float, low: float | None, high: float | None) -> str:
    interval = "" if low is None or high is None else f" [{low * 100:.1f}–{high * 100:.1f}]"
    return f"{plain(label)}<br>{name}{' ' if name else ''}{value * 100:.1f} %{interval}"


def document(figure: Figure) -> str:
    document: str = figure.to_json()
    return document
