"""A model's page: its runs, its settings beside each other, the best one for each k."""

from __future__ import annotations

import csv
import io
import json
import re

import numpy as np
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from evaluator.metrics import best_setting, pass_at_k
from leaderboard.models import Benchmark, Cell, Run
from tests.leaderboard.board_data import member, published_row
from tests.leaderboard.html_rules import assert_strict
from tests.leaderboard.wide_board import PROBLEMS, simulated_run, wide  # noqa: F401

FILE = "?benchmark=wide&format=json&table="


@pytest.fixture
def runs(wide: Benchmark) -> list[Run]:  # noqa: F811
    return [
        simulated_run(wide, "Coder", strength, temperature=temperature)
        for temperature, strength in ((0.2, 1.0), (0.4, 0.9), (0.8, -2.0))
    ]


@pytest.fixture
def page(runs: list[Run]) -> str:
    return f"/models/{runs[0].model.slug}/"


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_every_setting_and_k_has_its_figure_with_interval(client: Client, runs: list[Run], page: str) -> None:
    cells = json.loads(text(client, page + FILE + "settings"))
    assert {(cell["temperature"], cell["k"]) for cell in cells} == {
        (t, k) for t in (0.2, 0.4, 0.8) for k in (1, 2, 5, 10)
    }
    c = np.array(runs[1].cells.order_by("problem__position").values_list("c", flat=True))
    expected = pass_at_k(np.full(PROBLEMS, 10), c, 5).mean()
    [found] = [cell for cell in cells if (cell["temperature"], cell["k"]) == (0.4, 5)]
    assert found["pass@k"] == pytest.approx(expected, abs=1e-12)
    assert found["pass@k_low"] < found["pass@k"] < found["pass@k_high"]


def test_the_best_setting_is_the_statistics_own(client: Client, runs: list[Run], page: str) -> None:
    c = [list(run.cells.order_by("problem__position").values_list("c", flat=True)) for run in runs]
    expected = best_setting(np.full((3, PROBLEMS), 10), np.array(c), 1)
    best = json.loads(text(client, page + FILE + "best"))[0]
    assert best["run"] == runs[expected.run].pk
    assert best["pass@k"] == pytest.approx(expected.value)
    assert best["own_pass@k"] == pytest.approx(expected.naive)
    assert best["wins_share"] == pytest.approx(expected.wins[expected.run])


def test_the_page_frames_one_best_setting_per_k_and_says_what_is_not_settled(
    client: Client, page: str
) -> None:
    html = text(client, page)
    assert html.count(", best</span>") == 4
    assert "these 20 problems do not settle which one it is" in html or "hardly change that" in html
    shades = [float(shade) for shade in re.findall(r'fill-opacity="([\d.]+)"', html)]
    assert (min(shades), max(shades)) == (0.0, 1.0)


def test_equal_temperatures_are_told_apart(client: Client, wide: Benchmark) -> None:  # noqa: F811
    for top_p in (0.9, 0.95, 0.95):
        simulated_run(wide, "Coder", 0.0, temperature=0.8, top_p=top_p)
    slug = Run.objects.first().model.slug  # type: ignore[union-attr]
    html = text(client, f"/models/{slug}/")
    assert ">T = 0.8, top_p = 0.9<" in html
    assert re.search(r">T = 0.8, top_p = 0.95, run \d+<", html)


def test_runs_are_sorted_by_any_column_and_published_ones_stay_below(
    client: Client, runs: list[Run], page: str, wide: Benchmark  # noqa: F811
) -> None:  # fmt: skip
    published_row(wide, "Coder", {"1": "99.0"})

    def order(query: str) -> list[str]:
        return re.findall(
            r'<th scope="row" class="first name"><a href="/runs/\d+/">(run \d+|published)<',
            text(client, page + query),
        )

    assert order("") == [f"run {run.pk}" for run in runs] + ["published"]
    assert order("?sort=-temperature") == [f"run {run.pk}" for run in reversed(runs)] + ["published"]
    assert order("?sort=pass1")[0] == f"run {runs[2].pk}"
    assert order("?sort=nonsense") == order("")


