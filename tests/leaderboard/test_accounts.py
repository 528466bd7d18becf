"""Accounts: sign-up, sign-in with its brake, sign-out, password, one's own page."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from leaderboard.models import SignInFailures
from leaderboard.services.sign_in import MOST_FAILURES
from tests.leaderboard.run_data import scored_run, toy_benchmark

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough one"


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada", password=PASSWORD)


def sign_in(client: Client, name: str = "ada", password: str = PASSWORD, **more: str) -> int:
    return client.post("/account/sign-in/", {"username": name, "password": password} | more).status_code


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_signing_in_goes_back_to_where_one_came_from(client: Client, ada: User) -> None:
    form = {"username": "ada", "password": PASSWORD, "next": "/upload/"}
    assert client.post("/account/sign-in/", form)["Location"] == "/upload/"
    assert signed_in(client)


def test_signing_in_never_leads_to_another_site(client: Client, ada: User) -> None:
    form = {"username": "ada", "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post("/account/sign-in/", form)["Location"] == "/"


def test_a_wrong_password_is_refused_without_telling_which_half_was_wrong(client: Client, ada: User) -> None:
    pages = []
    for name in ("ada", "nobody"):
        response = client.post("/account/sign-in/", {"username": name, "password": "wrong"})
        assert response.status_code == 400
        pages.append(response.content.decode())
    assert all("Please enter a correct username and password" in page for page in pages)
    assert not signed_in(client)


def test_after_several_failures_even_the_right_password_waits(client: Client, ada: User) -> None:
    for _ in range(MOST_FAILURES):
        assert sign_in(client, password="wrong") == 400
    response = client.post("/account/sign-in/", {"username": "ADA", "password": PASSWORD})
    assert response.status_code == 429
    assert "Try again in 15 min" in response.content.decode()
    assert not signed_in(client)


def test_the_brake_holds_neither_other_names_nor_other_addresses(client: Client, ada: User) -> None:
    User.objects.create_user("bob", password=PASSWORD)
    for _ in range(MOST_FAILURES):
        sign_in(client, password="wrong")
    assert sign_in(client, "bob") == 302
    assert sign_in(Client(REMOTE_ADDR="10.0.0.9")) == 302


def test_the_brake_ends_and_a_success_forgets_the_failures(client: Client, ada: User) -> None:
    for _ in range(MOST_FAILURES):
        sign_in(client, password="wrong")
    SignInFailures.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert sign_in(client, password="wrong") == 400
    assert set(SignInFailures.objects.values_list("count", flat=True)) == {1}
    before = SignInFailures.objects.count()
    assert sign_in(client) == 302
    assert SignInFailures.objects.count() == before - 1


def test_neither_names_nor_addresses_are_kept_readable(client: Client, ada: User) -> None:
    sign_in(client, password="wrong")
    kept = repr(list(SignInFailures.objects.values_list()))
    assert "ada" not in kept
    assert "127.0.0.1" not in kept


def test_signing_up_makes_an_account_and_signs_in(client: Client) -> None:
    form = {"username": "eve", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/account/sign-up/", form)["Location"] == "/upload/"
    assert signed_in(client)
    user = User.objects.get(username="eve")
    assert not user.is_staff
    assert not user.is_superuser


@pytest.mark.parametrize(
    ("name", "password", "said"),
    [
        ("eve", "short", "at least 10 characters"),
        ("eve", "password123", "too common"),
        ("ada", PASSWORD, "already exists"),
        ("<b>", PASSWORD, "Enter a valid username"),
    ],
)
def test_a_refused_sign_up_says_why(client: Client, ada: User, name: str, password: str, said: str) -> None:
    form = {"username": name, "password1": password, "password2": password, "is_staff": "1"}
    response = client.post("/account/sign-up/", form)
    assert response.status_code == 400
    assert said in response.content.decode()
    assert User.objects.count() == 1


def test_a_site_may_close_its_sign_up(client: Client, settings: Settings) -> None:
    assert "/account/sign-up/" in client.get("/account/sign-in/").content.decode()
    settings.SIGN_UP_OPEN = False
    assert "/account/sign-up/" not in client.get("/account/sign-in/").content.decode()
    form = {"username": "eve", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/account/sign-up/", form).status_code == 404
    assert not User.objects.exists()


def test_signing_out_takes_a_post(client: Client, ada: User) -> None:
    client.force_login(ada)
    assert client.get("/account/sign-out/").status_code == 405
    client.post("/account/sign-out/")
    assert not signed_in(client)


def test_changing_the_password_asks_for_the_old_one(client: Client, ada: User) -> None:
    assert client.get("/account/password/")["Location"].startswith("/account/sign-in/")
    client.force_login(ada)
    new = {"new_password1": "another long one", "new_password2": "another long one"}
    wrong = client.post("/account/password/", {"old_password": "wrong"} | new)
    assert "This is not your password" in wrong.content.decode()
    assert (
        client.post("/account/password/", {"old_password": PASSWORD} | new)["Location"]
        == "/account/settings/"
    )
    ada.refresh_from_db()
    assert ada.check_password("another long one")


@pytest.mark.parametrize(
    "address", ["/account/sign-in/", "/account/sign-up/", "/account/sign-out/", "/account/password/"]
)
def test_every_form_needs_the_csrf_token(ada: User, address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    assert client.post(address, {"username": "ada", "password": PASSWORD}).status_code == 403


def test_one_sees_all_own_runs_and_nobody_elses(
    client: Client, ada: User, tmp_path: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    benchmark = toy_benchmark()
    for visibility in ("public", "unlisted", "private"):
        scored_run(tmp_path, benchmark, owner=ada, visibility=visibility, model=f"Mine {visibility}")
    scored_run(tmp_path, benchmark, model="Somebody else's")
    assert client.get("/account/")["Location"] == "/account/sign-in/?next=/account/"
    client.force_login(ada)
    with django_assert_num_queries(5):  # session, user, runs, uploads, the header's benchmarks
        html = client.get("/account/").content.decode()
    for visibility in ("public", "unlisted", "private"):
        assert f"Mine {visibility}" in html
    assert "Somebody" not in html
