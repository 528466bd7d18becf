"""ETags: every reading operation has one, and what changes something heeds If-Match."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from leaderboard.api.document import document
from leaderboard.models import Organisation, Run
from leaderboard.services import organisations
from leaderboard.services.runs import rescore
from tests.leaderboard.api_callers import token_client
from tests.leaderboard.board_data import member
from tests.leaderboard.run_data import scored_run, toy_benchmark
from tests.leaderboard.test_api_access import CASES, World, world  # noqa: F401

BASE = "/api/v1"
pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return member("ann")


@pytest.fixture
def client(user: User) -> Client:
    return token_client(user)


@pytest.fixture
def run(tmp_path: Path, user: User) -> Run:
    return scored_run(tmp_path, toy_benchmark(), owner=user)


def tag(client: Client, address: str) -> str:
    return str(client.get(BASE + address)["ETag"])


def change(client: Client, run: Run, visibility: str, **headers: str) -> Any:
    address, body = f"{BASE}/runs/{run.pk}", {"visibility": visibility}
    return client.patch(address, body, content_type="application/json", headers=headers)


def test_every_reading_operation_answers_304_to_what_the_caller_has(world: World) -> None:  # noqa: F811
    client = world.callers.clients["owner"]
    read = {name: case for name, case in CASES.items() if case.method == "get"}
    assert len(read) > 40
    for name, case in read.items():
        address = BASE + case.address.format(**world.names)
        first = client.get(address)
        if first.status_code != 200:
            continue  # not for this caller
        again = client.get(address, headers={"If-None-Match": first["ETag"]})
        if name != "get_run_progress":  # its samples per second are another number every moment
            assert (again.status_code, again.content) == (304, b""), name


def test_a_change_to_what_was_read_is_made(client: Client, run: Run) -> None:
    seen = tag(client, f"/runs/{run.pk}")
    assert change(client, run, "unlisted", **{"If-Match": seen}).status_code == 200
    run.refresh_from_db()
    assert run.visibility == "unlisted"


def test_a_change_to_what_has_changed_is_refused_and_not_made(client: Client, run: Run) -> None:
    seen = tag(client, f"/runs/{run.pk}")
    change(client, run, "private")
    refused = change(client, run, "unlisted", **{"If-Match": seen})
    assert (refused.status_code, refused["Content-Type"]) == (412, "application/problem+json")
    assert refused["ETag"] == tag(client, f"/runs/{run.pk}")
    assert client.delete(f"{BASE}/runs/{run.pk}", headers={"If-Match": seen}).status_code == 412
    cancelled = client.post(f"{BASE}/runs/{run.pk}/rescore", headers={"If-Match": seen})
    assert cancelled.status_code == 412
    run.refresh_from_db()
    assert (run.visibility, run.status) == ("private", "done")
    assert change(client, run, "unlisted", **{"If-Match": refused["ETag"]}).status_code == 200


def test_tags_of_compressed_answers_several_tags_and_any_state(client: Client, run: Run) -> None:
    compressed = client.get(f"{BASE}/runs/{run.pk}", headers={"Accept-Encoding": "gzip"})
    assert compressed["ETag"].startswith("W/")
    assert change(client, run, "private", **{"If-Match": compressed["ETag"]}).status_code == 200
    several = f'"other", {tag(client, f"/runs/{run.pk}")}'
    assert change(client, run, "unlisted", **{"If-Match": several}).status_code == 200
    assert change(client, run, "public", **{"If-Match": "*"}).status_code == 200
    assert change(client, run, "private", **{"If-Match": "nonsense"}).status_code == 412


def test_what_comes_of_a_change_that_is_refused_is_rolled_back(client: Client, run: Run) -> None:
    rescore(run)
    seen = tag(client, f"/runs/{run.pk}")
    again = client.post(f"{BASE}/runs/{run.pk}/rescore", headers={"If-Match": seen})
    assert again.status_code == 409  # it is being scored
    assert tag(client, f"/runs/{run.pk}") == seen


def test_the_tag_of_a_thing_that_is_not_there_opens_nothing(run: Run, user: User) -> None:
    Run.objects.update(visibility="private")
    seen = tag(token_client(user), f"/runs/{run.pk}")
    other = token_client(member("ben"))
    assert change(other, run, "public", **{"If-Match": seen}).status_code == 404
    assert change(other, run, "public", **{"If-Match": '"x"'}).status_code == 404


def test_members_of_an_organisation_are_changed_by_its_tag(client: Client, user: User) -> None:
    made = organisations.make(user, "Lab")
    joined = organisations.invite(made, user, member("ben").username, "member")
    seen = tag(client, f"/organisations/{made.slug}")
    address = f"{BASE}/organisations/{made.slug}/members/{joined.pk}"
    Organisation.objects.update(name="Laboratory")
    assert client.delete(address, headers={"If-Match": seen}).status_code == 412
    seen = tag(client, f"/organisations/{made.slug}")
    assert client.delete(address, headers={"If-Match": seen}).status_code == 204


def test_what_names_nothing_takes_no_precondition(client: Client, run: Run) -> None:
    body = {"benchmark": "toy", "file_name": "a", "size": 9}
    refused = client.post(
        f"{BASE}/uploads/parts", body, content_type="application/json", headers={"If-Match": "*"}
    )
    assert refused.status_code == 412
    for address in ("/runs", "/benchmarks/toy/leaderboard"):
        read = client.get(BASE + address, headers={"If-Match": '"x"'})
        assert (read.status_code, read["Content-Type"]) == (412, "application/problem+json")
        assert client.get(BASE + address, headers={"If-Match": "*"}).status_code == 200


def test_the_document_tells_which_operations_heed_it() -> None:
    heeding = {
        one["operationId"]
        for methods in document()["paths"].values()
        for one in methods.values()
        if "If-Match" in [parameter["name"] for parameter in one["parameters"]]
    }
    assert {"change_run", "delete_run", "cancel_run", "resume_sampling", "rename_organisation"} <= heeding
    assert {"upload_file", "get_run", "start_sampling", "append_upload"}.isdisjoint(heeding)


@pytest.mark.django_db(transaction=True)
def test_of_two_callers_with_one_tag_one_succeeds(tmp_path: Path) -> None:
    user = member("ann")
    run = scored_run(tmp_path, toy_benchmark(), owner=user)
    clients = [token_client(user) for _ in range(2)]
    seen, together = tag(clients[0], f"/runs/{run.pk}"), Barrier(2)

    def changed(client: Client, visibility: str) -> int:
        together.wait(timeout=60)
        try:
            return int(change(client, run, visibility, **{"If-Match": seen}).status_code)
        finally:
            connection.close()

    for _ in range(4):
        run.refresh_from_db()
        others = {"public", "unlisted", "private"} - {run.visibility}
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(changed, clients, sorted(others)))
        assert sorted(answers) == [200, 412]
        seen = tag(clients[0], f"/runs/{run.pk}")
