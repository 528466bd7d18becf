"""What the site's processes remember between requests must not pass from one test to the next."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from leaderboard.celery import SAMPLING_QUEUE
from leaderboard.queries import health
from leaderboard.services import doorbell, heartbeat, sampler_beat
from tests.leaderboard.sampling_data import local_allowed, model_server, no_patience, running_server
from tests.leaderboard.upload_data import ada, benchmark, own_folder

__all__ = [  # fixtures
    "ada",
    "benchmark",
    "local_allowed",
    "model_server",
    "no_patience",
    "own_folder",
    "running_server",
]


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a new database: a heartbeat or an answer of the broker noted before is not in it."""
    monkeypatch.setattr(heartbeat, "_latest", float("-inf"))
    monkeypatch.setattr(sampler_beat, "_latest", float("-inf"))
    monkeypatch.setattr(health, "_broker", (0.0, health.Part(False, "not asked yet")))


@pytest.fixture
def empty_queue() -> Iterator[None]:
    """The broker's queues hold nothing but what the test itself sends."""

    def purge() -> None:
        with doorbell.app.connection_for_write() as broker, broker.channel() as channel:
            for queue in (doorbell.app.conf.task_default_queue, SAMPLING_QUEUE):
                channel.queue_declare(queue=queue, durable=True, auto_delete=False)
                channel.queue_purge(queue)

    purge()
    yield
    purge()
