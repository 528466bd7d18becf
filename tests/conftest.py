"""Fixtures for what lies outside the code: reference samples, servers, a browser."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.needs import answers, chromium, need, server_url

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM_FLAGS = [
    "--no-sandbox",  # Chromium's own refuses to start as root; it only ever opens our pages
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Folder of real sample files that are too large, or not ours, to keep in the repository."""
    folder = Path(os.environ.get("PASSBOARD_REFERENCE_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no reference data at {folder}; PASSBOARD_REFERENCE_DATA names another folder")
    return folder


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Address of an empty PostgreSQL database, dropped afterwards. TEST_DATABASE_URL names the server."""
    server = server_url(
        "TEST_DATABASE_URL", ("postgres", "postgresql"), "postgres://postgres@127.0.0.1:5432/postgres"
    )
    need("PostgreSQL", answers(server), f"nothing listens at {_without_password(server)}")
    import psycopg

    name = f"passboard_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def redis_url() -> Iterator[str]:
    """Address of an empty Redis database, emptied again. TEST_BROKER_URL names the server and database."""
    url = server_url("TEST_BROKER_URL", ("redis", "rediss"), "redis://127.0.0.1:6379/1")
    need("Redis", answers(url), f"nothing listens at {_without_password(url)}")
    import redis

    numbers = range(int(urlsplit(url).path.strip("/") or 0), 16)
    for address in (urlsplit(url)._replace(path=f"/{number}").geturl() for number in numbers):
        with redis.Redis.from_url(address) as client:
            if client.dbsize() == 0:  # what is in use is left alone
                yield address
                client.flushdb()
                return
    pytest.fail(f"no empty Redis database at {_without_password(url)}: empty one of {numbers}", pytrace=False)


@pytest.fixture(scope="session")
def rabbitmq_url() -> str:
    """Address of RabbitMQ. Asked of nobody: where there is none the test is skipped, in CI too."""
    url = server_url("TEST_BROKER_URL", ("amqp", "amqps"), "amqp://guest:guest@127.0.0.1:5672//")
    if not answers(url):
        pytest.skip(f"needs RabbitMQ: nothing listens at {_without_password(url)}")
    return url


# One per module and not per session: while Playwright is open, Django takes its thread for an async one
# and refuses database queries to the tests that follow.
@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """A headless Chromium (`playwright.sync_api.Browser`). Its tests may not query the database."""
    path = chromium()
    need(
        "Chromium", path is not None, "`make test` as root installs it, or: sudo apt-get install -y chromium"
    )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield opened
        opened.close()


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=f"{parts.hostname}:{parts.port}").geturl()
