"""Trying out passwords: one name from many addresses, many names from one, and what holds up nobody else."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from pytest_django import Settings

from leaderboard.client_address import client_address, network_of
from leaderboard.services import sign_in
from leaderboard.services.sign_in import MOST_OF_A_NAME, MOST_OF_A_NETWORK

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough one"


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada", password=PASSWORD)


def attempt(client: Client, name: str = "ada", password: str = "wrong", address: str = "10.0.0.1") -> int:
    form = {"username": name, "password": password}
    return client.post("/account/sign-in/", form, REMOTE_ADDR=address).status_code


def test_many_names_from_one_address_are_held_up(ada: User) -> None:
    for number in range(MOST_OF_A_NETWORK):
        assert attempt(Client(), f"name{number}") == 400
    assert attempt(Client(), "ada", PASSWORD) == 429
    assert attempt(Client(), "ada", PASSWORD, "10.0.0.2") == 302


def test_addresses_of_one_network_count_as_one(ada: User) -> None:
    for number in range(MOST_OF_A_NETWORK):
        assert attempt(Client(), f"name{number}", address=f"2001:db8:1:2::{number:x}") == 400
    assert attempt(Client(), "ada", PASSWORD, "2001:db8:1:2:ffff::1") == 429
    assert attempt(Client(), "ada", PASSWORD, "2001:db8:1:3::1") == 302


def test_an_own_account_does_not_clear_the_count_of_others(ada: User) -> None:
    User.objects.create_user("eve", password=PASSWORD)
    for number in range(MOST_OF_A_NETWORK):
        attempt(Client(), f"name{number}")
        if number % 4 == 0:
            attempt(Client(), "eve", PASSWORD)
    assert attempt(Client(), "ada", PASSWORD) == 429


def test_one_name_from_many_addresses_is_held_up_but_not_for_its_owner(ada: User) -> None:
    owner = Client()
    assert attempt(owner, "ada", PASSWORD, "192.0.2.1") == 302
    owner.post("/account/sign-out/")
    for number in range(MOST_OF_A_NAME):
        assert attempt(Client(), "ada", address=f"10.0.{number}.1") == 400
    assert attempt(Client(), "ada", PASSWORD, "10.9.9.9") == 429
    assert attempt(owner, "ada", PASSWORD, "192.0.2.2") == 302


def test_a_browser_is_known_for_its_own_name_only(ada: User) -> None:
    User.objects.create_user("eve", password=PASSWORD)
    browser = Client()
    assert attempt(browser, "eve", PASSWORD, "192.0.2.1") == 302
    browser.post("/account/sign-out/")
    for number in range(MOST_OF_A_NAME):
        sign_in.note_failure(f"10.0.{number}.1", "ada")
    assert attempt(browser, "ada", PASSWORD, "192.0.2.1") == 429
    browser.cookies["signed_in_before"] = "forged:value"
    assert attempt(browser, "ada", PASSWORD, "192.0.2.1") == 429


def test_a_network_makes_only_so_many_accounts(settings: Settings) -> None:
    for number in range(21):
        form = {"username": f"u{number}", "password1": PASSWORD, "password2": PASSWORD}
        status = Client().post("/account/sign-up/", form).status_code
        assert status == (302 if number < 20 else 429)
    assert User.objects.count() == 20


def test_a_session_in_wrong_hands_can_not_try_out_the_password(client: Client, ada: User) -> None:
    client.force_login(ada)
    for _ in range(10):
        client.post("/account/settings/", {"email": "", "password": "wrong"})
    for address, field in (
        ("/account/settings/", "password"),
        ("/account/delete/", "password"),
        ("/account/password/", "old_password"),
    ):
        more = {"new_password1": "another long one", "new_password2": "another long one"}
        page = client.post(address, {field: PASSWORD} | more).content.decode()
        assert "Too many failed attempts" in page
    assert User.objects.filter(pk=ada.pk).exists()


@pytest.mark.parametrize(
    ("proxies", "told", "found"),
    [
        (0, "1.1.1.1", "10.0.0.1"),  # nobody stands before the site: the header is the visitor's own word
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 2.2.2.2", "1.1.1.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_only_what_own_proxies_say_of_an_address_is_believed(
    settings: Settings, proxies: int, told: str, found: str
) -> None:
    settings.PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=told)
    assert client_address(request) == found


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unix:", "unix:"),
    ],
)
def test_a_network_is_what_one_visitor_has(address: str, network: str) -> None:
    assert network_of(address) == network
