"""What a log must not hold, and whose requests are counted together."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from leaderboard.middleware import KeylessFormatter
from tests.leaderboard.run_data import scored_run, toy_benchmark

pytestmark = pytest.mark.django_db


def test_the_key_of_an_unlisted_run_stays_out_of_the_log(
    client: Client, tmp_path: Path, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    line = settings.LOGGING["formatters"]["line"]
    assert line["()"].endswith(KeylessFormatter.__name__)
    run = scored_run(tmp_path, toy_benchmark(), visibility="unlisted")
    logger = logging.getLogger("django.request")
    logger.addHandler(caplog.handler)
    try:
        assert client.get(f"/runs/{run.pk}-{run.link_key}/nothing/here/").status_code == 404
    finally:
        logger.removeHandler(caplog.handler)
    formatted = [KeylessFormatter("%(message)s").format(record) for record in caplog.records]
    assert f"Not Found: /runs/{run.pk}-[key]/nothing/here/" in formatted
    assert run.link_key not in "".join(formatted)


def test_ids_and_dates_in_the_log_are_no_keys() -> None:
    said = "2026-11-22 12:36 /upload/12345678-1234-4123-8123-123456789012/ /runs/12/"
    record = logging.LogRecord("django", logging.INFO, "", 0, said, (), None)
    assert KeylessFormatter("%(message)s").format(record) == said


def test_visitors_behind_a_proxy_are_counted_apart_and_one_network_together(settings: Any) -> None:
    caches["rates"].clear()
    settings.API_RATE, settings.PROXIES = 1, 1

    def asked_from(address: str) -> int:
        return Client().get("/api/v1/me", headers={"X-Forwarded-For": address}).status_code

    assert asked_from("203.0.113.7") == asked_from("203.0.113.8")
    assert asked_from("203.0.113.7") == 429
    assert asked_from("2001:db8:1:2::3") != 429
    assert asked_from("2001:db8:1:2::4") == 429
