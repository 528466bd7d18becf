"""Processes that stop in the midst of their work, as under a debugger or on a machine that was suspended."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

from django.conf import settings
from django.db import connection

from tests.leaderboard.workers import PATIENCE_SECONDS

_HELD = """
SELECT 1 FROM pg_stat_activity JOIN pg_locks USING (pid)
WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle in transaction'
AND wait_event = 'ClientRead' AND relation = %s::regclass AND mode = 'RowShareLock'
"""


def freeze(pid: int) -> None:
    """SIGSTOP at any moment; on SQLite at one when the process writes nothing.

    SQLite's lock is let go by its holder alone, and everybody else would wait for it. PostgreSQL takes rows
    from a process that is silent.
    """
    _freeze_when(pid, lambda: connection.vendor != "sqlite" or all(map(_writable, _files())))


def freeze_holding_rows(pid: int, table: str) -> None:
    """SIGSTOP in the midst of a transaction that holds locked rows of this table. PostgreSQL alone."""
    _freeze_when(pid, lambda: _held(table) and not sleep(0.1) and _held(table))


def thaw(pid: int) -> None:
    os.kill(pid, signal.SIGCONT)


def _freeze_when(pid: int, right: Callable[[], bool]) -> None:
    """Stops the process again and again until it stands at the right place."""
    until = monotonic() + PATIENCE_SECONDS
    while True:
        os.kill(pid, signal.SIGSTOP)
        while not _stopped(pid):
            sleep(0.001)
        if right():
            return
        thaw(pid)
        assert monotonic() < until, f"process {pid} never stood where it was to be frozen"
        sleep(0.02)


def _stopped(pid: int) -> bool:
    """Whether all of its threads are."""
    states = [
        stat.read_text().rpartition(")")[2].split()[0] for stat in Path(f"/proc/{pid}/task").glob("*/stat")
    ]
    return set(states) == {"T"}


def _held(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [table])
        return cursor.fetchone() is not None


def _files() -> tuple[str, str]:
    """The database and the queue."""
    return str(connection.settings_dict["NAME"]), settings.CELERY_BROKER_URL.removeprefix("sqlite-queue:///")


def _writable(path: str) -> bool:
    with closing(sqlite3.connect(path, timeout=1.0, isolation_level=None)) as file:
        try:
            file.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        file.execute("ROLLBACK")
        return True
