"""Everything that is somebody's, tried by everybody over every address of the site. Nothing leaks.

What must not be seen bears words that stand nowhere else, so a leak is one of them in an answer, wherever
it comes from. What words can't show, counts and charts, is compared with a site that has nothing hidden.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponseBase
from django.test import Client
from pytest_django import Settings

from leaderboard.services import organisations
from tests.leaderboard.address_rows import ROWS, Address, addresses, patterns
from tests.leaderboard.api_rows import API_ROWS
from tests.leaderboard.hidden_data import (
    LAB,
    NAMES,
    PRIVATE,
    PUBLIC,
    SECRETS,
    SHARED,
    TOKEN,
    Site,
    hide_things,
    public_site,
    state,
)
from tests.leaderboard.run_data import toy_benchmark

pytestmark = pytest.mark.django_db
ALL_ROWS = {**ROWS, **API_ROWS}
# What each reader may meet; nobody else's token, upload, sampling or key is for staff either.
MAY_SEE: Mapping[str, tuple[str, ...]] = {"": (), "eve": (), "mia": (SHARED, LAB), "ada": SECRETS}
STRANGERS = ("", "eve", "mia")
# Sent to every address: enough for each form to do harm, if it may.
FORM = {
    "visibility": "public",
    "organisation": "",
    "role": "owner",
    "user_name": "eve",
    "name": "mine",
    "word": "confirmed",
    "program": "0",
    "rule": "S307",
    "line": "3",
    "comment": "mine",
    "model_name": "mine",
    "runs": "",
    "email": "eve@example.org",
}


@pytest.fixture(autouse=True)
def no_limits(settings: Settings) -> None:
    settings.API_RATE = 0


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = public_site(tmp_path, toy_benchmark())
    hide_things(tmp_path, made)
    return made


def client_of(site: Site, reader: str) -> Client:
    client = Client(raise_request_exception=False)
    if reader:
        client.force_login(site.users[reader])
    return client


def credentials(site: Site, reader: str, address: Address) -> dict[str, str]:
    return {"authorization": f"Bearer {site.tokens[reader]}"} if reader and address.is_api else {}


def text_of(response: HttpResponseBase) -> str:
    parts = response.streaming_content if response.streaming else [response.content]  # type: ignore[attr-defined]
    return b"".join(parts).decode("utf-8", "replace") + repr(list(response.items()))


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    names = {name for name, _ in patterns(ALL_ROWS)}
    assert names - set(ALL_ROWS) == set(), "say in tests/leaderboard/address_rows.py what these name"
    assert set(ALL_ROWS) - names == set()


@pytest.mark.parametrize("reader", STRANGERS)
def test_no_answer_holds_what_its_reader_must_not_see(site: Site, reader: str) -> None:
    client = client_of(site, reader)
    hidden = [word for word in SECRETS if word not in MAY_SEE[reader]]
    tried, leaks = 0, []
    for address in addresses(ALL_ROWS, site):
        response = client.get(address.path, headers=credentials(site, reader, address))
        assert response.status_code < 500, address
        assert response.status_code != 429, address
        text = _without_the_asked(text_of(response), address)
        leaks += [f"{address.path}: {word}" for word in hidden if word in text]
        tried += 1
    assert not leaks, "\n".join(leaks)
    assert tried > 150


def test_the_owner_meets_all_of_it(site: Site) -> None:
    """Else the test above could pass on a site that shows nothing to anybody."""
    client, met = client_of(site, "ada"), set()
    for address in addresses(ALL_ROWS, site):
        if met == set(MAY_SEE["ada"]) | {PUBLIC}:
            break
        text = text_of(client.get(address.path, headers=credentials(site, "ada", address), follow=True))
        met |= {word for word in (*SECRETS, PUBLIC) if word in text}
    assert met >= {PRIVATE, SHARED, LAB, TOKEN, PUBLIC, "hushunlisted", "hushupload"}


@pytest.mark.parametrize("reader", ["", "eve"])
def test_answers_are_the_same_as_where_nothing_is_hidden(tmp_path: Path, reader: str) -> None:
    """Counts, ranks, intervals, charts, the matrix's numbers, exports: hidden runs are in none of them."""
    site = public_site(tmp_path, toy_benchmark())
    client = client_of(site, reader)
    lists = [
        one
        for one in addresses(ALL_ROWS, site)
        if one.kind in ("", "benchmark", "model") and one.name not in ("upload", "healthz", "get_health")
    ]
    before = {one.path: _alike(client, site, reader, one) for one in lists}
    hide_things(tmp_path, site)
    differs = [one.path for one in lists if _alike(client, site, reader, one) != before[one.path]]
    assert not differs, "\n".join(differs)
    assert len(lists) > 60


