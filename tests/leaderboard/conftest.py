"""What the site's processes remember between requests must not pass from one test to the next."""

from __future__ import annotations

import pytest

from leaderboard.queries import health
from leaderboard.services import heartbeat


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a new database: a heartbeat or an answer of the broker noted before is not in it."""
    monkeypatch.setattr(heartbeat, "_latest", float("-inf"))
    monkeypatch.setattr(health, "_broker", (0.0, health.Part(False, "not asked yet")))
