"""Who sees a run, changed on its page; and what was done to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from leaderboard.models import AuditEntry, Run
from leaderboard.services import organisations, runs
from tests.leaderboard.board_data import published_row
from tests.leaderboard.run_data import scored_run, toy_benchmark

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return User.objects.create_user("ada")


@pytest.fixture
def run(tmp_path: Path, owner: User) -> Run:
    return scored_run(tmp_path, toy_benchmark(), owner=owner, model="Toy-1B")


@pytest.fixture
def ada(owner: User) -> Client:
    client = Client()
    client.force_login(owner)
    return client


def share(client: Client, run: Run, visibility: str, organisation: str = "") -> str:
    form = {"visibility": visibility, "organisation": organisation}
    return client.post(f"/runs/{run.pk}/sharing/", form, follow=True).content.decode()


def test_a_run_leaves_the_board_and_comes_back(client: Client, ada: Client, run: Run) -> None:
    for visibility, listed, opened in (("private", 0, 404), ("unlisted", 0, 404), ("public", 1, 200)):
        share(ada, run, visibility)
        assert client.get("/benchmarks/toy/").content.decode().count("Toy-1B") >= listed
        assert ("Toy-1B" in client.get("/benchmarks/toy/").content.decode()) == bool(listed)
        assert client.get(f"/runs/{run.pk}/").status_code == opened


def test_an_unlisted_run_gets_a_link_that_is_new_each_time(client: Client, ada: Client, run: Run) -> None:
    links = []
    for _ in range(2):
        page = share(ada, run, "unlisted")
        run.refresh_from_db()
        links.append(f"/runs/{run.pk}-{run.link_key}/")
        assert f"http://testserver{links[-1]}" in page
        share(ada, run, "private")
    share(ada, run, "unlisted")
    assert links[0] != links[1]
    assert [client.get(link).status_code for link in links] == [404, 404]


def test_a_link_can_be_taken_back(client: Client, ada: Client, run: Run) -> None:
    share(ada, run, "unlisted")
    run.refresh_from_db()
    old = f"/runs/{run.pk}-{run.link_key}/"
    assert client.get(old).status_code == 200
    assert client.post(f"{old}sharing/link/").status_code == 302  # asks a stranger to sign in
    ada.post(f"/runs/{run.pk}/sharing/link/")
    assert client.get(old).status_code == 404
    run.refresh_from_db()
    assert client.get(f"/runs/{run.pk}-{run.link_key}/").status_code == 200


def test_only_unlisted_runs_have_a_link(ada: Client, run: Run) -> None:
    answer = ada.post(f"/runs/{run.pk}/sharing/link/", follow=True).content.decode()
    assert "Only unlisted runs" in answer
    assert run.link_key not in answer


def test_a_run_goes_into_an_organisation_of_ones_own_only(ada: Client, run: Run, owner: User) -> None:
    eve = User.objects.create_user("eve")
    organisations.make(eve, "Others")
    organisations.invite(organisations.make(eve, "Asked"), eve, "ada", "member")
    own = organisations.make(owner, "Own Lab")
    for slug in ("others", "asked", "nothing"):
        answer = ada.post(f"/runs/{run.pk}/sharing/", {"visibility": "private", "organisation": slug})
        assert answer.status_code == 400
    run.refresh_from_db()
    assert (run.organisation, run.visibility) == (None, "public")
    share(ada, run, "private", "own-lab")
    run.refresh_from_db()
    assert run.organisation == own
    assert "Own Lab" in ada.get("/account/").content.decode()


def test_a_run_without_owner_stays_in_an_organisation(ada: Client, run: Run, owner: User) -> None:
    lab = organisations.make(owner, "Lab")
    Run.objects.update(owner=None, organisation=lab)
    assert "no owner but its organisation" in share(ada, run, "private")
    run.refresh_from_db()
    assert (run.organisation, run.visibility) == (lab, "public")


def test_published_figures_are_everybodys(client: Client) -> None:
    row = published_row(toy_benchmark(), "Paper", {"1": "10.0"})
    client.force_login(User.objects.create_user("root", is_staff=True))
    assert client.get(f"/runs/{row.pk}/sharing/").status_code == 403


def test_the_history_says_who_did_what_with_figures(ada: Client, run: Run, owner: User) -> None:
    share(ada, run, "private")
    run.refresh_from_db()
    runs.rescore(run, owner)
    page = ada.get(f"/runs/{run.pk}/sharing/").content.decode()
    for said in ("scored the run", "public → private", "had the run scored again", "pass@1 0.5833"):
        assert said in page
    changed = AuditEntry.objects.get(action="run-changed")
    assert (changed.actor, changed.on_board) == (owner, True)  # it was on the board until then
    assert not AuditEntry.objects.get(action="run-rescored").on_board


def test_nothing_is_noted_where_nothing_changes(ada: Client, run: Run) -> None:
    share(ada, run, "public")
    assert not AuditEntry.objects.filter(action="run-changed").exists()