@pytest.mark.parametrize("reader", STRANGERS)
def test_nobody_changes_what_is_anothers(site: Site, reader: str) -> None:
    client = client_of(site, reader)
    before = state(site, reader)
    for address in addresses(ALL_ROWS, site):
        if address.name in _OF_ONESELF or "?" in address.path:
            continue
        for method in ("post", "put", "patch", "delete"):
            given = {"content_type": "application/json"} if address.is_api or method != "post" else {}
            send = getattr(client, method)
            response = send(address.path, FORM, headers=credentials(site, reader, address), **given)
            assert response.status_code < 500, (address, method, response.status_code)
    after = state(site, reader)
    assert [name for name in before if before[name] != after[name]] == []


@pytest.mark.parametrize(
    ("reader", "opened"),
    [
        ("", {PUBLIC}),
        ("eve", {PUBLIC}),
        ("mia", {PUBLIC, SHARED}),
        ("ada", {PUBLIC, SHARED, PRIVATE, "hushunlisted"}),
        ("root", {PUBLIC, SHARED, PRIVATE, "hushunlisted"}),
    ],
)
def test_whose_number_opens_which_run(site: Site, reader: str, opened: set[str]) -> None:
    client = client_of(site, reader)
    for page in ("", "progress/", "security/", "problems/Toy/0/", "charts/curve.json"):
        found = {
            word
            for word, run in site.runs.items()
            if client.get(f"/runs/{run.pk}/{page}", follow=True).status_code == 200
        }
        assert found == opened, page


def test_who_leaves_the_organisation_sees_its_runs_no_more(site: Site) -> None:
    client, board = client_of(site, "mia"), "/benchmarks/toy/"
    assert SHARED in client.get(board).content.decode()
    membership = site.lab.memberships.get(user=site.users["mia"])  # type: ignore[union-attr]
    organisations.remove(membership, site.users["ada"])
    assert SHARED not in client.get(board).content.decode()
    assert client.get(f"/runs/{site.runs[SHARED].pk}/").status_code == 404


def test_an_invitation_shows_nothing_until_it_is_accepted(site: Site) -> None:
    eve = site.users["eve"]
    organisations.invite(site.lab, site.users["ada"], "eve", "owner")  # type: ignore[arg-type]
    client = client_of(site, "eve")
    assert SHARED not in client.get("/benchmarks/toy/").content.decode()
    assert client.get(f"/organisations/{LAB}/").status_code == 404
    organisations.accept(eve.memberships.get(organisation=site.lab))
    assert SHARED in client.get("/benchmarks/toy/").content.decode()
    assert client.get(f"/runs/{site.runs[SHARED].pk}/sharing/").status_code == 200


def test_no_name_of_a_reader_is_a_word_that_is_looked_for() -> None:
    assert not {name for name in NAMES if any(name in word for word in SECRETS)}
    assert not User.objects.filter(username__contains="hush").exists()


# What these change is the caller's own: covered by the tests of accounts.
_OF_ONESELF = {
    *("sign-in", "sign-out", "sign-up", "account-delete", "password-reset-confirm"),
    *("end_account_sessions", "revoke_current_token"),
}
# Ids and moments of the request itself, and when the reader's own token was used.
_PER_REQUEST = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|"instance": "[^"]*"|never</td>|\d{4}-\d\d-\d\d \d\d:\d\d</td>'
    r'|"last_used_at": ?(null|"[^"]*")'
    r"|'(ETag|X-Request-Id|Last-Modified|Expires|Date|Content-Length)', '[^']*'"
)


def _without_the_asked(text: str, address: Address) -> str:
    """A page may say “no model hush-7b”: whoever asked knew that word."""
    for part in address.path.partition("?")[0].split("/"):
        if len(part) > 4:
            text = text.replace(part, "")
    return text


def _alike(client: Client, site: Site, reader: str, address: Address) -> str:
    response = client.get(address.path, headers=credentials(site, reader, address))
    return f"{response.status_code} {_PER_REQUEST.sub('', text_of(response))}"
