"""Error pages: what happened, what exists nearby, an id that the log names too."""

from __future__ import annotations

import logging

import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings
from django.urls import path

from leaderboard import urls
from leaderboard.middleware import RequestIdFilter
from tests.leaderboard.run_data import toy_benchmark

pytestmark = pytest.mark.django_db


def broken(request: object) -> None:
    raise RuntimeError("a bug that no reader should see")


# Django reads these from the module that ROOT_URLCONF names.
handler404, handler500 = urls.handler404, urls.handler500
urlpatterns = [*urls.urlpatterns, path("broken/", broken)]
here = override_settings(ROOT_URLCONF=__name__)


@here
def test_our_own_fault_shows_an_id_that_the_log_names_too(caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(RequestIdFilter())
    logger = logging.getLogger("django.request")
    logger.addHandler(caplog.handler)
    try:
        response = Client(raise_request_exception=False).get("/broken/")
    finally:
        logger.removeHandler(caplog.handler)
    html = response.content.decode()
    assert response.status_code == 500
    assert "our fault" in html
    assert "a bug that no reader should see" not in html
    known = response["X-Request-Id"]
    assert known in html
    ids = {record.request_id for record in caplog.records if record.exc_info}  # type: ignore[attr-defined]
    assert ids == {known}


def test_ids_differ_and_are_never_taken_from_outside(client: Client) -> None:
    first = client.get("/healthz", headers={"X-Request-Id": "mine"})["X-Request-Id"]
    assert first != "mine"
    assert first != client.get("/healthz")["X-Request-Id"]


def test_a_missed_page_names_what_is_nearby(client: Client) -> None:
    toy_benchmark()
    html = client.get("/upload/nonsense/").content.decode()
    assert "No page of this site has this address" in html
    assert '<a href="/upload/">' in html
    assert '<a href="/benchmarks/toy/">' in html
    assert "sign in" in html


def test_a_missed_address_is_text(client: Client) -> None:
    response = client.get("/<script>alert(1)</script>/x/")
    assert response.status_code == 404
    assert "<script>alert" not in response.content.decode()


def test_a_form_without_its_token_is_explained(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.create_user("ada"))
    response = strict.post("/account/sign-out/")
    assert response.status_code == 403
    assert "cookies are blocked" in response.content.decode()


def test_a_malformed_request_is_answered_in_the_sites_look(client: Client) -> None:
    with override_settings(ALLOWED_HOSTS=["example.org"]):
        response = client.get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert (
        "can&#x27;t be answered" in response.content.decode()
        or "can't be answered" in response.content.decode()
    )


def test_error_pages_keep_the_content_security_policy(client: Client) -> None:
    response = client.get("/nowhere/")
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "unsafe-inline" not in response["Content-Security-Policy"]
