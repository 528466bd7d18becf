"""Passwords by mail, through a real mail server; and what a site without one says."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from leaderboard.mail_settings import mail_settings
from leaderboard.models import AuditEntry, SignInFailures
from leaderboard.services.mail import THREAD
from tests.leaderboard.smtp_server import MailServer, mail_server

pytestmark = pytest.mark.django_db
MAIL, PASSWORD, ANOTHER = "ada@example.org", "a long enough one", "another long one"
FORGOTTEN = "/account/password/forgotten/"


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    with mail_server() as running:
        settings.SITE_URL, settings.HAS_MAIL = "https://board.example.org", True
        settings.DEFAULT_FROM_EMAIL = "passboard@board.example.org"
        for name, value in mail_settings(f"smtp://127.0.0.1:{running.port}?tls=0").items():
            setattr(settings, name, value)
        yield running


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada", MAIL, PASSWORD)


def sent() -> None:
    """Waits for the mails that are on their way."""
    for thread in threading.enumerate():
        if thread.name == THREAD:
            thread.join(20)


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(
    client: Client, ada: User, server: MailServer
) -> None:
    elsewhere = Client()
    elsewhere.force_login(ada)
    # The host of the request is not believed: whoever asks could lead the link to a site of their own.
    answer = client.post(FORGOTTEN, {"email": "ADA@example.org"}, headers={"host": "evil.example"})
    assert answer["Location"] == "/account/password/sent/"
    (mail,) = server.wait_for(1)
    assert (mail["To"], mail["From"]) == (MAIL, "passboard@board.example.org")
    text = mail.get_content()
    assert "evil" not in text
    found = re.search(r"https://board\.example\.org(/account/password/\S+)", text)
    assert found
    page = client.get(found[1], follow=True)
    form = page.redirect_chain[-1][0]
    new = {"new_password1": ANOTHER, "new_password2": ANOTHER}
    assert client.post(form, new)["Location"] == "/account/sign-in/"
    ada.refresh_from_db()
    assert ada.check_password(ANOTHER)
    assert elsewhere.get("/account/").status_code == 302
    assert "This link is over" in Client().get(found[1], follow=True).content.decode()
    assert "Your password was changed" in server.wait_for(2)[1]["Subject"]
    assert AuditEntry.objects.filter(action="account-changed", detail="password").exists()


def test_the_answer_does_not_tell_whether_an_account_has_the_address(
    client: Client, ada: User, server: MailServer
) -> None:
    answers = [client.post(FORGOTTEN, {"email": mail}, follow=True) for mail in (MAIL, "nobody@example.org")]
    assert answers[0].redirect_chain == answers[1].redirect_chain
    first, second = (re.sub(rb'value="\w{64}"', b"", answer.content) for answer in answers)
    assert first == second
    server.wait_for(1)
    sent()
    assert len(server.mails) == 1


def test_nobody_gets_more_than_a_few_mails(client: Client, ada: User, server: MailServer) -> None:
    for _ in range(6):
        assert client.post(FORGOTTEN, {"email": MAIL}).status_code == 302
    sent()
    assert len(server.mails) == 3
    SignInFailures.objects.update(until=timezone.now() - timedelta(seconds=1))
    client.post(FORGOTTEN, {"email": MAIL})
    server.wait_for(4)


def test_one_network_asks_for_a_few_people_only(client: Client, server: MailServer) -> None:
    for number in range(24):
        User.objects.create_user(f"u{number}", f"u{number}@example.org", PASSWORD)
        client.post(FORGOTTEN, {"email": f"u{number}@example.org"})
    sent()
    assert len(server.mails) == 20


def test_inactive_accounts_and_such_without_password_get_no_link(
    client: Client, ada: User, server: MailServer
) -> None:
    User.objects.update(is_active=False)
    User.objects.create_user("machine", "machine@example.org")
    for mail in (MAIL, "machine@example.org"):
        client.post(FORGOTTEN, {"email": mail})
    sent()
    assert server.mails == []


def test_a_mail_server_that_is_away_breaks_nothing(
    client: Client, ada: User, server: MailServer, settings: Settings
) -> None:
    settings.EMAIL_PORT = 1
    assert client.post(FORGOTTEN, {"email": MAIL}).status_code == 302
    sent()


def test_without_a_mail_server_the_page_says_who_helps(client: Client, ada: User) -> None:
    page = client.get(FORGOTTEN).content.decode()
    assert "manage.py changepassword" in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
    assert client.post(FORGOTTEN, {"email": MAIL}).status_code == 200
    assert FORGOTTEN in client.get("/account/sign-in/").content.decode()


def test_another_mail_address_takes_the_password_and_ends_other_sessions(
    client: Client, ada: User, server: MailServer
) -> None:
    elsewhere = Client()
    for one in (client, elsewhere):
        one.force_login(ada)
        one.get("/account/")
    wrong = client.post("/account/settings/", {"email": "new@example.org", "password": "wrong"})
    assert wrong.status_code == 400
    ada.refresh_from_db()
    assert ada.email == MAIL
    client.post("/account/settings/", {"email": "new@example.org", "password": PASSWORD})
    ada.refresh_from_db()
    assert ada.email == "new@example.org"
    assert client.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    (mail,) = server.wait_for(1)
    assert mail["To"] == MAIL  # the old address: a thief has the new one


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("smtp://ada:p%40ss@mail.example.org", ("mail.example.org", 587, "ada", "p@ss", True, False)),
        ("smtps://mail.example.org", ("mail.example.org", 465, "", "", False, True)),
        ("smtp://mail.example.org:2525?tls=0", ("mail.example.org", 2525, "", "", False, False)),
    ],
)
def test_a_mail_server_is_one_address(url: str, found: tuple[object, ...]) -> None:
    names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL")
    known = mail_settings(url)
    assert tuple(known[f"EMAIL_{name}"] for name in names) == found


@pytest.mark.parametrize("url", ["mail.example.org", "http://mail.example.org", "smtp://"])
def test_an_address_that_is_none_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="EMAIL_URL"):
        mail_settings(url)
