"""What is kept of a board is never out of date, is nobody else's, and saves the queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from leaderboard import board_cache
from leaderboard.models import Benchmark, Model, Run
from leaderboard.services import benchmarks, runs
from tests.factories import tiny_record
from tests.leaderboard.board_data import benchmark, member, scored_run  # noqa: F401

BOARD = "/benchmarks/small/"
ADDRESSES = (BOARD, f"{BOARD}?q=one&k=1,3", f"{BOARD}?format=csv", f"{BOARD}charts/curves.json")


@pytest.fixture
def run(benchmark: Benchmark) -> Run:  # noqa: F811
    scored_run(benchmark, "Still there", [1, 1, 0, 0])
    return scored_run(benchmark, "One", [4, 2, 1, 0], model_parameters=10**9)


def shown(client: Client) -> list[bytes]:
    """What is asked twice, so that the second answer is the kept one."""
    for address in ADDRESSES:
        client.get(address)
    return [client.get(address).content for address in ADDRESSES]


CHANGES: dict[str, tuple[Callable[[Run], object], bytes, bool]] = {
    "a new run": (lambda run: scored_run(run.benchmark, "One more", [4, 4, 4, 4]), b"One more", True),
    "deleted": (runs.delete, b"One", False),
    "scored again": (runs.rescore, b"/runs/", False),
    "hidden": (lambda run: Run.objects.filter(pk=run.pk).update(visibility="private"), b"One", False),
    "renamed": (lambda run: Model.objects.filter(pk=run.model_id).update(name="Oneself"), b"Oneself", True),
}


@pytest.mark.parametrize("name", CHANGES)
def test_after_a_change_nothing_old_is_shown(client: Client, run: Run, name: str) -> None:
    change, word, appears = CHANGES[name]
    before = shown(client)
    change(run)
    after = shown(client)
    assert all(old != new for old, new in zip(before, after, strict=True))
    if name != "scored again":  # its name stands in the line of those being scored
        table = after[2]
        assert (word in table) is appears


def test_a_run_that_is_cancelled_leaves_the_line_of_those_being_scored(client: Client, run: Run) -> None:
    waiting = scored_run(run.benchmark, "Waits", [4], status="running")
    assert b"Waits" in shown(client)[0]
    runs.cancel(waiting)
    assert b"Waits" not in shown(client)[0]


def test_the_share_of_a_run_being_scored_is_never_kept(client: Client, run: Run) -> None:
    waiting = scored_run(run.benchmark, "Waits", [4, 4], status="running")
    waiting.cells.update(status="queued", judged=0)
    assert b"Waits</a> 0 %" in shown(client)[0]
    waiting.cells.update(judged=1)
    assert b"Waits</a> 50 %" in shown(client)[0]


def test_a_reader_never_gets_what_was_kept_for_another(client: Client, run: Run) -> None:
    owner, staff = member("ada"), member("eve", is_staff=True)
    scored_run(run.benchmark, "One secret", [4, 4, 4, 4], owner=owner, visibility="private")
    for reader, seen in ((owner, True), (None, False), (staff, True), (member("bob"), False), (owner, True)):
        client.logout()
        if reader:
            client.force_login(reader)
        assert {b"One secret" in body for body in shown(client)} == {seen}


def test_readers_who_see_the_same_share_what_is_kept(
    client: Client, run: Run, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(BOARD)
    client.force_login(member("ada"))
    with django_assert_num_queries(
        5
    ):  # session, account, benchmark, own hidden runs, the header's benchmarks
        client.get(BOARD)
    with django_assert_num_queries(4):
        client.get(BOARD)


@pytest.mark.parametrize("count", [3, 12])
def test_a_kept_board_takes_two_queries_however_many_runs_there_are(
    client: Client,
    benchmark: Benchmark,  # noqa: F811
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        scored_run(benchmark, f"Model {number}", [number % 5, 1, 2, 3])
    # The benchmark, runs being scored, the header's benchmarks, the board's runs, their counts.
    with django_assert_num_queries(5):
        client.get(BOARD)
    with django_assert_num_queries(2):  # the benchmark and the header's benchmarks
        client.get(BOARD)
    for query in ("?q=model&sort=-n", "?k=1,3", "?best=temperature", "?cols=curve&sort=-pass2&k=1,2"):
        with django_assert_num_queries(2):
            client.get(BOARD + query)


def test_runs_being_scored_cost_one_query_more(
    client: Client, run: Run, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    scored_run(run.benchmark, "Waits", [4, 4], status="running")
    client.get(BOARD)
    with django_assert_num_queries(3):
        client.get(BOARD)


@pytest.mark.parametrize("address", [BOARD, f"{BOARD}?q=one", f"{BOARD}charts/curves.json"])
def test_the_same_board_for_the_same_reader_is_not_sent_again(
    client: Client, run: Run, address: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tag = client.get(address)["ETag"]
    with django_assert_num_queries(2):
        unchanged = client.get(address, headers={"If-None-Match": tag})
    assert unchanged.status_code == 304
    assert "HX-Request" in unchanged["Vary"]
    assert "Cookie" in unchanged["Vary"]
    assert "no-cache" in unchanged["Cache-Control"]
    runs.delete(run)
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_a_tag_stands_for_one_reader_one_address_one_form_one_header(client: Client, run: Run) -> None:
    tags = [client.get(BOARD)["ETag"], client.get(BOARD + "?k=1")["ETag"]]
    tags.append(client.get(BOARD, headers={"HX-Request": "true"})["ETag"])
    tags.append(client.get(BOARD, headers={"Host": "other.example"})["ETag"])
    client.force_login(member("ada"))
    tags.append(client.get(BOARD)["ETag"])
    client.force_login(member("bob"))
    tags.append(client.get(BOARD)["ETag"])
    benchmarks.load(tiny_record())  # a new name in the header
    tags.append(client.get(BOARD)["ETag"])
    assert len(set(tags)) == len(tags)


def test_a_page_with_a_message_is_always_sent(client: Client, run: Run) -> None:
    client.force_login(owner := member("ada"))
    Run.objects.filter(pk=run.pk).update(owner=owner)
    client.post(f"/runs/{run.pk}/rescore/")  # leaves a message for the next page
    message = client.cookies.pop("messages")
    client.get(BOARD)  # sets the cookie of the sign-out form
    tag = client.get(BOARD)["ETag"]
    assert client.get(BOARD, headers={"If-None-Match": tag}).status_code == 304
    client.cookies["messages"] = message.value
    with_message = client.get(BOARD, headers={"If-None-Match": tag})
    assert with_message.status_code == 200
    assert b'class="messages"' in with_message.content
    assert b'class="messages"' not in client.get(BOARD).content


def test_other_code_finds_nothing_that_this_code_kept(
    client: Client,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client.get(BOARD)
    monkeypatch.setattr(board_cache, "code_version", lambda: "another")
    with django_assert_num_queries(5):
        client.get(BOARD)


@pytest.mark.servers
def test_processes_share_what_they_keep_in_redis_and_do_without_it(
    client: Client, run: Run, redis_url: str, settings: Any
) -> None:
    redis = {"BACKEND": "django.core.cache.backends.redis.RedisCache"}
    settings.CACHES = {"default": redis | {"LOCATION": redis_url}}
    first = client.get(BOARD).content
    assert client.get(BOARD).content == first
    settings.CACHES = {"default": redis | {"LOCATION": "redis://127.0.0.1:1/0"}}  # nobody there
    assert client.get(BOARD).content == first
