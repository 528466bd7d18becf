"""API tokens: made once, kept as a hash, scoped, used, revoked, expired."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from leaderboard.errors import Refused
from leaderboard.models import ApiToken, AuditEntry
from leaderboard.queries.tokens import own_token, token_of, tokens_of
from leaderboard.services import tokens
from leaderboard.token_text import PREFIX

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada")


def made(user: User, *scopes: str) -> tokens.MadeToken:
    return tokens.make(user, "laptop", scopes or ("read",), None)


def test_a_token_opens_its_users_account_and_no_other_text_does(ada: User) -> None:
    token, text = (one := made(ada, "write", "read")).token, one.text
    found = token_of(text)
    assert found == token
    assert found.user == ada
    assert found.scopes == ["read", "write"]
    for other in ("", PREFIX, text[:-1], text + "x", text.upper(), token.digest, token.beginning, "\ud800"):
        assert token_of(other) is None


def test_tokens_are_long_different_and_kept_nowhere(ada: User) -> None:
    texts = {made(ada).text for _ in range(20)}
    assert len(texts) == 20
    assert all(text.startswith(PREFIX) and len(text) == len(PREFIX) + 43 for text in texts)
    kept = repr(list(ApiToken.objects.values_list())) + repr(list(AuditEntry.objects.values_list()))
    assert not [text for text in texts if text[12:] in kept]


def test_a_revoked_token_opens_nothing_and_stays_revoked(ada: User) -> None:
    one = made(ada)
    tokens.revoke(one.token)
    first = one.token.revoked_at
    assert token_of(one.text) is None
    tokens.revoke(one.token)
    assert one.token.revoked_at == first
    assert [entry.action for entry in AuditEntry.objects.all()] == ["token-revoked", "token-made"]


def test_a_token_expires(ada: User) -> None:
    one = tokens.make(ada, "ci", ["read"], timezone.now() + timedelta(hours=1))
    assert token_of(one.text) == one.token
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert token_of(one.text) is None


def test_a_token_of_an_inactive_user_opens_nothing(ada: User) -> None:
    one = made(ada)
    User.objects.update(is_active=False)
    assert token_of(one.text) is None


@pytest.mark.parametrize("scopes", [[], ["admin"], ["read", "everything"]])
def test_a_token_needs_scopes_that_exist(ada: User, scopes: list[str]) -> None:
    with pytest.raises(Refused, match="scope"):
        tokens.make(ada, "laptop", scopes, None)
    assert not ApiToken.objects.exists()


def test_a_token_that_is_over_is_refused(ada: User) -> None:
    with pytest.raises(Refused, match="expired"):
        tokens.make(ada, "laptop", ["read"], timezone.now())


def test_nobody_fills_the_table_with_tokens(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_TOKENS", 2)
    first, _ = made(ada), made(ada)
    with pytest.raises(Refused, match="Revoke"):
        made(ada)
    tokens.revoke(first.token)
    assert made(ada)


def test_use_is_noted_at_most_once_a_minute(
    ada: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one = made(ada)
    found = token_of(one.text)
    assert found is not None
    assert found.last_used_at is None
    tokens.note_use(found)
    with django_assert_num_queries(1):
        found = token_of(one.text)
    assert found is not None
    assert found.last_used_at is not None
    with django_assert_num_queries(0):
        tokens.note_use(found)
    hour_ago = timezone.now() - timedelta(hours=1)
    ApiToken.objects.update(last_used_at=hour_ago)
    found.refresh_from_db()
    tokens.note_use(found)
    assert ApiToken.objects.get().last_used_at > hour_ago


def test_one_sees_only_ones_own_tokens(ada: User) -> None:
    bob = User.objects.create_user("bob")
    token = made(ada).token
    assert tokens_of(ada) == [token]
    assert tokens_of(bob) == []
    assert own_token(ada, token.pk) == token
    assert own_token(bob, token.pk) is None


def test_making_a_token_is_on_the_audit_trail(ada: User) -> None:
    token = made(ada, "read", "sample").token
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.detail) == (
        "token-made",
        ada,
        f"{token.beginning}… (read, sample)",
    )
