"""Sessions and cookies: ended with a new password, safe behind https, no way out to other sites."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client

from leaderboard.models import AuditEntry

pytestmark = pytest.mark.django_db
PASSWORD, ANOTHER = "a long enough one", "another long one"
_ASKED = """
import json, django
from django.conf import settings as s
django.setup()
names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS",
         "SECURE_PROXY_SSL_HEADER", "HAS_MAIL", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE")
print(json.dumps({name: getattr(s, name) for name in names}))
"""


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada", password=PASSWORD)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    client.get("/account/")
    return client


def test_a_new_password_ends_all_other_sessions(ada: User) -> None:
    here, elsewhere, others = signed_in(ada), signed_in(ada), signed_in(User.objects.create_user("eve"))
    form = {"old_password": PASSWORD, "new_password1": ANOTHER, "new_password2": ANOTHER}
    assert here.post("/account/password/", form).status_code == 302
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    assert others.get("/account/").status_code == 200
    assert Session.objects.count() == 2  # the ended one left no row behind
    assert AuditEntry.objects.filter(action="account-changed", actor=ada).exists()


def test_one_signs_out_everywhere_else(ada: User) -> None:
    here, elsewhere = signed_in(ada), signed_in(ada)
    assert (
        "One other session was ended"
        in here.post("/account/settings/sessions/", follow=True).content.decode()
    )
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    assert "nowhere else" in here.post("/account/settings/sessions/", follow=True).content.decode()


def test_signing_in_takes_a_new_session(ada: User) -> None:
    client = Client()
    client.get("/account/sign-in/")
    client.cookies["sessionid"] = "f" * 32  # fixed by somebody else
    client.post("/account/sign-in/", {"username": "ada", "password": PASSWORD})
    assert client.cookies["sessionid"].value != "f" * 32
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", r"\\evil.example", "javascript:alert(1)", "/\\evil.example"],
)
def test_no_page_leads_to_another_site(ada: User, target: str) -> None:
    form = {"username": "ada", "password": PASSWORD, "next": target}
    assert Client().post("/account/sign-in/", form)["Location"] == "/"
    assert signed_in(ada).get("/account/sign-in/", {"next": target})["Location"] == "/"
    assert signed_in(ada).post("/account/sign-out/", {"next": target})["Location"] == "/"


def test_somebody_elses_page_can_not_sign_a_reader_in(ada: User) -> None:
    client = Client(enforce_csrf_checks=True)
    for address in ("/account/sign-in/", "/account/sign-up/", "/account/password/forgotten/"):
        assert client.post(address, {"username": "ada", "password": PASSWORD}).status_code == 403


def test_a_token_is_shown_once_and_never_kept_by_the_browser(ada: User) -> None:
    client = signed_in(ada)
    form = {"name": "laptop", "scopes": ["read", "write"], "lasts": "30"}
    made = client.post("/account/tokens/", form)
    text = made.context["made"].text
    assert made.status_code == 201
    assert text in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    assert text not in client.get("/account/tokens/").content.decode()
    api = Client()
    assert api.get("/api/v1/me", headers={"authorization": f"Bearer {text}"}).status_code == 200
    token = ada.api_tokens.get()
    client.post(f"/account/tokens/{token.pk}/revoke/")
    assert api.get("/api/v1/me", headers={"authorization": f"Bearer {text}"}).status_code == 401


@pytest.mark.parametrize("form", [{"name": "x"}, {"name": "x", "scopes": ["all"], "lasts": "30"}])
def test_a_token_that_is_not_well_asked_for_is_not_made(ada: User, form: dict[str, object]) -> None:
    assert signed_in(ada).post("/account/tokens/", form).status_code == 400
    assert not ada.api_tokens.exists()


def settings_with(folder: Path, **environment: str) -> dict[str, object]:
    own = {"PASSBOARD_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "leaderboard.settings"}
    asked = subprocess.run(
        [sys.executable, "-c", _ASKED],
        env=os.environ | own | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, object] = json.loads(asked.stdout)
    return found


def test_behind_https_cookies_never_travel_without_it(tmp_path: Path) -> None:
    plain = settings_with(tmp_path)
    assert [plain[name] for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")] == [False, False]
    assert plain["SECURE_HSTS_SECONDS"] == 0
    safe = settings_with(tmp_path, HTTPS="1", HSTS_SECONDS="31536000", PROXIES="1")
    assert all(safe[name] for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT"))
    assert safe["SECURE_HSTS_SECONDS"] == 31536000
    assert safe["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert settings_with(tmp_path, HSTS_SECONDS="9")["SECURE_HSTS_SECONDS"] == 0


def test_mail_needs_to_know_the_sites_address(tmp_path: Path) -> None:
    assert not settings_with(tmp_path, EMAIL_URL="smtp://mail.example.org")["HAS_MAIL"]
    address = {"EMAIL_URL": "smtp://mail.example.org", "SITE_URL": "https://board.example.org"}
    assert settings_with(tmp_path, **address)["HAS_MAIL"]
