"""What is known of a model, by the API: its owner and staff read, change and take it over; what guards it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from leaderboard.models import AuditEntry, Model, Run
from tests.leaderboard.api_callers import token_client
from tests.leaderboard.board_data import member, scored_run, small_benchmark

pytestmark = pytest.mark.django_db
RUNS, FACTS = "/api/v1/runs", "/api/v1/models/m0/facts"
SAID = {"organisation": "Eve\u2019s <b>", "parameters": 13 * 10**9, "released": "2024-05-17"}


@pytest.fixture
def ada() -> User:
    return member("ada")


@pytest.fixture
def run(ada: User) -> Run:
    """Eve\u2019s, of ada\u2019s model."""
    benchmark = small_benchmark()
    scored_run(benchmark, "Tern", [4, 2, 1, 0], owner=ada, model_owner=ada, model_organisation="Acme")
    return scored_run(benchmark, "Tern", [4, 2, 1, 1], owner=member("eve"), said_of_model=SAID)


def changed(client: Client, body: dict[str, Any], **headers: str) -> Any:
    return client.patch(FACTS, body, content_type="application/json", headers=headers)


def test_they_are_told_and_changed_and_noted(ada: User, run: Run) -> None:
    client = token_client(ada)
    told = client.get(FACTS).json()
    assert told["others"] == [{"run": run.pk, "by": "eve", "said": SAID}]
    assert (told["organisation"], told["parameters"], told["released"], told["url"]) == (
        "Acme",
        None,
        None,
        "",
    )
    answer = changed(client, {"parameters": "7B", "url": "https://example.org/m"})
    assert answer.status_code == 200
    assert answer.json() == client.get(FACTS).json()
    model = Model.objects.get()
    assert (model.organisation, model.parameters, model.url) == ("Acme", 7 * 10**9, "https://example.org/m")
    entry = AuditEntry.objects.get(action="model-changed")
    assert (entry.actor, entry.detail) == (ada, "parameters: – → 7000000000, url: – → https://example.org/m")
    assert changed(client, {"parameters": 7 * 10**9}).status_code == 200
    assert AuditEntry.objects.filter(action="model-changed").count() == 1  # nothing changed
    assert changed(client, {"parameters": None, "organisation": ""}).json()["parameters"] is None
    assert Model.objects.get().organisation == ""


def test_what_a_run_says_stands_with_it_and_is_taken_over_as_it_stands(ada: User, run: Run) -> None:
    assert Client().get(f"{RUNS}/{run.pk}").json()["said_of_model"] == SAID
    client = token_client(ada)
    said = client.get(FACTS).json()["others"][0]["said"]
    assert changed(client, said).json()["others"] == []
    model = Model.objects.get()
    assert (model.organisation, model.parameters, str(model.released)) == tuple(SAID.values())
    assert Client().get(f"{RUNS}/{run.pk}").json()["said_of_model"] == {}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "javascript:alert(1)"}, "url"),
        ({"parameters": "many"}, "parameters"),
        ({"parameters": 0}, "parameters"),
        ({"released": "soon"}, "released"),
        ({"organisation": "a\u202eb"}, "organisation"),
        ({"name": "Gull"}, "name"),
    ],
)
def test_what_can_not_be_is_refused(ada: User, run: Run, body: dict[str, Any], field: str) -> None:
    refused = changed(token_client(ada), body)
    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    assert field in refused.json()["errors"][0]["field"]
    assert not AuditEntry.objects.filter(action="model-changed").exists()


def test_others_may_neither_read_nor_change_them(ada: User, run: Run) -> None:
    """They see the model itself: 403, and not 404."""
    client = token_client(User.objects.get(username="eve"))
    assert client.get(FACTS).status_code == 403
    assert changed(client, {"organisation": "mine"}).status_code == 403
    assert Model.objects.get().organisation == "Acme"
    assert changed(token_client(member("root", is_staff=True)), {"organisation": "R"}).status_code == 200


def test_a_change_is_made_only_to_what_was_read(ada: User, run: Run) -> None:
    client = token_client(ada)
    seen = client.get(FACTS)["ETag"]
    assert changed(client, {"organisation": "First"}, **{"If-Match": seen}).status_code == 200
    refused = changed(client, {"organisation": "Second"}, **{"If-Match": seen})
    assert (refused.status_code, refused["ETag"]) == (412, client.get(FACTS)["ETag"])
    assert Model.objects.get().organisation == "First"
