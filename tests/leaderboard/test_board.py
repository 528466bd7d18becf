"""The leaderboard as a reader gets it: rows, order, filters, files, who sees what."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from leaderboard.models import Benchmark
from tests.leaderboard.board_data import benchmark, member, published_row, scored_run  # noqa: F401
from tests.leaderboard.html_rules import assert_strict

BOARD = "/benchmarks/small/"


def names(client: Client, query: str = "") -> list[str]:
    """Model names in the order in which the table shows them."""
    html = client.get(BOARD + query).content.decode()
    return re.findall(r'<th scope="row" class="first name"><a href="[^"]*">([^<]*)</a>', html)


@pytest.fixture
def board(benchmark: Benchmark) -> Benchmark:  # noqa: F811
    scored_run(benchmark, "Middling", [4, 2, 1, 0], model_organisation="Acme", model_parameters=2 * 10**9)
    scored_run(benchmark, "Best", [4, 4, 3, 2], temperature=0.2, model_parameters=7 * 10**9)
    scored_run(benchmark, "Worst", [1, 0, 0, 0], temperature=0.8)
    published_row(benchmark, "Codex 12B", {"1": "28.81", "10": "46.81"})
    return benchmark


def test_an_empty_site_says_how_to_load_a_benchmark(client: Client, db: None) -> None:
    assert b"load_benchmark humaneval" in client.get("/").content


def test_an_empty_board_says_how_to_fill_it(client: Client, benchmark: Benchmark) -> None:  # noqa: F811
    html = client.get(BOARD).content.decode()
    assert "submit samples.jsonl" in html
    assert "--benchmark small" in html


def test_the_front_page_is_the_first_benchmarks_board(client: Client, board: Benchmark) -> None:
    assert b"<h1>Small</h1>" in client.get("/").content


def test_an_unknown_benchmark_is_not_found(client: Client, board: Benchmark) -> None:
    assert client.get("/benchmarks/nope/").status_code == 404


def test_best_pass_at_1_comes_first_and_published_rows_after_all_measured_ones(
    client: Client, board: Benchmark
) -> None:
    assert names(client, "?show=measured,published") == ["Best", "Middling", "Worst", "Codex 12B"]


def test_published_rows_are_shown_on_request_and_where_there_is_nothing_else(
    client: Client,
    benchmark: Benchmark,  # noqa: F811
) -> None:
    published_row(benchmark, "Codex 12B", {"1": "28.81"})
    assert names(client) == ["Codex 12B"]
    scored_run(benchmark, "Best", [4, 4, 3, 2])
    assert names(client) == ["Best"]
    assert names(client, "?q=source:published") == ["Codex 12B"]
    assert names(client, "?show=published") == ["Codex 12B"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("pass1", ["Worst", "Middling", "Best"]),
        ("-model", ["Worst", "Middling", "Best"]),
        ("rank", ["Best", "Middling", "Worst"]),
        ("temperature", ["Best", "Worst", "Middling"]),
        ("-temperature", ["Worst", "Best", "Middling"]),
        ("size", ["Middling", "Best", "Worst"]),
        ("-n", ["Best", "Middling", "Worst"]),
        ("no-such-column", ["Best", "Middling", "Worst"]),
    ],
)
def test_the_address_sorts_missing_values_last_and_equal_ones_by_name(
    client: Client, board: Benchmark, order: str, expected: list[str]
) -> None:
    assert names(client, f"?show=measured&sort={order}") == expected


def test_a_sorted_column_says_so_and_its_header_turns_the_order_round(
    client: Client, board: Benchmark
) -> None:
    html = client.get(BOARD + "?sort=-pass2").content.decode()
    assert html.count("aria-sort=") == 1
    assert "sort-pass2" not in html  # not among the columns: the usual order stands
    html = client.get(BOARD + "?k=1,2&sort=-pass2").content.decode()
    assert html.count('aria-sort="descending"') == 1
    assert f'href="{BOARD}?k=1,2&amp;sort=pass2"' in html


def test_text_and_source_filter_rows(client: Client, board: Benchmark) -> None:
    assert names(client, "?q=acme") == ["Middling"]
    assert names(client, "?show=published") == ["Codex 12B"]
    assert names(client, "?show=measured") == ["Best", "Middling", "Worst"]
    assert b"No run matches" in client.get(BOARD + "?q=zzz").content
    assert b"No run matches" in client.get(BOARD + "?show=none").content


def test_only_chosen_k_have_columns(client: Client, board: Benchmark) -> None:
    html = client.get(BOARD + "?k=2").content.decode()
    assert "sort-pass2" in html
    assert "sort-pass1" not in html


def test_rank_stays_a_runs_own_under_a_text_filter(client: Client, board: Benchmark) -> None:
    rows = json.loads(client.get(BOARD + "?q=worst&format=json").content)
    assert [(row["model"], row["rank"]) for row in rows] == [("Worst", 3)]


def test_published_rows_have_no_rank_and_change_none(client: Client, board: Benchmark) -> None:
    published_row(board, "Better than all", {"1": "99.9"})
    query = "?show=measured,published&format=json"
    rows = {row["model"]: row for row in json.loads(client.get(BOARD + query).content)}
    assert rows["Better than all"]["rank"] is None
    assert rows["Codex 12B"]["rank"] is None
    assert rows["Best"]["rank"] == 1


def test_runs_that_leave_problems_out_are_shown_and_not_ranked(client: Client, board: Benchmark) -> None:
    scored_run(board, "Partial", [4, 4, 4])
    rows = {row["model"]: row for row in json.loads(client.get(BOARD + "?format=json").content)}
    assert rows["Partial"]["rank"] is None
    assert rows["Best"]["rank"] == 1
    assert b"3 of 4" in client.get(BOARD).content


def test_published_figures_keep_their_digits_and_their_citation(client: Client, board: Benchmark) -> None:
    html = client.get(BOARD + "?show=published").content.decode()
    assert '28<span class="part">.81</span>' in html
    assert 'href="https://arxiv.org/abs/2107.03374"' in html
    assert "Table 1" in html


def test_synthetic_runs_are_labelled_and_leave_the_ranking_when_hidden(
    client: Client, board: Benchmark
) -> None:
    scored_run(board, "Demo", [4, 4, 4, 4], synthetic=True, model_synthetic=True)
    assert ">synthetic</span>" in client.get(BOARD).content.decode()
    rows = json.loads(client.get(BOARD + "?show=measured&format=json").content)
    assert [(row["model"], row["rank"]) for row in rows] == [("Best", 1), ("Middling", 2), ("Worst", 3)]


def test_files_hold_the_rows_of_the_page_in_its_order(client: Client, board: Benchmark) -> None:
    query = "?show=measured&sort=pass1"
    shown = names(client, query)
    table = csv.DictReader(io.StringIO(client.get(f"{BOARD}{query}&format=csv").content.decode()))
    document = json.loads(client.get(f"{BOARD}{query}&format=json").content)
    assert [row["model"] for row in table] == shown
    assert [row["model"] for row in document] == shown
    best = next(row for row in document if row["model"] == "Best")
    assert best["pass@1"] == pytest.approx(13 / 16)
    assert best["pass@1_low"] < best["pass@1"] < best["pass@1_high"]
    assert client.get(BOARD + "?format=xls").status_code == 400


def test_spreadsheets_get_no_formula_from_a_models_name(client: Client, board: Benchmark) -> None:
    scored_run(board, "=HYPERLINK(1)", [0, 0, 0, 0])
    assert "'=HYPERLINK(1)" in client.get(BOARD + "?format=csv").content.decode()


def test_private_runs_are_on_their_owners_and_staffs_board_only(client: Client, board: Benchmark) -> None:
    owner, other, staff = member("ada"), member("bob"), member("eve", is_staff=True)
    scored_run(board, "Secret", [4, 4, 4, 4], owner=owner, visibility="private")
    scored_run(board, "Unlisted", [4, 4, 4, 4], owner=owner, visibility="unlisted")
    for reader, seen in ((None, False), (other, False), (owner, True), (staff, True)):
        client.logout()
        if reader:
            client.force_login(reader)
        for answer in (
            BOARD,
            BOARD + "?format=csv",
            f"{BOARD}charts/curves.json",
            f"{BOARD}charts/size.json",
        ):
            body = client.get(answer).content
            if "size" not in answer:  # these two models have no known size
                assert (b"Secret" in body) is seen
                assert (b"Unlisted" in body) is seen
            assert seen or b"Secret" not in body


def test_a_private_run_of_ones_own_is_not_ranked(client: Client, board: Benchmark) -> None:
    owner = member("ada")
    scored_run(board, "Secret", [4, 4, 4, 4], owner=owner, visibility="private")
    client.force_login(owner)
    rows = {row["model"]: row for row in json.loads(client.get(BOARD + "?format=json").content)}
    assert rows["Secret"]["rank"] is None
    assert rows["Best"]["rank"] == 1


def test_runs_being_scored_are_a_line_above_the_table(client: Client, board: Benchmark) -> None:
    scored_run(board, "Half way", [4, 4], status="running")
    run = scored_run(board, "Hidden", [4], status="running", visibility="private")
    html = client.get(BOARD).content.decode()
    assert "1 run is being scored" in html
    assert "Half way</a> 100 %" in html
    assert run.model.name not in html


@pytest.mark.parametrize("runs", [3, 12])
def test_the_board_asks_the_same_few_questions_however_many_runs_there_are(
    client: Client,
    benchmark: Benchmark,  # noqa: F811
    runs: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(runs):
        scored_run(benchmark, f"Model {number}", [number % 5, 1, 2, 3])
    # The benchmark, its runs, their cells' counts for the ranks, runs being scored, the header's benchmarks.
    with django_assert_num_queries(5) as captured:
        client.get(BOARD)
    assert not [query for query in captured.captured_queries if '"blob"' in query["sql"]]


def test_htmx_gets_the_table_alone_and_the_shortest_address(client: Client, board: Benchmark) -> None:
    query = "?q=&show=&show=measured&show=published&k=1&k=2&sort=-pass1"
    response = client.get(BOARD + query, headers={"HX-Request": "true"})
    assert response.content.lstrip().startswith(b'<div id="board">')
    assert b"<html" not in response.content
    assert response["HX-Push-Url"] == BOARD + "?show=measured,published&k=1,2"
    assert "HX-Request" in response["Vary"]


def test_an_unchanged_board_is_not_sent_again(client: Client, board: Benchmark) -> None:
    tag = client.get(BOARD)["ETag"]
    assert client.get(BOARD, headers={"If-None-Match": tag}).status_code == 304
    scored_run(board, "New", [1, 1, 1, 1])
    assert client.get(BOARD, headers={"If-None-Match": tag}).status_code == 200


def test_hostile_names_are_text_and_nothing_is_inline(client: Client, board: Benchmark) -> None:
    hostile = "</script><img src=x onerror=alert(1)>"
    scored_run(board, hostile, [1, 1, 1, 1], model_organisation='"><b>', model_parameters=10**9)
    for address in ("/", BOARD, BOARD + f"?q={hostile}"):
        response = client.get(address)
        assert b"<img" not in response.content
        assert b"<b>" not in response.content
        assert_strict(response)
    figure = json.loads(client.get(f"{BOARD}charts/size.json").content)
    assert "<img" not in json.dumps([trace.get("text") for trace in figure["data"]])


def test_the_page_about_figures_is_strict_too(client: Client, db: None) -> None:
    assert_strict(client.get("/figures/"))
