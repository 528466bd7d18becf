"""What a test needs of the machine: skipped without it on a desk, a failure in CI."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.code_map import ROOT

_MARK = "passboard-tests"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def server_url(variable: str, schemes: tuple[str, ...], local: str) -> str:
    """The address in `variable` if its scheme is one of `schemes`, otherwise the standard local one."""
    given = os.environ.get(variable, "")
    return given if given.split(":", 1)[0] in schemes else local


POSTGRES = server_url(
    "TEST_DATABASE_URL", ("postgres", "postgresql"), "postgres://postgres@127.0.0.1:5432/postgres"
)
REDIS = server_url("TEST_BROKER_URL", ("redis", "rediss"), "redis://127.0.0.1:6379/1")
RABBITMQ = server_url("TEST_BROKER_URL", ("amqp", "amqps"), "amqp://guest:guest@127.0.0.1:5672//")
ON_SERVERS = os.environ.get("PASSBOARD_TESTS_ON") == "servers"


def need(what: str, present: bool, how_to_get: str) -> None:
    """Go on if `present`; otherwise skip the test, or fail it under CI=true, saying how to get `what`."""
    if present:
        return
    reason = f"needs {what}: {how_to_get}"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason} (in CI this must be there)", pytrace=False)
    pytest.skip(reason)


def chromium() -> str | None:
    """Path of the machine's Chromium, None where there is none."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def local_python() -> Path | None:
    """The Python of .venv-local, None where `scripts/setup local-test` was never run."""
    python = ROOT / ".venv-local" / "bin" / "python"
    made = (python.parent.parent / "installed-local-test").is_file()
    return python if made and python.exists() else None


def answers(url: str) -> bool:
    """Whether something listens at the host and port of this address."""
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 0), timeout=2).close()
    except OSError:
        return False
    return True


def need_server(what: str, url: str) -> None:
    """`need` for a server: something has to listen at its address."""
    parts = urlsplit(url)
    need(what, answers(url), f"nothing listens at {parts.hostname}:{parts.port}")


def empty_redis() -> str:
    """Address of a Redis database that nobody uses: REDIS itself or one of a higher number.

    Marked as ours, because a queue that is empty for a moment looks like one that nobody uses.
    """
    import redis

    ours = f"{socket.gethostname()} {os.getpid()}"
    for number in range(int(urlsplit(REDIS).path.strip("/") or 0), 16):
        url = urlsplit(REDIS)._replace(path=f"/{number}").geturl()
        with redis.Redis.from_url(url, decode_responses=True) as client:
            if _left_by_the_dead(client.get(_MARK)):
                client.flushdb()
            if client.dbsize() == 0 and client.set(_MARK, ours, nx=True, ex=3600):
                return url
    raise RuntimeError(f"every database from {REDIS} on is in use; empty one, or name another server")


def _left_by_the_dead(mark: object) -> bool:
    """Whether this mark was made by a test run on this machine that was killed."""
    host, _, pid = str(mark or "").rpartition(" ")
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    return False


def empty_again(redis_url: str) -> None:
    """Removes what tests left in the database that `empty_redis` gave them."""
    import redis

    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
