"""The planner: what n and k resolve a difference, and what more samples would bring."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from evaluator.metrics import Comparison, minimum_detectable_difference, noise_split, resolvable, spread
from leaderboard.forms.planner import plan_wish
from leaderboard.models import Benchmark, Run
from leaderboard.queries.planner import basis_of
from tests.leaderboard.board_data import benchmark, member, scored_run  # noqa: F401
from tests.leaderboard.html_rules import assert_strict
from tests.leaderboard.wide_board import PROBLEMS, simulated_run, wide  # noqa: F401

PAGE = "/benchmarks/wide/planner/"


@pytest.fixture
def runs(wide: Benchmark) -> list[Run]:  # noqa: F811
    return [simulated_run(wide, f"Coder {place}", place - 1.5, n=10, temperature=0.8) for place in range(4)]


def text(client: Client, query: str = "") -> str:
    return client.get(PAGE + query).content.decode()


def said(client: Client, query: str) -> str:
    found = re.search(r'<p class="said" role="status">(.*?)</p>', text(client, query))
    assert found
    return found.group(1)


def grid(client: Client, query: str = "") -> dict[tuple[int | None, int], dict[str, float]]:
    rows = json.loads(text(client, f"?table=grid&format=json{query}"))
    return {(row["n"], row["k"]): row for row in rows}


def test_without_runs_a_usual_spread_is_assumed_and_said(client: Client, wide: Benchmark) -> None:  # noqa: F811
    found = grid(client)
    for n in (1, 100):
        expected = minimum_detectable_difference(PROBLEMS, n)
        assert found[n, 1]["smallest_difference"] == pytest.approx(expected)
    html = text(client)
    assert "a usual spread at a pass@1 of 50 % is assumed" in html
    assert "More samples of" not in html


def test_the_table_is_the_statistics_own_for_the_chosen_run(client: Client, runs: list[Run]) -> None:
    basis = basis_of(runs[2].benchmark, member("ada"), runs[2].pk)
    assert basis.run is not None
    assert basis.run.run.pk == runs[2].pk
    assert basis.pairs == 3
    plan = Comparison(PROBLEMS, basis.at(5).middle)
    found = grid(client, f"&run={runs[2].pk}")
    assert found[20, 5]["smallest_difference"] == pytest.approx(resolvable(spread(basis.rates, 20, 5), plan))
    assert found[20, 5]["smallest_difference_low"] <= found[20, 5]["smallest_difference"]
    assert (1, 5) not in found


def test_pairing_tells_models_that_are_alike_apart(client: Client, runs: list[Run]) -> None:
    paired, unpaired = grid(client), grid(client, "&compare=unpaired")
    name = "smallest_difference"
    assert all(paired[place][name] <= unpaired[place][name] for place in paired)
    assert paired[100, 1][name] < 0.8 * unpaired[100, 1][name]


def test_the_answer_names_the_samples_that_it_takes(client: Client, runs: list[Run]) -> None:
    found = said(client, "?points=30")
    [needed] = re.findall(r"^([\d,]+) samples? of each problem", found)
    assert "30 points in pass@1 in 80 % of comparisons" in found
    rows = grid(client, "&points=30")
    enough = [n for (n, k), row in rows.items() if k == 1 and n and row["smallest_difference"] <= 0.3]
    assert int(needed) <= min(enough)


def test_where_no_number_of_samples_helps_the_problems_are_counted(client: Client, runs: list[Run]) -> None:
    found = said(client, "?points=0.5")
    assert found.startswith("No number of samples")
    [problems] = re.findall(r"about ([\d,]+) like these 20", found)
    assert int(problems.replace(",", "")) > 1000


def test_more_samples_of_a_run_narrow_its_interval_down_to_its_problems(
    client: Client, runs: list[Run]
) -> None:
    query = f"?table=more&format=csv&run={runs[1].pk}"
    rows = list(csv.DictReader(io.StringIO(text(client, query))))
    widths = [float(row["half_width"]) for row in rows]
    assert [row["n"] for row in rows] == ["10", "20", "50", "100", ""]
    assert widths == sorted(widths, reverse=True)
    cells = runs[1].cells.values_list("n", "c")
    noise = noise_split([n for n, _ in cells], [c for _, c in cells])
    assert widths[0] == pytest.approx(1.96 * noise.total_sd, rel=0.1)
    assert float(rows[-1]["sample_share"]) == 0.0
    assert float(rows[2]["pass@n_low"]) < float(rows[2]["pass@n"]) < float(rows[2]["pass@n_high"])


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("?points=0", "Difference: "),
        ("?points=many", "Difference: "),
        ("?k=0", "k: "),
        ("?k=1001", "k: "),
        ("?power=50", "Power: "),
        ("?compare=both", "Comparison: "),
        ("?run=987654", "Run 987654 is not on this board"),
    ],
)
def test_what_cannot_be_planned_is_refused_with_a_reason_and_the_usual_stands_in(
    client: Client, runs: list[Run], query: str, reason: str
) -> None:
    response = client.get(PAGE + query)
    assert response.status_code == 200
    html = response.content.decode()
    assert re.search(rf"<p>{reason}", html)
    assert "5 points in pass@1" in html


def test_the_address_keeps_what_is_unusual_and_nothing_else(client: Client, runs: list[Run]) -> None:
    asked = f"{PAGE}?points=5&k=10&power=80&compare=paired&run="
    response = client.get(asked, headers={"HX-Request": "true"})
    assert response["HX-Push-Url"] == f"{PAGE}?k=10"
    assert response.content.decode().lstrip().startswith('<div id="plan">')
    assert "HX-Request" in response["Vary"]


def test_a_wish_is_read_back_from_its_own_address() -> None:
    from django.http import QueryDict

    query = QueryDict("points=2.5&k=10&power=90&compare=unpaired&run=7")
    wish = plan_wish(query)
    assert (wish.difference, wish.k, wish.power, wish.paired, wish.run) == (0.025, 10, 0.9, False, 7)
    assert wish.values() == query.dict()


def test_runs_with_one_sample_of_a_problem_are_not_offered(
    client: Client, benchmark: Benchmark  # noqa: F811
) -> None:  # fmt: skip
    scored_run(benchmark, "Greedy", [1, 1, 0, 0], n=1)
    sampled = scored_run(benchmark, "Sampled", [2, 1, 0, 0], n=2)
    html = client.get("/benchmarks/small/planner/").content.decode()
    assert re.findall(r'<option value="(\d+)"[^>]*>[^<]*\(run', html) == [str(sampled.pk)]


def test_the_chart_has_a_curve_per_k_and_the_wanted_level(client: Client, runs: list[Run]) -> None:
    figure = json.loads(client.get(f"{PAGE}chart.json?points=7").content)
    dashed = [trace for trace in figure["data"] if (trace.get("line") or {}).get("dash") == "dash"]
    assert [trace["y"] for trace in dashed] == [[7.0, 7.0]]


def test_other_peoples_private_runs_are_no_basis(client: Client, wide: Benchmark, runs: list[Run]) -> None:  # noqa: F811
    secret = simulated_run(wide, "Secret", 0.0, owner=member("ada"), visibility="private")
    html = text(client, f"?run={secret.pk}")
    assert "Secret" not in html
    assert f"Run {secret.pk} is not on this board" in html


def test_the_page_asks_a_fixed_number_of_queries(
    client: Client, wide: Benchmark, runs: list[Run], django_assert_num_queries: DjangoAssertNumQueries  # noqa: F811
) -> None:  # fmt: skip
    query = f"?run={runs[0].pk}"
    client.get(PAGE + query)  # computes the run's analysis, which workers store
    simulated_run(wide, "One more", 0.5)
    with django_assert_num_queries(5):
        client.get(PAGE + query)
    simulated_run(wide, "Another", 0.6)
    with django_assert_num_queries(5):
        assert_strict(client.get(PAGE + query))
