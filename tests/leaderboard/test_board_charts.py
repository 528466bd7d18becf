"""The board's charts: which rows they show, the fit over sizes, what was flagged beside what passes."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from django.test import Client

from evaluator.metrics.scaling import scaling
from leaderboard.models import Benchmark, Run
from tests.leaderboard.board_data import benchmark, published_row, scored_run  # noqa: F401

BOARD = "/benchmarks/small/"
SIZES = {"One": (10**9, [2, 1, 0, 0]), "Two": (4 * 10**9, [3, 2, 1, 0]), "Three": (16 * 10**9, [4, 3, 2, 1])}


@pytest.fixture
def board(benchmark: Benchmark) -> Benchmark:  # noqa: F811
    for name, (parameters, passed) in SIZES.items():
        scored_run(benchmark, name, passed, model_parameters=parameters, temperature=0.2)
        scored_run(benchmark, name, [1, 0, 0, 0], temperature=0.8)
    return benchmark


def traces(client: Client, chart: str, query: str = "") -> list[dict[str, Any]]:
    response = client.get(f"{BOARD}charts/{chart}.json{query}")
    assert response.status_code == 200
    found: list[dict[str, Any]] = json.loads(response.content)["data"]
    return found


def names_in(trace: dict[str, Any]) -> set[str]:
    return {text.split("<br>")[0] for text in trace["hovertext"]}


def test_the_fit_goes_through_each_models_best_run(client: Client, board: Benchmark) -> None:
    band, line, marks = traces(client, "size")
    expected = scaling([size for size, _ in SIZES.values()], [np.mean(c) / 4 for _, c in SIZES.values()])
    assert line["x"] == pytest.approx(expected.parameters)
    assert line["y"] == pytest.approx([value * 100 for value in expected.values], abs=0.001)
    assert len(band["x"]) == 2 * len(line["x"])
    assert len(marks["x"]) == 6  # every run is shown
    html = client.get(BOARD).content.decode()
    odds = re.search(r"fit to each model&#x27;s best run: odds × ([\d.]+) \[([\d.]+)–([\d.]+)\]", html)
    assert odds
    assert float(odds[1]) == pytest.approx(np.exp(expected.slope), rel=0.05)


def test_two_sizes_are_too_few_for_a_fit(client: Client, board: Benchmark) -> None:
    assert len(traces(client, "size", "?q=-three")) == 1
    assert "fit to each" not in client.get(BOARD + "?q=-three").content.decode()


def test_runs_that_leave_problems_out_are_not_compared_by_charts(client: Client, board: Benchmark) -> None:
    scored_run(board, "Partial", [4], model_parameters=8 * 10**9)
    assert "Partial" not in names_in(traces(client, "size")[-1])
    assert "Partial" not in names_in(traces(client, "flagged")[-1])


def test_published_rows_are_fitted_when_they_are_what_is_shown(client: Client, board: Benchmark) -> None:
    for name, size, figure in (("A", 10**8, "3.2"), ("B", 10**9, "13.2"), ("C", 10**10, "28.8")):
        row = published_row(board, name, {"1": figure})
        row.model.parameters = size
        row.model.save()
    assert len(traces(client, "size", "?show=published")) == 3
    other = published_row(board, "A", {"100": "70.2"}, method="solved with 100 samples")
    assert str(other.pk) not in json.dumps(traces(client, "size", "?show=published&k=100&sort=-pass100"))


def test_what_is_flagged_stands_beside_what_passes_both_with_their_intervals(
    client: Client, board: Benchmark
) -> None:
    share = {"value": 0.25, "low": 0.1, "high": 0.4}
    Run.objects.filter(model__name="Three", temperature=0.2).update(security={"flagged": share})
    marks = traces(client, "flagged")[-1]
    place = next(i for i, text in enumerate(marks["hovertext"]) if text.startswith("Three T=0.2"))
    assert marks["x"][place] == 25.0
    assert marks["y"][place] == 62.5
    assert marks["error_x"]["array"][place] == pytest.approx(15.0)
    assert marks["error_x"]["arrayminus"][place] == pytest.approx(15.0)
    assert marks["error_y"]["array"][place] > 0
    assert "flagged 25.0 % [10.0–40.0]" in marks["hovertext"][place]
    assert "pass@1 against share flagged" in client.get(BOARD).content.decode()


def test_an_unknown_chart_is_not_found(client: Client, board: Benchmark) -> None:
    assert client.get(f"{BOARD}charts/nope.json").status_code == 404


def test_names_are_only_text_on_every_chart(client: Client, benchmark: Benchmark) -> None:  # noqa: F811
    for number in range(3):
        name = f"<img src=x onerror=alert({number})>"
        scored_run(benchmark, name, [number + 1, 1, 0, 0], model_parameters=10 ** (8 + number))
    for chart in ("size", "curves", "flagged"):
        shown = json.dumps([[trace.get("text"), trace.get("hovertext")] for trace in traces(client, chart)])
        assert "&lt;img" in shown
        assert "<img" not in shown
