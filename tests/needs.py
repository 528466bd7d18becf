"""What a test needs of the machine: skipped without it on a desk, a failure in CI."""

from __future__ import annotations

import os
import shutil
import socket
from urllib.parse import urlsplit

import pytest

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


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


def answers(url: str) -> bool:
    """Whether something listens at the host and port of this address."""
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 0), timeout=2).close()
    except OSError:
        return False
    return True


def server_url(variable: str, schemes: tuple[str, ...], local: str) -> str:
    """The address in `variable` if its scheme is one of `schemes`, otherwise the standard local one."""
    given = os.environ.get(variable, "")
    return given if given.split(":", 1)[0] in schemes else local
