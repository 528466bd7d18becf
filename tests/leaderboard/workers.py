"""Real processes of the site for tests: a scoring worker and a scheduler on the tests' own database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from time import monotonic, sleep

from django.conf import settings
from django.db import connection

from tests.code_map import ROOT

LEASE_SECONDS = 2
PATIENCE_SECONDS = 90
# Longer than any pause that a busy machine makes in a transaction, shorter than what a test waits.
IDLE_TRANSACTION_SECONDS = 5


def wait_until(true: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Until the condition holds; fails the test after `seconds`."""
    until = monotonic() + seconds
    while not true():
        assert monotonic() < until, f"{what}: not within {seconds:.0f} s"
        sleep(0.05)


@contextmanager
def celery(*arguments: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`celery -A leaderboard …` in a process group of its own, killed at the end."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "leaderboard", *arguments],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        kill(process)


def worker(log: Path, processes: int = 2) -> AbstractContextManager[subprocess.Popen[bytes]]:
    return celery("worker", "--concurrency", str(processes), "--loglevel", "INFO", log=log)


def scheduler(log: Path) -> AbstractContextManager[subprocess.Popen[bytes]]:
    return celery("beat", "--pidfile", "", "--schedule", str(log.with_suffix(".schedule")), log=log)


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9 of the main process alone: what it started has to end by itself."""
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    process.wait()


def children_of(process: subprocess.Popen[bytes]) -> list[int]:
    """Process ids of its pool."""
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(pid) for pid in listed.split()]


def environment() -> dict[str, str]:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        host = f"{database['HOST']}:{database['PORT'] or 5432}"
        url = f"postgres://{database['USER']}:{database['PASSWORD']}@{host}/{database['NAME']}"
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "leaderboard.settings",
        "DATABASE_URL": url,
        "CELERY_BROKER_URL": settings.CELERY_BROKER_URL,
        "LEASE_SECONDS": str(LEASE_SECONDS),
        "IDLE_TRANSACTION_SECONDS": str(IDLE_TRANSACTION_SECONDS),
        "SWEEP_SECONDS": "0.5",
    }
