"""Links to unlisted runs: a secret opens them, travels along, and can be taken back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from leaderboard.models import Run
from tests.leaderboard.run_data import scored_run, toy_benchmark

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return User.objects.create_user("ada")


@pytest.fixture
def run(tmp_path: Path, owner: User) -> Run:
    return scored_run(tmp_path, toy_benchmark(), owner=owner, visibility="unlisted", model="Whispered")


def word(run: Run) -> str:
    return f"{run.pk}-{run.link_key}"


def test_the_number_alone_opens_nothing_and_a_wrong_key_neither(client: Client, run: Run) -> None:
    wrong = ("A" if run.link_key[0] != "A" else "B") + run.link_key[1:]
    for name in (run.pk, f"{run.pk}-{wrong}", f"{run.pk}-{run.link_key.swapcase()}", f"{run.pk}-"):
        assert client.get(f"/runs/{name}/").status_code == 404
    assert "Whispered" in client.get(f"/runs/{word(run)}/").content.decode()


def test_search_engines_are_told_to_leave_out_what_a_key_opens(
    client: Client, run: Run, tmp_path: Path
) -> None:
    public = scored_run(tmp_path, run.benchmark, model="Shouted")
    assert client.get(f"/runs/{word(run)}/")["X-Robots-Tag"] == "noindex"
    assert client.get(f"/compare/?run={word(run)},{public.pk}")["X-Robots-Tag"] == "noindex"
    assert "X-Robots-Tag" not in client.get(f"/runs/{public.pk}/")


def test_keys_are_different_and_long(run: Run, tmp_path: Path, owner: User) -> None:
    other = scored_run(tmp_path, run.benchmark, owner=owner, visibility="unlisted")
    assert other.link_key != run.link_key
    assert len(run.link_key) == 22


def test_a_key_opens_its_own_run_and_no_other(client: Client, run: Run, tmp_path: Path, owner: User) -> None:
    other = scored_run(tmp_path, run.benchmark, owner=owner, visibility="unlisted")
    assert client.get(f"/runs/{other.pk}-{run.link_key}/").status_code == 404


def test_every_link_on_the_page_to_the_run_opens_it(client: Client, run: Run) -> None:
    html = client.get(f"/runs/{word(run)}/").content.decode()
    links = set(re.findall(rf'(?:href|hx-get|action|data-chart)="([^"]*/runs/{run.pk}\b[^"]*)"', html))
    assert len(links) > 3
    for link in links:
        assert f"/runs/{word(run)}/" in link
        assert client.get(link.replace("&amp;", "&")).status_code == 200, link


def test_a_key_comes_along_into_comparisons_and_back(client: Client, run: Run, tmp_path: Path) -> None:
    public = scored_run(tmp_path, run.benchmark, model="Shouted")
    assert "Whispered" not in client.get(f"/compare/?run={run.pk},{public.pk}").content.decode()
    html = client.get(f"/compare/?run={word(run)},{public.pk}").content.decode()
    assert "Whispered" in html
    assert f"/runs/{word(run)}/" in html
    for link in set(re.findall(r'href="(/compare/\?[^"]*)"', html)):
        if "table=" in link or "format=" in link or "sort=" in link:
            assert word(run) in link
    assert (
        "Whispered"
        in client.get(f"/compare/?run={word(run)},{public.pk}&format=csv&table=runs").content.decode()
    )


def test_a_key_is_forgotten_after_the_request(client: Client, run: Run) -> None:
    assert client.get(f"/runs/{word(run)}/").status_code == 200
    assert client.get(f"/runs/{run.pk}/").status_code == 404
    assert client.get(f"/runs/{run.pk}/security/").status_code == 404


def test_the_owners_address_bar_holds_the_link(client: Client, run: Run, owner: User) -> None:
    client.force_login(owner)
    assert (
        client.get(f"/runs/{run.pk}/?verdict=exception")["Location"]
        == f"/runs/{word(run)}/?verdict=exception"
    )
    assert client.get(f"/runs/{word(run)}/").status_code == 200


def test_an_old_link_leads_to_a_run_that_became_public(client: Client, run: Run) -> None:
    link = f"/runs/{word(run)}/"
    Run.objects.update(visibility="public")
    assert client.get(link)["Location"] == f"/runs/{run.pk}/"
    Run.objects.update(visibility="private")
    assert client.get(link).status_code == 404
