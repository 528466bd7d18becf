"""Any k, one row per model, the columns and runs that a reader chooses: all of it in the address."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from django.test import Client

from evaluator.metrics import estimate
from leaderboard.models import Benchmark, Run
from leaderboard.views.board_columns import CHOSEN_COLUMNS
from tests.leaderboard.board_data import benchmark, published_row, scored_run  # noqa: F401

BOARD = "/benchmarks/small/"


def page(client: Client, query: str = "") -> str:
    return client.get(BOARD + query).content.decode()


def records(client: Client, query: str = "?") -> dict[str, dict[str, Any]]:
    return {row["model"]: row for row in json.loads(client.get(f"{BOARD}{query}&format=json").content)}


def heads(html: str) -> list[str]:
    return re.findall(r'id="sort-([a-z0-9_]+)"', html)


@pytest.fixture
def board(benchmark: Benchmark) -> Benchmark:  # noqa: F811
    scored_run(benchmark, "Many", [9, 7, 3, 0], n=12, model_parameters=10**9)
    scored_run(benchmark, "Few", [3, 2, 1, 0], n=4, model_parameters=2 * 10**9)
    return benchmark


def test_any_k_up_to_n_is_computed_as_estimates_does(client: Client, board: Benchmark) -> None:
    row = records(client, "?k=7")["Many"]
    expected = estimate(np.full(4, 12), np.array([9, 7, 3, 0]), 7)
    found = (row["pass@7_low"], row["pass@7"], row["pass@7_high"])
    assert found == pytest.approx((expected.low, expected.value, expected.high), abs=1e-12)


def test_runs_that_leave_problems_out_get_the_interval_of_those_they_have(
    client: Client, board: Benchmark
) -> None:
    scored_run(board, "Partial", [9, 7], n=12)
    row = records(client, "?k=3")["Partial"]
    expected = estimate(np.full(2, 12), np.array([9, 7]), 3)
    assert (row["pass@3_low"], row["pass@3"]) == pytest.approx((expected.low, expected.value), abs=1e-12)


def test_a_run_with_too_few_samples_says_so_in_its_cell(client: Client, board: Benchmark) -> None:
    assert records(client, "?k=1,7")["Few"]["pass@7"] is None
    html = page(client, "?k=1,7")
    assert "n &lt; 7" in html
    assert "pass@7 needs 7 samples of each problem; this run has 4" in html


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?k=1,13", "pass@13 is left out: it needs 13 samples of each problem or more"),
        ("?k=1,13", "no run on this board has more than 12"),
        ("?k=1,0", "k = 0 is left out: k is a whole number from 1 on"),
        ("?k=1,ten", "k = ten is left out"),
        ("?k=1,-3", "k = -3 is left out"),
        ("?k=1,2.5", "k = 2.5 is left out"),
        ("?k=1,99999999999", "k = 99999999999 is left out"),
        ("?k=1,2,3,4,5,6,7,8,9", "Of 9 k the smallest 8 are shown"),
    ],
)
def test_another_k_is_refused_with_the_reason(
    client: Client, board: Benchmark, query: str, said: str
) -> None:
    html = page(client, query)
    assert said in html
    assert 'role="alert"' in html
    assert "sort-pass1" in html  # the rest is shown
    assert client.get(f"{BOARD}{query}&format=csv").status_code == 400


def test_a_k_that_only_a_paper_printed_can_be_shown(client: Client, board: Benchmark) -> None:
    published_row(board, "Codex 12B", {"1": "28.81", "100": "72.31"})
    html = page(client, "?show=measured,published&k=1,100")
    assert "is left out" not in html
    assert '72<span class="part">.31</span>' in html


def test_ranks_are_by_the_k_that_the_table_is_sorted_by(client: Client, benchmark: Benchmark) -> None:  # noqa: F811
    scored_run(benchmark, "Narrow", [16, 16, 0, 0], n=16)
    scored_run(benchmark, "Broad", [5, 5, 5, 5], n=16)
    places = {name: row["rank"] for name, row in records(client, "?k=1,9").items()}
    assert places == {"Narrow": 1, "Broad": 2}
    places = {name: row["rank"] for name, row in records(client, "?k=1,9&sort=-pass9").items()}
    assert places == {"Narrow": 2, "Broad": 1}


def test_equal_figures_share_their_place_and_say_so(client: Client, benchmark: Benchmark) -> None:  # noqa: F811
    for name in ("One", "Two"):
        scored_run(benchmark, name, [2, 2, 2, 2])
    scored_run(benchmark, "Three", [1, 1, 1, 1])
    html = page(client)
    assert html.count(">=1<") == 2
    assert "shared by 2 runs" in html


@pytest.fixture
def temperatures(benchmark: Benchmark) -> Benchmark:  # noqa: F811
    """Cold wins at k = 1, hot at k = 10, as models do."""
    scored_run(benchmark, "Toy", [16, 16, 0, 0], n=16, temperature=0.2)
    scored_run(benchmark, "Toy", [5, 5, 5, 5], n=16, temperature=0.8)
    scored_run(benchmark, "Other", [6, 6, 6, 0], n=16, temperature=0.4)
    return benchmark


def test_best_run_per_model_is_the_best_at_the_k_of_the_order(
    client: Client, temperatures: Benchmark
) -> None:
    assert records(client, "?best=run")["Toy"]["temperature"] == 0.2
    assert records(client, "?best=run&sort=-pass10")["Toy"]["temperature"] == 0.8
    assert len(records(client, "?best=run")) == 2


def test_best_temperature_is_chosen_for_each_k_and_named(client: Client, temperatures: Benchmark) -> None:
    row = records(client, "?best=temperature")["Toy"]
    assert (row["pass@1"], row["pass@1_temperature"]) == (pytest.approx(0.5), 0.2)
    assert row["pass@10_temperature"] == 0.8
    assert row["pass@10"] > 0.9
    html = page(client, "?best=temperature")
    assert html.count("Choose Toy,") == 1
    cold, hot = Run.objects.filter(model__name="Toy").order_by("temperature")
    assert f'<a class="of" href="/runs/{cold.pk}/">T 0.2</a>' in html
    assert f'<a class="of" href="/runs/{hot.pk}/">T 0.8</a>' in html


def test_the_file_of_best_temperatures_has_one_form(client: Client, temperatures: Benchmark) -> None:
    lines = client.get(f"{BOARD}?best=temperature&format=csv").content.decode().splitlines()
    assert len(lines) == 3
    assert "pass@10_temperature" in lines[0]
    assert len({len(line.split(",")) for line in lines}) == 1


def test_terms_about_runs_choose_among_a_models_runs(client: Client, temperatures: Benchmark) -> None:
    row = records(client, "?best=temperature&q=T>0.5")["Toy"]
    assert (row["pass@1_temperature"], row["pass@10_temperature"]) == (0.8, 0.8)
    assert list(records(client, "?best=run&q=other")) == ["Other"]
    assert records(client, "?best=run&q=other")["Other"]["rank"] == 2


def test_models_are_ranked_among_models(client: Client, temperatures: Benchmark) -> None:
    places = {name: row["rank"] for name, row in records(client, "?best=temperature").items()}
    assert places == {"Toy": 1, "Other": 2}


def test_a_run_that_leaves_problems_out_wins_nothing(client: Client, temperatures: Benchmark) -> None:
    scored_run(temperatures, "Toy", [16], n=16, temperature=0.1)
    assert records(client, "?best=run")["Toy"]["temperature"] == 0.2
    assert records(client, "?best=temperature")["Toy"]["pass@1_temperature"] == 0.2


def test_a_paper_and_a_measurement_of_one_model_stay_two_rows(
    client: Client, temperatures: Benchmark
) -> None:
    published_row(temperatures, "Toy", {"1": "99.0"})
    html = page(client, "?best=run&show=measured,published")
    assert html.count('aria-label="Choose Toy,') == 2


def test_columns_are_the_readers_choice(client: Client, board: Benchmark) -> None:
    assert heads(page(client, "?cols=curve,verdicts,passflagged&k=1")) == [
        "rank", "model", "pass1", "curve", "passflagged", "verdicts",
    ]  # fmt: skip
    assert heads(page(client, "?cols=none&k=2")) == ["rank", "model", "pass2"]
    html = page(client, "?cols=curve,verdicts")
    assert "<polyline points=" in html
    assert "passed 39.6 %" in html  # 19 of 48


def test_every_column_sorts_both_ways(client: Client, board: Benchmark) -> None:
    query = f"?cols={','.join(CHOSEN_COLUMNS)}"
    for column in ("rank", "model", "pass1", *CHOSEN_COLUMNS):
        for order, said in ((column, "ascending"), (f"-{column}", "descending")):
            html = page(client, f"{query}&sort={order}")
            assert html.count(f'aria-sort="{said}"') == html.count("aria-sort=") == 1, order


def test_sorting_by_size_and_by_gain_orders_rows(client: Client, board: Benchmark) -> None:
    assert list(records(client, "?sort=-size")) == ["Few", "Many"]
    scored_run(board, "Never", [0, 0, 0, 0], n=12)
    assert next(iter(records(client, "?cols=curve&sort=curve"))) == "Never"


def test_the_shortest_address_holds_the_choice(client: Client, board: Benchmark) -> None:
    run = Run.objects.get(model__name="Few")
    query = f"?q=few&k=2&k=1&cols=curve&best=run&run={run.pk}&run=999&sort=-n&show=&show=measured"
    response = client.get(BOARD + query, headers={"HX-Request": "true"})
    assert response["HX-Push-Url"] == f"{BOARD}?q=few&k=1,2&cols=curve&best=run&run={run.pk}"
    query += "&cols=n"
    response = client.get(BOARD + query, headers={"HX-Request": "true"})
    assert response["HX-Push-Url"].endswith(f"&cols=curve,n&best=run&run={run.pk}&sort=-n")


def test_chosen_runs_are_ticked_and_alone_in_the_chart(client: Client, board: Benchmark) -> None:
    run = Run.objects.get(model__name="Few")
    html = page(client, f"?run={run.pk}")
    assert re.search(rf'value="{run.pk}"[^>]* checked>', html)
    assert html.count(" checked>") == 1 + html.count('name="cols"') - html.count(
        'name="cols" value=""'
    ) - len(re.findall(r'name="cols" value="[^"]+">', html))
    assert f'<a href="{BOARD}">clear</a>' in html
    both = ",".join(str(pk) for pk in Run.objects.order_by("pk").values_list("pk", flat=True))
    assert '<a href="/compare/?run=' not in html  # one run alone is not compared
    assert f'<a href="/compare/?run={both}">compare</a>' in page(client, f"?run={both}")
    figure = client.get(f"{BOARD}charts/curves.json?run={run.pk}").content.decode()
    assert "Few" in figure
    assert "Many" not in figure
    assert "Many" in client.get(f"{BOARD}charts/curves.json").content.decode()


def test_the_header_says_what_the_benchmark_can_resolve(client: Client, board: Benchmark) -> None:
    assert re.search(r"tells two models apart when their pass@1 differs by about \d+ points", page(client))


def test_partial_runs_stand_apart_below_the_others(client: Client, board: Benchmark) -> None:
    scored_run(board, "Partial", [12], n=12)
    html = page(client)
    assert html.index("Few") < html.index("Runs without samples of some problems") < html.index(">Partial<")