def test_htmx_gets_the_changing_part_alone(client: Client, page: str) -> None:
    response = client.get(f"{page}?sort=-pass1", headers={"HX-Request": "true"})
    html = response.content.decode()
    assert html.lstrip().startswith('<div id="model">')
    assert "HX-Request" in response["Vary"]
    assert response["HX-Push-Url"] == f"{page}?sort=-pass1"


def test_one_run_has_no_settings_to_compare_and_its_curve_is_shown(
    client: Client, wide: Benchmark  # noqa: F811
) -> None:  # fmt: skip
    run = simulated_run(wide, "Coder", 0.0)
    page = f"/models/{run.model.slug}/"
    assert "Best setting" not in text(client, page)
    assert len(json.loads(text(client, f"{page}charts/wide.json"))["data"]) == 2
    assert client.get(page + FILE + "best").status_code == 404


def test_runs_that_share_too_few_problems_are_not_compared(
    client: Client, page: str, runs: list[Run]
) -> None:
    Cell.objects.filter(run=runs[0], problem__position__gte=9).delete()
    runs[0].counts.delete()
    runs[0].model.save()  # a new key for the board
    assert "Best setting" not in text(client, page)


def test_the_chart_draws_each_setting_and_the_best_of_them(client: Client, page: str) -> None:
    figure = json.loads(text(client, f"{page}charts/wide.json"))
    lines = [trace for trace in figure["data"] if "lines" in trace["mode"] and trace.get("hovertext")]
    assert len(lines) == 4
    assert lines[-1]["line"]["dash"] == "dash"
    assert client.get(f"{page}charts/nope.json").status_code == 404


def test_runs_come_as_files_in_the_order_of_the_page(client: Client, runs: list[Run], page: str) -> None:
    table = list(
        csv.DictReader(io.StringIO(text(client, f"{page}?sort=-temperature&benchmark=wide&format=csv")))
    )
    assert [float(row["temperature"]) for row in table] == [0.8, 0.4, 0.2]
    assert client.get(f"{page}?benchmark=nope&format=csv").status_code == 404


def test_settings_of_a_private_run_are_seen_by_its_owner_alone(
    client: Client, wide: Benchmark, runs: list[Run], page: str  # noqa: F811
) -> None:  # fmt: skip
    owner = member("ada")
    simulated_run(wide, "Coder", 3.0, temperature=0.6, owner=owner, visibility="private")
    assert {row["temperature"] for row in json.loads(text(client, page + FILE + "settings"))} == {
        0.2,
        0.4,
        0.8,
    }
    client.force_login(owner)
    assert 0.6 in {row["temperature"] for row in json.loads(text(client, page + FILE + "settings"))}


def test_the_page_asks_a_fixed_number_of_queries(
    client: Client, page: str, wide: Benchmark, django_assert_num_queries: DjangoAssertNumQueries  # noqa: F811
) -> None:  # fmt: skip
    with django_assert_num_queries(4):
        client.get(page)
    for place in range(3):
        simulated_run(wide, "Coder", 0.5, temperature=1.0 + place)
    with django_assert_num_queries(4):
        assert_strict(client.get(page))


def test_what_is_not_settled_says_what_it_takes(client: Client, page: str) -> None:
    html = text(client, page)
    settled = [
        share >= 0.95
        for share in (row["wins_share"] for row in json.loads(text(client, page + FILE + "best")))
    ]
    assert html.count("<td>settled</td>") == sum(settled)
    said = re.findall(r"<td>(T = [\d.]+ is [\d.]+ behind: [^<]*)</td>", html)
    assert len(said) == len(settled) - sum(settled) > 0
    assert all("n ≈ " in one or "more problems" in one for one in said)
