"""The audit trail by the API: the whole of it for staff, a run's for who may change the run."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from leaderboard.models import AuditEntry, Run
from leaderboard.services import organisations, sharing, tokens
from tests.leaderboard.api_callers import token_client
from tests.leaderboard.board_data import member, scored_run, small_benchmark

pytestmark = pytest.mark.django_db
BASE = "/api/v1"


@pytest.fixture
def ada() -> User:
    return member("ada")


@pytest.fixture
def staff() -> Client:
    return token_client(member("root", is_staff=True), "read")


@pytest.fixture
def run(ada: User) -> Run:
    return scored_run(small_benchmark(), "M1", [1, 2], owner=ada)


def items(client: Client, address: str) -> list[dict[str, Any]]:
    answer = client.get(BASE + address)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_staff_read_what_the_page_shows(ada: User, run: Run, staff: Client) -> None:
    sharing.share(run, ada, "private", None)
    lab = organisations.make(ada, "Lab")
    organisations.invite(lab, ada, member("mia").username, "member")
    newest, made, shared = items(staff, "/audit?limit=3")
    assert (newest["actor"], newest["about"], newest["organisation"]) == ("ada", "mia", "Lab")
    assert (made["action"], made["said"]) == ("organisation-made", "made the organisation")
    assert (shared["run"], shared["model"], shared["benchmark"], shared["about"]) == (
        run.pk,
        "M1",
        "Small",
        "ada",
    )
    assert items(staff, f"/audit?q={run.pk}&action=run-changed")[0]["id"] == shared["id"]
    assert [one["id"] for one in items(staff, "/audit?q=mia")] == [newest["id"]]
    assert items(staff, "/audit?action=run-deleted") == []
    page = token_client(ada).get(f"{BASE}/audit")
    assert (page.status_code, "ada" in page.json()["detail"]) == (403, False)


def test_the_trail_goes_on_at_the_next_address_and_never_repeats(ada: User, staff: Client) -> None:
    for number in range(7):
        tokens.make(ada, f"{number}", ["read"], None)
    seen, address, steps = [], f"{BASE}/audit?action=token-made&q=ada&limit=3", 0
    while address:
        answer = staff.get(address)
        told = answer.json()
        seen += [one["id"] for one in told["items"]]
        address, steps = told["next"], steps + 1
        assert answer.headers.get("Link", "") == (f'<{address}>; rel="next"' if address else "")
        tokens.make(ada, "meanwhile", ["read"], None)
    expected = AuditEntry.objects.filter(actor=ada, action="token-made").order_by("-pk")[3:]
    assert (seen, steps) == ([row.pk for row in expected], 3)


def test_the_trail_takes_two_queries_whatever_its_length(
    ada: User, staff: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    staff.get(f"{BASE}/me")  # notes the token's use once
    for _ in range(2):
        with django_assert_num_queries(2):  # the token and the entries
            staff.get(f"{BASE}/audit?limit=200")
        for number in range(20):
            tokens.make(ada, f"{number}", ["read"], None)


def test_a_runs_history_is_for_who_may_change_it(
    ada: User, run: Run, staff: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sharing.share(run, ada, "unlisted", None)
    sharing.share(run, ada, "public", None)
    own, address = token_client(ada, "read"), f"/runs/{run.pk}/history"
    assert [one["action"] for one in items(own, address)][:2] == ["run-changed", "run-changed"]
    assert items(own, address) == items(staff, address)
    with django_assert_num_queries(3):  # the token, the run, its entries
        own.get(BASE + address)
    stranger = token_client(member("eve"))
    assert stranger.get(BASE + address).status_code == 403
    assert Client().get(BASE + address).status_code == 401


def test_published_results_have_no_history(run: Run, staff: Client) -> None:
    Run.objects.filter(pk=run.pk).update(source="published")
    assert staff.get(f"{BASE}/runs/{run.pk}/history").status_code == 403
