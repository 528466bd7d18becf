"""The problem list, one problem across runs, and one model's page."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from leaderboard.models import Benchmark, Cell, RunCounts
from leaderboard.queries import behaviours as behaviour_queries
from tests.leaderboard.board_data import benchmark, member, published_row, scored_run  # noqa: F401
from tests.leaderboard.html_rules import assert_strict

PROBLEMS = "/benchmarks/small/problems/"
PROBLEM = f"{PROBLEMS}Small/1/"


@pytest.fixture
def board(benchmark: Benchmark) -> Benchmark:  # noqa: F811
    scored_run(benchmark, "Good", [4, 2, 4, 0], temperature=0.2)
    scored_run(benchmark, "Poor", [4, 0, 1, 0], n=8, temperature=0.8)
    published_row(benchmark, "Codex 12B", {"1": "28.81"})
    return benchmark


def listed(client: Client, query: str = "") -> list[str]:
    html = client.get(PROBLEMS + query).content.decode()
    return re.findall(r'class="first task"><a href="[^"]*">([^<]*)</a>', html)


def test_problems_come_hardest_first_by_the_mean_of_the_runs_pass_rates(
    client: Client, board: Benchmark
) -> None:
    rows = json.loads(client.get(PROBLEMS + "?format=json").content)
    assert [(row["task_id"], row["pass_rate"]) for row in rows] == [
        ("Small/3", 0.0),
        ("Small/1", pytest.approx(0.25)),  # 2/4 and 0/8: runs count alike
        ("Small/2", pytest.approx(0.5625)),
        ("Small/0", pytest.approx(0.75)),
    ]
    assert rows[1]["passed"] == 2
    assert rows[1]["wrong_answer"] == 10
    assert (rows[1]["solved_by"], rows[1]["runs"]) == (1, 2)
    assert listed(client) == [row["task_id"] for row in rows]


def test_the_address_sorts_and_filters_problems(client: Client, board: Benchmark) -> None:
    assert listed(client, "?sort=problem") == ["Small/0", "Small/1", "Small/2", "Small/3"]
    assert listed(client, "?sort=-lines") == ["Small/3", "Small/2", "Small/1", "Small/0"]
    assert listed(client, "?q=median") == ["Small/2"]
    assert listed(client, "?solved=never") == ["Small/3"]
    assert listed(client, "?solved=some") == ["Small/1"]
    assert listed(client, "?solved=always") == ["Small/2", "Small/0"]


def test_synthetic_runs_can_be_left_out_of_difficulty(client: Client, board: Benchmark) -> None:
    scored_run(board, "Demo", [0, 4, 4, 4], synthetic=True)
    assert listed(client, "?solved=never") == []
    assert listed(client, "?solved=never&show=measured") == ["Small/3"]
    assert b"over 3 measured runs, 1 of them synthetic" in client.get(PROBLEMS).content


def test_private_runs_count_in_nobody_elses_difficulty(client: Client, board: Benchmark) -> None:
    owner = member("ada")
    scored_run(board, "Secret", [4, 4, 4, 4], owner=owner, visibility="private")
    assert listed(client, "?solved=never") == ["Small/3"]
    assert b"Secret" not in client.get(PROBLEM).content
    assert client.get("/models/m3/").status_code == 404
    client.force_login(owner)
    assert listed(client, "?solved=never") == []
    assert b"Secret" in client.get(PROBLEM).content
    assert client.get("/models/m3/").status_code == 200


@pytest.mark.parametrize("runs", [1, 6])
def test_the_list_asks_the_same_few_questions_however_many_runs_there_are(
    client: Client,
    benchmark: Benchmark,  # noqa: F811
    runs: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(runs):
        scored_run(benchmark, f"Model {number}", [1, 2, 3, 4])
    # The benchmark, its runs, their counts, the problems, the header's benchmarks.
    with django_assert_num_queries(5) as captured:
        client.get(PROBLEMS)
    assert not [query for query in captured.captured_queries if '"blob"' in query["sql"]]


def test_a_benchmark_without_runs_lists_its_problems(client: Client, benchmark: Benchmark) -> None:  # noqa: F811
    assert listed(client) == ["Small/0", "Small/1", "Small/2", "Small/3"]
    html = client.get(PROBLEMS).content.decode()
    assert "No run is scored yet" in html
    assert '<svg class="verdicts"' not in html  # there is nothing to say of it


def test_a_problem_shows_each_runs_share_and_its_most_common_failure(
    client: Client, board: Benchmark
) -> None:
    html = client.get(PROBLEM).content.decode()
    assert "2 of 4" in html
    assert "0 of 8" in html
    assert '<dd>1 of 2 <span class="interval" title="">only Good</span></dd>' in html
    assert html.count("sort_third(1) → 3") == 3  # of each run, and as one that both share
    assert html.index("Good") < html.index("Poor")


def test_a_run_on_a_problem_leads_to_its_samples(client: Client, board: Benchmark) -> None:
    html = client.get(PROBLEM).content.decode()
    for address in re.findall(r'href="(/runs/\d+/problems/Small/1/)"', html):
        assert client.get(address).status_code == 200
    assert re.search(r'href="/runs/\d+/problems/Small/1/"', html)


def test_next_and_previous_follow_the_benchmarks_order(client: Client, board: Benchmark) -> None:
    html = client.get(PROBLEM).content.decode()
    assert f'href="{PROBLEMS}Small/0/" rel="prev" data-previous' in html
    assert f'href="{PROBLEMS}Small/2/" rel="next" data-next' in html
    assert "data-previous" not in client.get(f"{PROBLEMS}Small/0/").content.decode()
    assert client.get(f"{PROBLEMS}Small/9/").status_code == 404


def test_a_problem_opens_a_bounded_number_of_blobs(
    client: Client,
    board: Benchmark,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(4):
        scored_run(board, f"Model {number}", [1, 1, 1, 1])
    # Benchmark, problem, cells, runs, their counts, one blob, neighbours, the header's benchmarks.
    with django_assert_num_queries(8) as captured:
        html = client.get(PROBLEM).content.decode()
    blobs = [query["sql"] for query in captured.captured_queries if '"blob"' in query["sql"]]
    assert len(blobs) == 1
    assert blobs[0].count("IN (") == 1
    assert "IN (1)" in re.sub(r"IN \(\d+\)", "IN (1)", blobs[0])  # one cell shows how all of them fail
    assert html.count("sort_third(1) → 3") == 7  # of each run, and as one that all share
    monkeypatch.setattr(behaviour_queries, "OPENED_BLOBS", 0)
    html = client.get(PROBLEM).content.decode()
    assert "sort_third(1) → 3" not in html
    assert "is its most frequent failure" in html


def test_failures_that_models_share_are_counted_over_all_runs(client: Client, board: Benchmark) -> None:
    scored_run(board, "Good", [4, 3, 4, 0], temperature=0.8)
    html = client.get(PROBLEM).content.decode()
    row = html[html.index("Failures that models share") :]
    numbers = re.findall(r'<td class="num">(\d+)</td>', row)
    assert numbers == ["11", "2", "3"]  # samples of 2 + 8 + 1, of two models, in three runs
    address = re.search(r'href="(/runs/\d+/problems/Small/1/\?behaviour=[0-9a-f]{16})"', row)
    assert address
    assert "8 of 8" in client.get(address[1]).content.decode()


def test_failures_of_cells_scored_before_behaviours_were_kept_are_told_apart_all_the_same(
    client: Client, board: Benchmark
) -> None:
    before = client.get(PROBLEM).content
    Cell.objects.update(behaviours=None)
    RunCounts.objects.all().delete()
    assert client.get(PROBLEM).content == before


def test_lists_read_the_same_from_cells_where_a_run_has_no_stored_counts(
    client: Client, board: Benchmark
) -> None:
    before = client.get(PROBLEMS + "?format=json").content
    RunCounts.objects.all().delete()
    assert client.get(PROBLEMS + "?format=json").content == before


def test_a_problem_that_one_model_alone_solves_names_it(client: Client, board: Benchmark) -> None:
    scored_run(board, "Good", [4, 1, 4, 0], temperature=0.8)
    assert listed(client, "?solved=alone") == ["Small/1"]
    assert "only Good" in client.get(PROBLEMS).content.decode()
    scored_run(board, "Third", [4, 1, 4, 0])
    assert listed(client, "?solved=alone") == []


def test_a_model_shows_its_runs_with_published_ones_apart(client: Client, board: Benchmark) -> None:
    scored_run(board, "Good", [4, 4, 4, 4], temperature=0.8)
    published_row(board, "Good", {"1": "55.5", "10": "66.6"})
    html = client.get("/models/m0/").content.decode()
    rows = re.findall(r'class="first name"><a href="[^"]*">([^<]*)</a>', html)
    assert len(rows) == 3
    assert rows[-1] == "published"
    figure = json.loads(client.get("/models/m0/charts/small.json").content)
    assert any("T=0.8" in str(trace.get("text")) for trace in figure["data"])
    assert client.get("/models/nobody/").status_code == 404


def test_hostile_names_are_text_and_nothing_is_inline(client: Client, board: Benchmark) -> None:
    scored_run(board, "<script>alert(1)</script>", [0, 0, 0, 0])
    board.problems.filter(position=1).update(prompt='def f():\n    """</div><script>alert(2)</script>"""\n')
    for address in (PROBLEMS, PROBLEM, "/models/m3/", PROBLEMS + "?q=<script>alert(3)</script>"):
        response = client.get(address)
        assert b"<script>" not in response.content
        assert_strict(response)
