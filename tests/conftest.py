"""Fixtures for what lies outside the code: reference samples, servers, a browser."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.needs import (
    ON_SERVERS,
    POSTGRES,
    RABBITMQ,
    REDIS,
    answers,
    chromium,
    empty_again,
    empty_redis,
    need,
    need_server,
)

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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What can only be seen on PostgreSQL belongs to that pass alone."""
    elsewhere = [item for item in items if not ON_SERVERS and item.get_closest_marker("postgresql")]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Folder of real sample files that are too large, or not ours, to keep in the repository."""
    folder = Path(os.environ.get("PASSBOARD_REFERENCE_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no reference data at {folder}; PASSBOARD_REFERENCE_DATA names another folder")
    return folder


@pytest.fixture(scope="session")
def django_db_modify_db_settings_xdist_suffix() -> None:
    """No suffix: the settings give each process a database of its own, which its children find, too."""


@pytest.fixture(scope="session", autouse=True)
def servers_of_this_pass() -> Iterator[None]:
    """Where the tests run on servers, each of them needs these."""
    if ON_SERVERS:
        need_server("PostgreSQL", POSTGRES)
        need_server("Redis", REDIS)
    yield
    if ON_SERVERS:
        empty_again(os.environ["CELERY_BROKER_URL"])


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Address of an empty PostgreSQL database, dropped afterwards. TEST_DATABASE_URL names the server."""
    need_server("PostgreSQL", POSTGRES)
    import psycopg

    name = f"passboard_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlsplit(POSTGRES)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def redis_url() -> Iterator[str]:
    """Address of an empty Redis database, emptied again. TEST_BROKER_URL names the server and database."""
    need_server("Redis", REDIS)
    url = empty_redis()
    yield url
    empty_again(url)


@pytest.fixture(scope="session")
def rabbitmq_url() -> str:
    """Address of RabbitMQ. Promised by nobody: where there is none the test is skipped, in CI too."""
    if not answers(RABBITMQ):
        pytest.skip("needs RabbitMQ: nothing listens on its standard port, or at TEST_BROKER_URL")
    return RABBITMQ


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
