"""Figures: what they plot, that they name colours by token, and that labels have room."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from leaderboard.chart_labels import Anchor, spread, with_room
from leaderboard.charts import Curve, curve_figure
from leaderboard.formatting import figure_text, segments, size_text
from leaderboard.size_chart import SizePoint, size_figure

TOKENS = (Path(__file__).parents[2] / "static" / "css" / "tokens.css").read_text()


def a_curve(label: str = "Model", series: int = 1, **fields: Any) -> Curve:
    values = {"ks": [1, 10], "values": [0.2, 0.5], "lows": [0.1, 0.4], "highs": [0.3, 0.6]} | fields
    return Curve(label=label, series=series, **values)


def a_point(label: str, parameters: int, value: float, **fields: Any) -> SizePoint:
    known = {"low": None, "high": None, "series": 1} | fields
    return SizePoint(label=label, parameters=parameters, value=value, **known)


def traces(figure: str, mode: str) -> list[dict[str, Any]]:
    return [trace for trace in json.loads(figure)["data"] if trace["mode"] == mode]


def test_a_curve_has_its_values_in_percent_and_its_interval_as_a_band() -> None:
    figure = curve_figure([a_curve()])
    (line,) = traces(figure, "lines+markers")
    assert line["x"] == [1, 10]
    assert line["y"] == [20.0, 50.0]
    (band,) = traces(figure, "lines")
    assert band["y"] == [30.0, 60.0, 40.0, 10.0]


def test_a_curve_without_bounds_has_no_band() -> None:
    assert traces(curve_figure([a_curve(lows=[None, None], highs=[None, None])]), "lines") == []


def test_several_curves_are_labelled_at_their_ends_and_one_is_not() -> None:
    two = curve_figure([a_curve("One", 1), a_curve("Two", 2)])
    assert [trace["text"][0].strip() for trace in traces(two, "text")] == ["One", "Two"]
    assert traces(curve_figure([a_curve("One")]), "text") == []


def test_a_run_keeps_its_colour_whatever_stands_beside_it() -> None:
    alone = traces(curve_figure([a_curve(series=5)]), "lines+markers")[0]
    beside = traces(curve_figure([a_curve(series=1), a_curve(series=5)]), "lines+markers")[1]
    assert alone["line"]["color"] == beside["line"]["color"]


@pytest.mark.parametrize(
    "figure",
    [
        curve_figure([a_curve(series=number) for number in range(9)]),
        size_figure([a_point("a", 10**9, 0.5)], 1),
    ],
)
def test_every_colour_is_a_token_that_the_style_sheet_defines(figure: str) -> None:
    for token in set(re.findall(r"var\((--[\w-]+)\)", figure)):
        assert f"{token}:" in TOKENS
    assert not re.search(r'"#[0-9a-f]{3,6}"', figure)


def test_names_are_text_and_never_markup() -> None:
    name = "<a href='javascript:alert(1)'>x</a>"
    for figure in (curve_figure([a_curve(name), a_curve(name)]), size_figure([a_point(name, 10**9, 0.5)], 1)):
        assert "<a" not in "".join(map(str, _strings(json.loads(figure)["data"])))


def test_sizes_are_named_as_people_do_and_published_points_are_hollow() -> None:
    points = [a_point("Paper", 12 * 10**9, 0.3, published=True), a_point("Ours", 3 * 10**8, 0.2)]
    figure = size_figure(points, 10)
    symbols = [trace["marker"]["symbol"] for trace in traces(figure, "markers+text")]
    assert symbols == ["circle-open", "circle"]
    assert {"100M", "1B", "10B"} <= set(json.loads(figure)["layout"]["xaxis"]["ticktext"])


def test_no_points_still_make_a_figure() -> None:
    assert json.loads(size_figure([], 1))["data"] == []
    assert json.loads(curve_figure([]))["data"] == []


def test_of_two_labels_upon_each_other_the_first_stays() -> None:
    anchors = [Anchor("first", 100, 100), Anchor("second", 110, 100), Anchor("third", 300, 100)]
    assert with_room(anchors, 600) == [True, False, True]


def test_a_label_does_not_cover_another_mark() -> None:
    assert with_room([Anchor("label", 100, 100), Anchor("", 105, 112)], 600)[0] is False


def test_labels_at_the_same_height_are_moved_apart() -> None:
    heights = spread([Anchor("one", 10, 100), Anchor("two", 10, 98), Anchor("far", 500, 99)])
    assert heights[0] - heights[1] >= 14
    assert heights[2] == 99


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [((0.437, 0.499), "46.8 ±3.1"), ((0.40, 0.50), "46.8 40.0–50.0"), ((None, None), "46.8")],
)
def test_an_interval_is_plus_minus_unless_that_would_lie(
    bounds: tuple[float | None, float | None], expected: str
) -> None:
    assert str(figure_text(0.468, *bounds)) == expected


def test_printed_digits_are_kept() -> None:
    assert str(figure_text(0.071, None, None, "7.1")) == "7.1"
    assert str(figure_text(0.163, None, None, "16.30")) == "16.30"
    assert str(figure_text(0.0, None, None, "0")) == "0"


def test_sizes_read_as_words() -> None:
    assert [size_text(size) for size in (12 * 10**9, 350 * 10**6, 1_300_000_000, None)] == [
        "12B",
        "350M",
        "1.3B",
        "–",
    ]


def test_segments_fill_the_bar_and_leave_out_zeros() -> None:
    pieces = segments(
        {"passed": 1, "timeout": 0, "exception": 3}, {"passed": 0, "exception": 0, "timeout": 0}
    )
    assert [(piece.name, piece.start, piece.width) for piece in pieces] == [
        ("passed", "0.00", "25.00"),
        ("exception", "25.00", "75.00"),
    ]


def _strings(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in _strings(part)]
    if isinstance(value, list):
        return [leaf for part in value for leaf in _strings(part)]
    return [value]
