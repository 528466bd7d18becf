"""Tokens that programs make: no more than their maker may do, not longer, and gone with it."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from leaderboard.errors import Refused
from leaderboard.models import ApiToken, AuditEntry, KeptAnswer
from leaderboard.services import tokens
from tests.leaderboard.api_callers import with_token
from tests.leaderboard.board_data import member

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/tokens"
JSON = "application/json"


@pytest.fixture
def ada() -> User:
    return member("ada")


def maker(user: User, *scopes: str, hours: float | None = None) -> tuple[ApiToken, Client]:
    end = None if hours is None else timezone.now() + timedelta(hours=hours)
    made = tokens.make(user, "maker", scopes, end)
    return made.token, with_token(made.text)


def ask(client: Client, *scopes: str, key: str = "", **more: Any) -> Any:
    body = {"name": "job", "scopes": list(scopes)} | more
    return client.post(ADDRESS, body, content_type=JSON, headers={"Idempotency-Key": key} if key else {})


def test_a_token_is_told_once_and_opens_what_it_says(ada: User) -> None:
    token, client = maker(ada, "read", "write", "account")
    made = ask(client, "read")
    told = made.json()
    assert (made.status_code, made["Location"]) == (201, f"{ADDRESS}/{told['id']}")
    assert "no-store" in made["Cache-Control"]
    assert (told["scopes"], told["made_by"], told["name"]) == (["read"], token.pk, "job")
    assert with_token(told["text"]).get("/api/v1/me").json()["scopes"] == ["read"]
    for address in (ADDRESS, f"{ADDRESS}/{told['id']}"):
        seen = client.get(address)
        assert seen.status_code == 200
        assert told["beginning"] in seen.content.decode()
        assert told["text"][12:] not in seen.content.decode()
    entry = AuditEntry.objects.filter(action="token-made").first()
    assert entry is not None
    assert entry.detail == f"{told['beginning']}… (read) by {token.beginning}…"


@pytest.mark.parametrize("scopes", [("read",), ("write",), ("sample",), ("read", "write", "sample")])
def test_a_token_without_the_scope_for_it_makes_and_revokes_no_token(
    ada: User, scopes: tuple[str, ...]
) -> None:
    _, client = maker(ada, *scopes)
    other, _ = maker(ada, "read")
    refused = ask(client, scopes[0])
    assert (refused.status_code, refused.json()["title"]) == (403, "Scope missing")
    assert client.delete(f"{ADDRESS}/{other.pk}").status_code == 403
    assert ada.api_tokens.filter(revoked_at=None).count() == 2


@pytest.mark.parametrize("scopes", [("write",), ("account",), ("read", "sample"), ("read", "account")])
def test_a_token_hands_on_no_scope_that_it_lacks_and_never_that_of_making_tokens(
    ada: User, scopes: tuple[str, ...]
) -> None:
    _, client = maker(ada, "read", "account")
    refused = ask(client, *scopes)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "scopes")
    assert ada.api_tokens.count() == 1


def test_what_a_token_makes_does_not_outlive_it(ada: User) -> None:
    token, client = maker(ada, "read", "account", hours=2)
    assert token.expires_at is not None
    for end in ("never", (token.expires_at + timedelta(seconds=1)).isoformat()):
        refused = ask(client, "read", expires_at=end)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "expires_at")
        assert "outlive" in refused.json()["detail"]
    sooner = ask(client, "read", expires_at=(timezone.now() + timedelta(hours=1)).isoformat())
    assert sooner.status_code == 201
    unsaid = ApiToken.objects.get(pk=ask(client, "read").json()["id"])
    assert unsaid.expires_at == token.expires_at
    assert ApiToken.objects.filter(made_by=token, expires_at__lte=token.expires_at).count() == 2


def test_without_a_word_on_its_end_a_token_lasts_ninety_days(ada: User) -> None:
    _, client = maker(ada, "read", "account")
    made = ApiToken.objects.get(pk=ask(client, "read").json()["id"])
    assert made.expires_at is not None
    assert timedelta(days=89) < made.expires_at - timezone.now() <= timedelta(days=90)
    assert ask(client, "read", expires_at="never").json()["expires_at"] is None


@pytest.mark.parametrize(
    "end",
    [
        "2001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+14:00",
        "2100-01-01T00:00:00Z",
        "2030-01-01T00:00:00",  # where?
        "always",
        7,
    ],
)
def test_an_end_that_can_not_be_is_refused_at_its_field(ada: User, end: object) -> None:
    _, client = maker(ada, "read", "account")
    refused = ask(client, "read", expires_at=end)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"].startswith("expires_at")
    assert ada.api_tokens.count() == 1


def test_a_token_is_revoked_with_what_it_made(ada: User) -> None:
    token, client = maker(ada, "read", "account")
    texts = [ask(client, "read").json()["text"] for _ in range(2)]
    _, other = maker(ada, "read")
    assert [with_token(text).get("/api/v1/me").status_code for text in texts] == [200, 200]
    assert tokens.revoke(token) == 3
    assert [with_token(text).get("/api/v1/me").status_code for text in texts] == [401, 401]
    assert other.get("/api/v1/me").status_code == 200
    assert AuditEntry.objects.filter(action="token-revoked", actor=ada).count() == 3
    assert tokens.revoke(token) == 0


def test_a_token_that_was_revoked_meanwhile_makes_none(ada: User) -> None:
    """The request had got past the check of its token when that was revoked."""
    token, _ = maker(ada, "read", "account")
    ApiToken.objects.filter(pk=token.pk).update(revoked_at=timezone.now())
    with pytest.raises(Refused, match="revoked meanwhile"):
        tokens.make(ada, "job", ["read"], None, token)
    assert ada.api_tokens.count() == 1


def test_whoever_has_a_token_can_end_it_and_no_other(ada: User) -> None:
    token, client = maker(ada, "read")
    other, _ = maker(ada, "read")
    assert client.delete(f"{ADDRESS}/current").status_code == 204
    assert client.get("/api/v1/me").status_code == 401
    token.refresh_from_db()
    other.refresh_from_db()
    assert token.revoked_at is not None
    assert other.revoked_at is None


def test_a_session_makes_any_token_as_the_page_does(ada: User) -> None:
    client = Client()
    client.force_login(ada)
    made = ask(client, "read", "account", expires_at="never")
    assert (made.status_code, made.json()["made_by"]) == (201, None)
    assert client.delete(f"{ADDRESS}/current").status_code == 409
    assert client.delete(f"{ADDRESS}/{made.json()['id']}").status_code == 204


def test_a_request_that_comes_again_makes_no_second_token_and_its_text_is_kept_nowhere(ada: User) -> None:
    token, client = maker(ada, "read", "account")
    made = ask(client, "read", key="nightly")
    text = made.json()["text"]
    again = ask(client, "read", key="nightly")
    assert (again.status_code, again["Location"]) == (409, made["Location"])
    assert "told once and kept nowhere" in again.json()["detail"]
    assert text not in again.content.decode()
    assert ApiToken.objects.filter(made_by=token).count() == 1
    assert KeptAnswer.objects.get().body == ""
    assert ask(client, "account", key="nightly").status_code == 422  # another request under the same key
    rows = {model: repr(list(model._default_manager.values_list())) for model in apps.get_models()}
    assert not [model for model, kept in rows.items() if text[12:] in kept]
    assert client.delete(made["Location"]).status_code == 204
    assert ask(client, "read", key="nightly, again").status_code == 201


def test_tokens_that_are_over_take_no_place_and_go_after_a_while(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "MOST_TOKENS", 2)
    token, client = maker(ada, "read", "account")
    made = ask(client, "read").json()["id"]
    refused = ask(client, "read")
    assert (refused.status_code, "Revoke one" in refused.json()["detail"]) == (409, True)
    ApiToken.objects.filter(pk=made).update(expires_at=timezone.now())
    assert ask(client, "read").status_code == 201
    assert tokens.sweep() == 0
    ApiToken.objects.filter(pk=made).update(expires_at=timezone.now() - tokens.OVER_KEPT)
    assert tokens.sweep() == 1
    assert not ApiToken.objects.filter(pk=made).exists()
    assert ApiToken.objects.filter(pk=token.pk).exists()


def test_the_page_says_what_ends_with_a_token(ada: User) -> None:
    token, client = maker(ada, "read", "account")
    ask(client, "read")
    browser = Client()
    browser.force_login(ada)
    said = browser.post(f"/account/tokens/{token.pk}/revoke/", follow=True).content.decode()
    assert "and the one that it made" in said


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["make", "revoke"])
def test_no_token_is_left_over_where_its_maker_is_revoked_in_the_same_moment(first: str) -> None:
    """Whichever comes first, the other waits for its end: then none is made, or it is revoked, too."""
    ada = member("ada")
    token, _ = maker(ada, "read", "account")
    do = {"make": lambda: _refused_or_made(ada, token), "revoke": lambda: tokens.revoke(token)}
    second = threading.Thread(target=_closing(do.pop("revoke" if first == "make" else "make")))
    with transaction.atomic():
        do.popitem()[1]()
        second.start()
        second.join(0.5)  # time to run into what it must not see yet; the outcome is the same without
    second.join(30)
    assert not second.is_alive()
    assert not ApiToken.objects.filter(revoked_at=None).exists()


def _refused_or_made(user: User, token: ApiToken) -> None:
    with suppress(Refused):
        tokens.make(user, "job", ["read"], None, token)


def _closing(do: Any) -> Any:
    def done() -> None:
        try:
            do()
        finally:
            connection.close()

    return done
