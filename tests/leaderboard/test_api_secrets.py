"""Passwords, keys and tokens on their way through the API: kept where they must be, and nowhere else."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client

from leaderboard.api.document import document, operations_in
from leaderboard.models import KeptAnswer, ServerKey
from leaderboard.services import secrets
from leaderboard.services.sign_in import OWN_PASSWORD
from tests.leaderboard.api_callers import token_client
from tests.leaderboard.board_data import PASSWORD, member, small_benchmark

pytestmark = pytest.mark.django_db
BASE = "/api/v1"
JSON = "application/json"


@pytest.fixture
def ada() -> User:
    return member("ada", email="ada@example.org")


def send(client: Client, method: str, address: str, /, **body: Any) -> Any:
    return getattr(client, method)(f"{BASE}{address}", body, content_type=JSON)


def test_a_key_is_kept_for_one_server_and_never_told(ada: User) -> None:
    client = token_client(ada, "read", "sample")
    key = {"name": " my  lab ", "address": "https://Models.example.org:443/v1", "key": " sk-canary-1234 "}
    made = send(client, "post", "/server-keys", **key)
    told = made.json()
    assert (made.status_code, told["name"], told["server"]) == (201, "my lab", "https://models.example.org")
    assert "sk-canary" not in made.content.decode() + client.get(f"{BASE}/server-keys").content.decode()
    row = ServerKey.objects.get()
    assert secrets.decrypt(row.secret) == "sk-canary-1234"
    again = send(client, "post", "/server-keys", **key)
    assert (again.status_code, "already" in again.json()["detail"]) == (409, True)
    assert client.delete(made["Location"]).status_code == 204
    assert not ServerKey.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"address": "http://10.1.2.3/v1"}, "address"),
        ({"address": "https://user:sk-canary@example.org/v1"}, "address"),
        ({"address": "local"}, "address"),
        ({"name": "   "}, "name"),
        ({"key": "   "}, "key"),
        ({"key": "sk-canary" * 300}, "key"),
    ],
)
def test_a_key_that_can_not_be_kept_is_refused_at_its_field(
    ada: User, changed: dict[str, str], field: str
) -> None:
    key = {"name": "lab", "address": "https://models.example.org/v1", "key": "sk-canary"}
    refused = send(token_client(ada, "sample"), "post", "/server-keys", **key | changed)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    assert "sk-canary" not in refused.content.decode()


def test_a_token_that_draws_samples_can_not_have_a_kept_key_sent_elsewhere(ada: User) -> None:
    small_benchmark()
    kept = secrets.keep(ada, "lab", "sk-canary", "https://models.example.org")
    order = {"benchmark": "small", "server_model": "m", "model_name": "M", "kept_key": kept.pk}
    client = token_client(ada, "sample")
    refused = send(client, "post", "/samplings", **order, address="https://evil.example/v1")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "kept_key")
    right = send(client, "post", "/samplings", **order, address="https://models.example.org/v1")
    assert right.status_code == 201


def operations_with_secrets() -> dict[str, dict[str, Any]]:
    """Operations whose body has a field for a password or a key, or whose answer holds one."""
    schemas = document()["components"]["schemas"]

    def secret(part: dict[str, Any]) -> bool:
        name = part.get("schema", {}).get("$ref", "").rpartition("/")[2]
        fields = schemas.get(name, {}).get("properties", {})
        return ("text" in fields and name == "MadeTokenOut") or any(
            one.get("format") == "password" for one in fields.values()
        )

    found = {}
    for one in operations_in(document()):
        bodies = [one.get("requestBody", {}), *one["responses"].values()]
        if any(secret(part) for body in bodies for part in body.get("content", {}).values()):
            found[one["operationId"]] = one
    return found


def test_what_takes_a_password_keeps_no_answer_and_no_hash_of_its_request() -> None:
    known = operations_with_secrets()
    repeatable = {
        name
        for name, one in known.items()
        if any(part["name"] == "Idempotency-Key" for part in one["parameters"])
    }
    assert {"change_account", "change_password", "delete_account", "keep_server_key"} <= known.keys()
    assert repeatable == {"make_token", "start_sampling"}


def test_no_secret_is_left_in_a_table_or_a_log(
    ada: User, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of whatever carried one: done, refused, repeated, and failed by a fault of ours."""
    for name in ("django", "leaderboard"):
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
    caplog.set_level(logging.DEBUG)
    small_benchmark()
    client = token_client(ada)
    told = b""
    for round_ in range(2):
        told += _carry_secrets(client, ada, f"round {round_}")
    with monkeypatch.context() as broken:
        for place in ("accounts.password_changed", "accounts.change_mail", "secrets.keep", "tokens.make"):
            broken.setattr(f"leaderboard.services.{place}", _fails)
        told += _carry_secrets(client, ada, "a fault")
    assert send(client, "post", "/account/delete", password="canary-wrong").status_code == 422
    for address in ("PATCH /api/v1/account", "PUT /api/v1/account/password", "POST /api/v1/tokens"):
        assert f"The API failed at {address}" in caplog.text
    kept = "".join(repr(list(model._default_manager.values_list())) for model in apps.get_models())
    assert "canary" not in kept
    assert "canary" not in caplog.text
    assert b"canary" not in told
    assert KeptAnswer.objects.filter(status=201).count() == 5  # three samplings and two tokens
    texts = [text for text in told.decode().split('"') if text.startswith("pb_") and len(text) > 20]
    assert len(texts) == 2
    assert not [text for text in texts if text[12:] in kept or text[12:] in caplog.text]


def _fails(*args: Any, **kwargs: Any) -> None:
    raise RuntimeError("a fault of ours")


def _carry_secrets(client: Client, user: User, named: str) -> bytes:
    OWN_PASSWORD.forget(str(user.pk))
    order = {"benchmark": "small", "server_model": "m", "model_name": "M", "key": "sk-canary-of-a-sampling"}
    asked = (
        ("patch", "/account", {"email": "", "password": PASSWORD}),
        ("patch", "/account", {"email": "", "password": "canary-wrong"}),
        ("put", "/account/password", {"password": "canary-wrong", "new_password": "canary-new-one"}),
        ("put", "/account/password", {"password": PASSWORD, "new_password": PASSWORD}),
        ("post", "/server-keys", {"name": named, "address": "https://a.example.org", "key": "sk-canary"}),
        ("post", "/samplings", order | {"address": "https://a.example.org/v1"}),
        ("post", "/tokens", {"name": named, "scopes": ["read"]}),
    )
    answers = []
    for method, address, body in asked:
        for _ in range(2):
            headers = {"Idempotency-Key": f"{named} {address}"}
            sent = getattr(client, method)(f"{BASE}{address}", body, content_type=JSON, headers=headers)
            answers.append(sent.content)
    return b"".join(answers)
