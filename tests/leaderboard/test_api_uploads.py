"""Uploads through the API: whole or in parts, looked at, read otherwise, made a run, each of it once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from leaderboard.models import Benchmark, KeptAnswer, Run, Upload
from tests.leaderboard.api_callers import token_client
from tests.leaderboard.board_data import member
from tests.leaderboard.run_data import toy_benchmark

pytestmark = pytest.mark.django_db
BASE = "/api/v1/uploads"
LINES = [json.dumps({"task_id": f"Toy/{number}", "completion": "    return a + b\n"}) for number in range(3)]
FILE = ("\n".join(LINES) + "\n").encode()
RAW = "application/octet-stream"


@pytest.fixture
def benchmark() -> Benchmark:
    return toy_benchmark()


@pytest.fixture
def client(benchmark: Benchmark) -> Client:
    return token_client(member("ann"))


def sent(client: Client, body: bytes = FILE, **headers: str) -> HttpResponse:
    address = f"{BASE}?benchmark=toy&file_name=samples.jsonl"
    return client.post(address, body, content_type=RAW, headers=headers)


def posted(client: Client, address: str, body: Any = None, **headers: str) -> HttpResponse:
    return client.post(address, body, content_type="application/json", headers=headers)


def test_a_file_as_it_is_shows_what_it_holds(client: Client) -> None:
    response = sent(client)
    assert response.status_code == 201, response.content
    told = response.json()
    assert (told["ready"], told["received"], told["benchmark"]) == (True, len(FILE), "toy")
    assert told["preview"]["samples"] == 3
    assert response["Location"] == f"{BASE}/{told['id']}"
    assert client.get(f"{BASE}/{told['id']}").json() == told
    assert client.get(BASE).json()["items"] == [told]


def test_a_file_in_a_form(client: Client) -> None:
    file = SimpleUploadedFile("samples.jsonl", FILE)
    response = client.post(BASE, {"benchmark": "toy", "file": file})
    assert response.status_code == 201, response.content
    assert response.json()["preview"]["samples"] == 3


def test_a_file_in_parts_goes_on_where_it_stands(client: Client) -> None:
    begun = posted(client, f"{BASE}/parts", {"benchmark": "toy", "file_name": "a.jsonl", "size": len(FILE)})
    assert begun.status_code == 201, begun.content
    address = begun["Location"]
    first = client.patch(f"{address}?offset=0", FILE[:50], content_type=RAW)
    assert (first.status_code, first.json()["received"]) == (200, 50)
    again = client.patch(f"{address}?offset=0", FILE[:50], content_type=RAW)
    assert (again.status_code, again["Upload-Offset"]) == (409, "50")
    assert posted(client, f"{address}/complete").status_code == 409
    assert client.get(address).json()["preview"] is None
    assert client.patch(f"{address}?offset=50", FILE[50:], content_type=RAW).status_code == 200
    whole = posted(client, f"{address}/complete")
    assert (whole.status_code, whole.json()["preview"]["samples"]) == (200, 3)


def test_bad_lines_are_named_and_nothing_is_kept(client: Client) -> None:
    response = sent(client, FILE + b'{"task_id": "Toy/0"}\n')
    assert (response.status_code, response["Content-Type"]) == (422, "application/problem+json")
    told = response.json()
    assert told["type"].endswith("#problem-bad-file")
    assert (told["errors"][0]["place"], told["errors"][0]["line"]) == ("file", 4)
    assert told["instance"] == response["X-Request-Id"]
    assert not Upload.objects.exists()


def test_confirming_makes_the_run_with_the_forms_rules(client: Client) -> None:
    address = sent(client)["Location"]
    refused = posted(client, f"{address}/confirm", {"model_name": "M", "top_p": 0, "parameters": "many"})
    assert refused.status_code == 422
    assert {one["field"] for one in refused.json()["errors"]} == {"top_p", "parameters"}
    setting = {"model_name": "Mine 7B", "parameters": "7B", "temperature": 0.2, "visibility": "private"}
    made = posted(client, f"{address}/confirm", setting)
    assert made.status_code == 201, made.content
    run = Run.objects.get()
    assert made["Location"] == f"/api/v1/runs/{run.pk}"
    assert (run.owner.username, run.model.parameters, run.temperature) == ("ann", 7_000_000_000, 0.2)
    assert (run.visibility, made.json()["status"], made.json()["samples"]) == ("private", "queued", 3)
    assert posted(client, f"{address}/confirm", setting).status_code == 404


def test_with_a_key_a_lost_answer_is_given_again_and_nothing_is_done_twice(client: Client) -> None:
    key = {"Idempotency-Key": "one"}
    first, again = sent(client, **key), sent(client, **key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Location"] == first["Location"]
    assert again["Idempotency-Replayed"] == "true"
    assert Upload.objects.count() == 1
    address, key = f"{first['Location']}/confirm", {"Idempotency-Key": "two"}
    runs = [posted(client, address, {"model_name": "M"}, **key).json()["id"] for _ in range(2)]
    assert runs == [Run.objects.get().pk] * 2
    other = posted(client, address, {"model_name": "N"}, **key)
    assert other.status_code == 422


def test_a_key_of_a_refused_request_may_be_used_again_and_keys_are_their_callers_own(client: Client) -> None:
    key = {"Idempotency-Key": "one"}
    assert sent(client, b"nothing\n", **key).status_code == 422
    assert not KeptAnswer.objects.exists()
    first = sent(client, **key)
    other = sent(token_client(member("ben")), **key)
    assert (first.status_code, other.status_code) == (201, 201)
    assert first.json()["id"] != other.json()["id"]


def test_while_a_request_is_being_done_its_key_waits(client: Client) -> None:
    sent(client, **{"Idempotency-Key": "one"})
    KeptAnswer.objects.update(status=0)
    assert sent(client, **{"Idempotency-Key": "one"}).status_code == 409


def test_a_file_can_be_read_otherwise(client: Client) -> None:
    address = sent(client)["Location"]
    told = client.put(f"{address}/reading", {"clean": False}, content_type="application/json")
    assert told.status_code == 200, told.content
    assert told.json()["options"]["clean"] is False
    wrong = client.put(f"{address}/reading", {"format": "no such"}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "format")


def test_an_upload_is_for_its_owner_alone(client: Client) -> None:
    address = sent(client)["Location"]
    other = token_client(member("ben"))
    assert other.get(address).status_code == 404
    assert other.delete(address).status_code == 404
    assert posted(other, f"{address}/confirm", {"model_name": "M"}).status_code == 404
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [({"benchmark": "none"}, 404), ({"size": 0}, 422), ({"sha256": "x"}, 422)],
)
def test_what_is_wrong_with_an_announcement_is_named(
    client: Client, body: dict[str, Any], status: int
) -> None:
    whole = {"benchmark": "toy", "file_name": "a.jsonl", "size": 5} | body
    response = posted(client, f"{BASE}/parts", whole)
    assert (response.status_code, response.json()["errors"][0]["field"]) == (status, *body)
