"""Where models break: pass rates against features of the problems, as a reader gets it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

import numpy as np
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from evaluator.metrics import trend
from evaluator.metrics.decay import decay
from evaluator.problem_sets import load_benchmark
from leaderboard.models import Benchmark, Run
from leaderboard.queries.features import features_of
from leaderboard.services import benchmarks
from tests.leaderboard.board_data import member, scored_run, small_benchmark
from tests.leaderboard.html_rules import assert_strict

pytestmark = pytest.mark.django_db
PAGE = "/benchmarks/chains/features/"
LENGTHS = np.repeat(np.arange(1, 11), 13)


@pytest.fixture
def chains() -> Benchmark:
    return benchmarks.load(load_benchmark("chains"))


def falling(factor: float, n: int = 20) -> list[int]:
    """Of n samples of each problem, how many pass where each further operation divides that by the factor."""
    return [round(n * 0.9 * factor ** -(length - 1)) for length in LENGTHS.tolist()]


@pytest.fixture
def run(chains: Benchmark) -> Run:
    return scored_run(chains, "Falls", falling(1.6), n=20, temperature=0.2)


def test_a_run_on_chains_shows_the_factor_that_the_evaluator_fits(client: Client, run: Run) -> None:
    response = client.get(PAGE)
    html = response.content.decode()
    rates = np.array(falling(1.6)) / 20
    found = decay(LENGTHS, rates, resamples=500)
    assert f"Falls: each further operation divides the pass rate by {found.factor:.2f}" in html
    assert f"(95 % interval {found.low:.2f} to {found.high:.2f})" in html
    assert "more than chance explains" in html
    assert_strict(response)


def test_bins_are_a_file_with_a_row_for_each_number_of_operations(client: Client, run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get(f"{PAGE}?format=csv").content.decode())))
    assert [float(row["from"]) for row in rows] == list(range(1, 11))
    assert {row["problems"] for row in rows} == {"13"}
    rates = [float(row[f"run {run.pk} pass rate"]) for row in rows]
    assert rates == pytest.approx([falling(1.6)[13 * place] / 20 for place in range(10)])
    assert "$\\pm$" in client.get(f"{PAGE}?format=tex").content.decode() or rates[-1] < 0.05


def test_trends_of_all_features_are_a_file(client: Client, run: Run) -> None:
    rows = json.loads(client.get(f"{PAGE}?table=trends&format=json").content)
    assert [row["feature"] for row in rows] == [
        "chained_operations", "docstring_words", "docstring_characters", "variables", "operations",
    ]  # fmt: skip
    expected = trend(LENGTHS, np.array(falling(1.6)) / 20, resamples=500)
    assert rows[0]["odds_ratio"] == pytest.approx(np.exp(expected.slope))
    assert rows[0]["decay_factor"] == pytest.approx(1.6, abs=0.1)
    assert rows[1]["decay_factor"] is None
    assert all(row["p_holm"] >= row["p"] for row in rows)


def test_a_feature_is_chosen_by_the_address_and_its_chart_goes_with_it(client: Client, run: Run) -> None:
    html = client.get(f"{PAGE}?by=docstring_words").content.decode()
    assert "every 10 words more in the docstring multiplies the odds of passing by" in html
    chart = f"{PAGE}chart.json?by=docstring_words"
    assert f'data-chart="{chart}"' in html
    figure = json.loads(client.get(chart).content)
    (marks,) = [trace for trace in figure["data"] if trace["mode"] == "markers"]
    assert len(marks["x"]) == 8
    assert figure["layout"]["xaxis"]["title"]["text"].startswith("words of the docstring")
    assert "<h2>Chained operations</h2>" in client.get(f"{PAGE}?by=nonsense").content.decode()


def names(client: Client, query: str = "") -> list[str]:
    rows = json.loads(client.get(f"{PAGE}?table=trends&format=json{query}").content)
    return list(dict.fromkeys(row["model"] for row in rows))


def test_the_best_runs_of_different_models_are_shown_unless_others_are_chosen(
    client: Client, chains: Benchmark, run: Run
) -> None:
    scored_run(chains, "Steady", [18] * 130, n=20)
    worse = scored_run(chains, "Steady", [17] * 130, n=20, temperature=0.8)
    assert names(client) == ["Steady", "Falls"]
    assert names(client, f"&run={worse.pk}") == ["Steady"]
    assert names(client, "&run=") == []


def test_a_flat_run_is_not_said_to_break(client: Client, chains: Benchmark) -> None:
    passed = np.random.default_rng(3).binomial(20, 0.5, 130).tolist()
    scored_run(chains, "Flat", passed, n=20)
    assert "chance alone would do as much" in client.get(PAGE).content.decode()


def test_private_runs_are_for_their_owners_and_other_benchmarks_runs_for_none(
    client: Client, chains: Benchmark, run: Run
) -> None:
    owner = member("owner")
    hidden = scored_run(chains, "Hidden", [20] * 130, n=20, visibility="private", owner=owner)
    other = scored_run(small_benchmark(), "Elsewhere", [1, 1, 1, 1])
    assert names(client, f"&run={hidden.pk},{other.pk},{run.pk}") == ["Falls"]
    assert "Hidden" not in client.get(PAGE).content.decode()
    client.force_login(owner)
    assert "Hidden" in names(client)


def test_rows_sort_by_any_column(client: Client, run: Run) -> None:
    def trends(order: str) -> Sequence[float]:
        rows = json.loads(client.get(f"{PAGE}?table=trends&format=json&sort={order}").content)
        return [row["odds_ratio"] for row in rows]

    assert trends("odds") == sorted(trends("odds"))
    assert trends("-odds") == sorted(trends("odds"), reverse=True)
    html = client.get(f"{PAGE}?bins=-value&sort=p").content.decode()
    assert html.index('first number">10<') < html.index('first number">9<')
    assert html.count("aria-sort=") == 2


def test_a_run_without_samples_of_some_problems_shows_what_it_has(client: Client, chains: Benchmark) -> None:
    scored_run(chains, "Short", falling(1.6)[:40], n=20)
    html = client.get(PAGE).content.decode()
    assert "Short: each further operation" in html
    assert "–" in html


def test_an_empty_benchmark_says_how_to_fill_it(client: Client, chains: Benchmark) -> None:
    html = client.get(PAGE).content.decode()
    assert "submit samples.jsonl" in html
    assert client.get(f"{PAGE}chart.json").status_code == 404
    assert client.get(f"{PAGE}?format=csv").content.decode().startswith("from,to,problems")


def test_problems_that_do_not_differ_are_said_not_to(client: Client) -> None:
    benchmark = small_benchmark()
    scored_run(benchmark, "Any", [1, 2, 3, 4])
    assert features_of(benchmark) == {}
    assert "don’t differ" in client.get("/benchmarks/small/features/").content.decode()


def test_it_is_linked_from_the_boards_tabs_and_from_a_runs_page(client: Client, run: Run) -> None:
    assert f'href="{PAGE}"' in client.get("/benchmarks/chains/").content.decode()
    assert f'href="{PAGE}?run={run.pk}"' in client.get(f"/runs/{run.pk}/").content.decode()


def test_the_page_asks_a_fixed_number_of_queries(
    client: Client, chains: Benchmark, run: Run, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(2):
        scored_run(chains, f"Other {number}", falling(1.2), n=20)
    client.get(PAGE)
    with django_assert_num_queries(2):
        client.get(PAGE)
