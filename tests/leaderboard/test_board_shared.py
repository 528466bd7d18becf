"""The organisation that shares a run, on the board: its column, its filter, and who learns of it."""

from __future__ import annotations

import json
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from leaderboard.models import Benchmark, Organisation, Run
from leaderboard.services import organisations
from tests.leaderboard.board_data import benchmark, member, scored_run  # noqa: F401

BOARD = "/benchmarks/small/"
API = "/api/v1/benchmarks/small/leaderboard"


@pytest.fixture
def ada(db: None) -> User:
    return member("ada")


@pytest.fixture
def lab(ada: User) -> Organisation:
    return organisations.make(ada, "Wren Lab")


@pytest.fixture
def board(benchmark: Benchmark, ada: User, lab: Organisation) -> Benchmark:  # noqa: F811
    other = organisations.make(ada, "Wren Lab Two")
    scored_run(benchmark, "Alder", [4, 4, 3, 2], owner=ada, organisation=lab)
    scored_run(benchmark, "Birch", [4, 2, 1, 0], owner=ada, organisation=other)
    scored_run(benchmark, "Cedar", [1, 0, 0, 0])
    scored_run(benchmark, "Hidden", [4, 4, 4, 4], owner=ada, organisation=lab, visibility="private")
    return benchmark


def rows(client: Client, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(client.get(BOARD, {"format": "json"} | query).content)
    return found


def models(client: Client, text: str) -> list[str]:
    return sorted(row["model"] for row in rows(client, q=text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("shared:wren-lab", ["Alder", "Birch"]),  # a part of the word in its address, or of its name
        ('shared:"lab two"', ["Birch"]),
        ("shared=wren-lab", ["Alder"]),
        ('shared="WREN LAB"', ["Alder"]),
        ("shared_with=wren-lab", ["Alder"]),
        ("-shared=wren-lab", ["Birch", "Cedar"]),
        ("shared!=wren-lab", ["Birch"]),
        ("shared:none", ["Cedar"]),
        ("shared!=none", ["Alder", "Birch"]),
        ("shared:nobody", []),
    ],
)
def test_the_filter_finds_an_organisations_runs(
    client: Client, board: Benchmark, text: str, found: list[str]
) -> None:
    assert models(client, text) == found


def test_a_private_run_is_found_by_members_alone(client: Client, board: Benchmark, ada: User) -> None:
    for name in ("", "eve"):
        if name:
            client.force_login(member(name))
        assert models(client, "shared=wren-lab") == ["Alder"]
        assert "Hidden" not in client.get(BOARD, {"q": "shared=wren-lab"}).content.decode()
    client.force_login(ada)
    assert models(client, "shared=wren-lab") == ["Alder", "Hidden"]


def test_an_organisation_that_shows_nothing_is_as_good_as_none(
    client: Client, board: Benchmark, ada: User
) -> None:
    """The same answer for a name that nobody has and for one that has private runs alone."""
    quiet = organisations.make(ada, "Zorvex")
    scored_run(board, "Secret", [4, 4, 4, 4], owner=ada, organisation=quiet, visibility="private")
    for operator in (":", "=", "!="):
        for extra in ({}, {"format": "csv"}, {"cols": "shared", "sort": "shared"}):
            asked = [
                client.get(BOARD, {"q": f"shared{operator}{name}", **extra}).content.decode()
                for name in ("zorvex", "nobody")
            ]
            assert asked[0].replace("zorvex", "nobody") == asked[1]
    answers = [client.get(API, {"q": f"shared:{name}"}).json() for name in ("zorvex", "nobody")]
    assert answers[0] == answers[1]
    assert answers[0]["items"] == []


def test_the_column_is_shown_on_request_and_sorts(client: Client, board: Benchmark) -> None:
    assert "Wren Lab" not in client.get(BOARD).content.decode()
    html = client.get(BOARD, {"cols": "shared", "sort": "shared"}).content.decode()
    assert 'aria-sort="ascending"' in html
    assert 'popovertarget="hint-shared"' in html
    assert '<td class="sub nowrap">Wren Lab</td>' in html
    places = [html.index(f">{name}</a>") for name in ("Alder", "Birch", "Cedar")]  # who knows none is last
    assert places == sorted(places)


def test_a_name_is_text(client: Client, board: Benchmark, lab: Organisation) -> None:
    Organisation.objects.filter(pk=lab.pk).update(name="<b>Lab</b>")
    html = client.get(BOARD, {"cols": "shared"}).content.decode()
    assert "&lt;b&gt;Lab" in html
    assert "<b>Lab" not in html


def test_files_and_the_api_tell_it(client: Client, board: Benchmark) -> None:
    told = {row["model"]: row["shared_with"] for row in rows(client)}
    assert told == {"Alder": "Wren Lab", "Birch": "Wren Lab Two", "Cedar": ""}
    items = client.get(API, {"q": "shared!=none"}).json()["items"]
    assert {row["model"]["name"]: row["organisation"] for row in items} == {
        "Alder": "wren-lab",
        "Birch": "wren-lab-two",
    }


def test_of_a_models_runs_the_filter_chooses_before_the_best_is_taken(
    client: Client, board: Benchmark
) -> None:
    better = scored_run(board, "Alder", [4, 4, 4, 4])
    shared = Run.objects.get(model__name="Alder", organisation__slug="wren-lab")
    assert [row["run"] for row in rows(client, q="alder", best="run")] == [better.pk]
    assert [row["run"] for row in rows(client, q="alder shared=wren-lab", best="run")] == [shared.pk]


def test_a_new_name_is_on_the_board_at_once(
    client: Client, board: Benchmark, lab: Organisation, ada: User
) -> None:
    asked = {"cols": "shared"}
    tag = client.get(BOARD, asked)["ETag"]
    organisations.rename(lab, ada, "Program Lab")
    answer = client.get(BOARD, asked, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "Program Lab" in answer.content.decode()
    assert models(client, "shared=wren-lab") == ["Alder"]  # old links go on
    organisations.delete(lab, ada)
    assert models(client, "shared=wren-lab") == []


def test_the_page_of_an_organisation_leads_to_its_part_of_the_board(
    client: Client, board: Benchmark, ada: User
) -> None:
    client.force_login(ada)
    html = client.get("/organisations/wren-lab/").content.decode().partition("<main")[2]
    start = html.index(BOARD)
    address = unescape(html[start : html.index('"', start)])
    shown = client.get(address).content.decode()
    assert [name in shown for name in ("Alder", "Hidden", "Birch", "Cedar")] == [True, True, False, False]
    assert '<td class="sub nowrap">Wren Lab</td>' in shown


def test_without_a_scored_run_there_is_no_board_to_go_to(
    client: Client,
    benchmark: Benchmark,  # noqa: F811
    ada: User,
    lab: Organisation,
) -> None:
    scored_run(benchmark, "Waits", [4], owner=ada, organisation=lab, status="queued")
    client.force_login(ada)
    assert BOARD not in client.get("/organisations/wren-lab/").content.decode().partition("<main")[2]


@pytest.mark.parametrize("runs", [2, 9])
def test_the_column_asks_no_question_more(
    client: Client,
    benchmark: Benchmark,  # noqa: F811
    ada: User,
    runs: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(runs):
        shared = organisations.make(ada, f"Lab {number}")
        scored_run(benchmark, f"Model {number}", [number % 5, 1, 2, 3], owner=ada, organisation=shared)
    with django_assert_num_queries(5):  # as without it
        client.get(BOARD, {"cols": "shared", "q": "shared:lab", "sort": "shared"})
