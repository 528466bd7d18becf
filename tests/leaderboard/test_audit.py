"""The audit trail: for staff, by action, name and run, and longer than what it names."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from leaderboard.models import AuditEntry
from leaderboard.queries import audit as queries
from leaderboard.services import runs
from leaderboard.services.audit import Action, Concerned, note
from tests.leaderboard.run_data import scored_run, toy_benchmark

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_user("root", is_staff=True))
    return client


def test_it_is_for_staff(client: Client) -> None:
    assert client.get("/audit/")["Location"].startswith("/account/sign-in/")
    client.force_login(User.objects.create_user("eve"))
    assert client.get("/audit/").status_code == 403


def test_an_entry_outlives_what_it_names(staff: Client, tmp_path: Path) -> None:
    ada = User.objects.create_user("ada")
    run = scored_run(tmp_path, toy_benchmark(), owner=ada, model="Gone-1B")
    number = run.pk
    runs.delete(run, ada)
    page = staff.get(f"/audit/?q=%23{number}").content.decode()
    assert "deleted the run" in page
    assert f"Gone-1B, run {number}, Toy" in page
    assert "pass@1 0.5833" in page


def test_it_is_searched_by_action_and_name(staff: Client) -> None:
    for name in ("ada", "bob"):
        user = User.objects.create_user(name)
        note(user, Action.TOKEN_MADE, detail=f"by {name}")
        note(user, Action.ORGANISATION_MADE, concerned=Concerned(organisation=f"{name} lab"))
    page = staff.get("/audit/?action=token-made&q=ada").content.decode()
    assert "by ada" in page
    assert "by bob" not in page
    assert "ada lab" not in page
    assert "bob lab" in staff.get("/audit/?q=BOB+LAB").content.decode()
    assert "Nothing of this kind" in staff.get("/audit/?q=nobody").content.decode()
    assert "by bob" in staff.get("/audit/?action=unknown").content.decode()


def test_long_trails_come_in_pages(
    staff: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(queries, "PAGE", 4)
    for number in range(10):
        note(None, Action.RUN_SCORED, detail=f"entry {number}.")
    seen, address = [], "/audit/"
    while address:
        with django_assert_num_queries(4):  # session, user, entries, header
            page = staff.get(address)
        entries = page.context["entries"]
        seen += [entry["detail"] for entry in entries]
        address = page.context["older"]
    assert seen == [f"entry {number}." for number in reversed(range(10))]


def test_nobody_is_named_who_is_not_signed_in() -> None:
    entry = note(AnonymousUser(), Action.RUN_CANCELLED)
    assert (entry.actor, entry.actor_name) == (None, "")


def test_a_change_that_is_rolled_back_is_not_noted() -> None:
    with transaction.atomic():
        note(None, Action.RUN_CANCELLED)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()
