"""One's own account by the API: what the pages ask for is asked for here, and counted together."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from leaderboard.models import AuditEntry, Organisation, Run
from leaderboard.services import organisations, secrets
from leaderboard.services.mail import THREAD
from leaderboard.services.sign_in import OWN_PASSWORD
from tests.leaderboard.api_callers import token_client
from tests.leaderboard.board_data import PASSWORD, member, scored_run, small_benchmark

pytestmark = pytest.mark.django_db
BASE = "/api/v1"
JSON = "application/json"
ANOTHER = "another long one"


@pytest.fixture
def ada() -> User:
    return member("ada", email="ada@example.org")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def send(client: Client, method: str, address: str, /, **body: Any) -> Any:
    return getattr(client, method)(f"{BASE}{address}", body, content_type=JSON)


def test_an_account_is_told_to_its_owner_with_what_it_may_have(ada: User) -> None:
    organisations.make(ada, "Code Lab")
    secrets.keep(ada, "lab", "sk-1", "https://models.example.org")
    told = token_client(ada, "account").get(f"{BASE}/account").json()
    assert (told["username"], told["email"], told["staff"]) == ("ada", "ada@example.org", False)
    assert [row["slug"] for row in told["organisations"]] == ["code-lab"]
    limits = told["limits"]
    assert limits["tokens"] == {"used": 1, "most": 50}
    assert limits["server_keys"] == {"used": 1, "most": 20}
    assert limits["organisations"] == {"used": 1, "most": 20}
    assert (limits["requests_per_minute"], limits["upload_bytes"]) == (600, 256 << 20)


def test_an_account_takes_as_many_queries_whatever_it_has(
    ada: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = token_client(ada, "account")
    client.get(f"{BASE}/me")  # notes the token's use once
    for number in range(3):
        with django_assert_num_queries(8):  # the token, six counts, the organisations
            assert client.get(f"{BASE}/account").status_code == 200
        organisations.make(ada, f"Lab {number}")


def test_a_mail_address_is_read_and_changed_by_the_scope_for_it_alone(ada: User) -> None:
    narrow = token_client(ada, "read", "write", "sample")
    assert narrow.get(f"{BASE}/account").status_code == 403
    refused = send(narrow, "patch", "/account", email="eve@example.org", password=PASSWORD)
    assert refused.status_code == 403
    for method, address in (("put", "/account/password"), ("post", "/account/delete")):
        assert send(narrow, method, address, password=PASSWORD).status_code == 403
    assert narrow.delete(f"{BASE}/account/sessions").status_code == 403
    ada.refresh_from_db()
    assert (ada.email, ada.check_password(PASSWORD)) == ("ada@example.org", True)


def test_a_new_mail_address_ends_sessions_and_is_told_to_the_old_one(ada: User, settings: Any) -> None:
    settings.HAS_MAIL = True
    browser, client = signed_in(ada), token_client(ada)
    changed = send(client, "patch", "/account", email="new@example.org", password=PASSWORD)
    for thread in threading.enumerate():
        if thread.name == THREAD:
            thread.join(20)
    assert (changed.status_code, changed.json()["email"]) == (200, "new@example.org")
    assert browser.get("/account/").status_code == 302
    assert not Session.objects.exists()
    assert [one.to for one in mail.outbox] == [["ada@example.org"]]
    wrong = send(client, "patch", "/account", email="nobody", password=PASSWORD).json()
    assert [one["field"] for one in wrong["errors"]] == ["email"]


def test_a_new_password_ends_sessions_and_leaves_tokens(ada: User) -> None:
    browser, client = signed_in(ada), token_client(ada)
    done = send(client, "put", "/account/password", password=PASSWORD, new_password=ANOTHER)
    assert done.status_code == 204
    assert browser.get("/account/").status_code == 302
    assert client.get(f"{BASE}/me").status_code == 200
    ada.refresh_from_db()
    assert ada.check_password(ANOTHER)
    assert AuditEntry.objects.filter(action="account-changed", actor=ada, detail="password").exists()


def test_the_session_that_asks_stays(ada: User) -> None:
    here, elsewhere = signed_in(ada), signed_in(ada)
    assert send(here, "put", "/account/password", password=PASSWORD, new_password=ANOTHER).status_code == 204
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    signed_in(ada)
    assert here.delete(f"{BASE}/account/sessions").json() == {"ended": 1}
    assert here.get("/account/").status_code == 200


def test_a_cookie_beside_a_token_keeps_no_session(ada: User) -> None:
    browser = signed_in(ada)
    bearer = token_client(ada).defaults["HTTP_AUTHORIZATION"]
    ended = browser.delete(f"{BASE}/account/sessions", headers={"Authorization": bearer})
    assert ended.json() == {"ended": 1}
    assert browser.get("/account/").status_code == 302


@pytest.mark.parametrize("new", ["short", "1234567890123", "ada@example.org", PASSWORD * 400, ""])
def test_a_password_that_the_page_refuses_is_refused_at_its_field(ada: User, new: str) -> None:
    client = token_client(ada)
    refused = send(client, "put", "/account/password", password=PASSWORD, new_password=new)
    assert refused.status_code == 422
    assert {one["field"] for one in refused.json()["errors"]} == {"new_password"}
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_wrong_passwords_are_counted_together_with_those_of_the_pages(ada: User) -> None:
    client, browser = token_client(ada), signed_in(ada)
    asked = (
        ("patch", "/account", {"email": ""}),
        ("put", "/account/password", {"new_password": ANOTHER}),
        ("post", "/account/delete", {}),
    )
    for number in range(6):
        method, address, more = asked[number % 3]
        refused = send(client, method, address, password="wrong", **more)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "password")
    for _ in range(4):
        browser.post("/account/settings/", {"email": "", "password": "wrong"})
    for caller in (client, token_client(ada), browser):  # another token is another count of requests alone
        for method, address, more in asked:
            held = send(caller, method, address, password=PASSWORD, **more)
            assert (held.status_code, 800 < int(held["Retry-After"]) <= 900) == (429, True)
            assert "15 min" in held.json()["detail"]
    page = browser.post("/account/settings/", {"email": "", "password": PASSWORD})
    assert "Too many failed attempts" in page.content.decode()
    ada.refresh_from_db()
    assert (ada.email, ada.check_password(PASSWORD)) == ("ada@example.org", True)
    assert (
        send(token_client(member("eve")), "patch", "/account", email="", password=PASSWORD).status_code == 200
    )


def test_an_account_is_deleted_with_its_runs_or_hands_them_over(ada: User) -> None:
    benchmark = small_benchmark()
    run = scored_run(benchmark, "M1", [1, 2], owner=ada)
    lab = organisations.make(ada, "Lab")
    organisations.accept(organisations.invite(lab, ada, member("mia").username, "owner"))
    client, browser = token_client(ada), signed_in(ada)
    wrong = send(client, "post", "/account/delete", password=PASSWORD, runs="other")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "runs")
    assert send(client, "post", "/account/delete", password=PASSWORD, runs="lab").status_code == 204
    assert not User.objects.filter(username="ada").exists()
    assert Run.objects.get(pk=run.pk).organisation == lab
    assert client.get(f"{BASE}/me").status_code == 401
    assert browser.get("/account/").status_code == 302


def test_the_last_owner_of_others_can_not_go(ada: User) -> None:
    lab = organisations.make(ada, "Lab")
    organisations.accept(organisations.invite(lab, ada, member("mia").username, "member"))
    refused = send(token_client(ada), "post", "/account/delete", password=PASSWORD)
    assert (refused.status_code, "last owner of Lab" in refused.json()["detail"]) == (409, True)
    assert Organisation.objects.exists()


def test_a_session_that_deletes_its_account_is_over(ada: User) -> None:
    browser = signed_in(ada)
    assert send(browser, "post", "/account/delete", password=PASSWORD).status_code == 204
    assert browser.get(f"{BASE}/me").status_code == 401
    assert not Session.objects.exists()


def test_with_a_session_the_account_needs_the_sites_token(ada: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    for method, address in (
        ("patch", "/account"),
        ("put", "/account/password"),
        ("delete", "/account/sessions"),
        ("post", "/account/delete"),
        ("post", "/tokens"),
        ("post", "/server-keys"),
    ):
        refused = send(client, method, address, password=PASSWORD)
        assert (refused.status_code, refused.json()["title"]) == (403, "Not allowed"), address
    assert OWN_PASSWORD.held_until(str(ada.pk)) is None
    assert User.objects.filter(pk=ada.pk).exists()


def test_no_organisation_is_joined_or_changed_by_a_token_for_runs(ada: User) -> None:
    """Whoever finds such a token must not bring an account of their own into the organisation."""
    lab = organisations.make(ada, "Lab")
    member("eve")
    narrow = token_client(ada, "read", "write", "sample")
    assert send(narrow, "post", f"/organisations/{lab.slug}/members", username="eve").status_code == 403
    assert send(narrow, "post", "/organisations", name="Other").status_code == 403
    assert lab.memberships.count() == 1
