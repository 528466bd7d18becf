"""A message broker in one SQLite file: `sqlite-queue:////path/of/the/file`, a transport for kombu.

Made for the site that runs without a server of its own: some processes on one machine, small messages. A
message is taken by one atomic `DELETE … RETURNING`, so that it is delivered once, whoever asks at the same
time; a transaction that dies with its process leaves the message where it was.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from queue import Empty
from typing import Any

from kombu.exceptions import OperationalError
from kombu.transport import virtual
from kombu.utils.json import dumps, loads

MAX_MESSAGES = 100_000  # in one queue; more means that nobody has listened for days
POLL_SECONDS = 0.08
BUSY_SECONDS = 30.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS message_by_queue ON message (queue, id);
"""
_PUT = "INSERT INTO message (queue, body) VALUES (?, ?)"
_TAKE = """
DELETE FROM message
WHERE id = (SELECT id FROM message WHERE queue = ? ORDER BY id LIMIT 1)
RETURNING body
"""
_ANY = "SELECT 1 FROM message WHERE queue = ? LIMIT 1"
_COUNT = "SELECT count(*) FROM message WHERE queue = ?"
_PURGE = "DELETE FROM message WHERE queue = ?"


class Store:
    """The file. One connection per process and thread: SQLite's must not be carried over a fork."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._local = threading.local()

    def run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Runs one statement as a transaction of its own. Returns its rows."""
        with self._executed(statement, values) as cursor:
            return cursor.fetchall()  # to the end: only then the statement is over, and committed

    def changes(self, statement: str, *values: object) -> int:
        """Like `run`, for the number of changed rows."""
        with self._executed(statement, values) as cursor:
            return cursor.rowcount

    @contextmanager
    def _executed(self, statement: str, values: tuple[object, ...]) -> Iterator[sqlite3.Cursor]:
        try:
            with closing(self._connection().execute(statement, values)) as cursor:
                yield cursor
        except sqlite3.OperationalError as error:
            raise OperationalError(f"the queue {self._path} can't be used: {error}") from error

    def close(self) -> None:
        """Closes this thread's connection, if this process opened it."""
        if getattr(self._local, "pid", None) == os.getpid():
            self._local.connection.close()
            del self._local.connection, self._local.pid

    def _connection(self) -> sqlite3.Connection:
        if getattr(self._local, "pid", None) != os.getpid():
            # A parent's connection is dropped unclosed: closing it here would upset the parent's locks.
            self._local.inherited = getattr(self._local, "connection", None)
            self._local.connection = self._open()
            self._local.pid = os.getpid()
        connection: sqlite3.Connection = self._local.connection
        return connection

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.executescript(_SCHEMA)
        return connection


class Channel(virtual.Channel):
    """kombu's channel over a `Store`."""

    def _put(self, queue: str, message: Mapping[str, Any], **_: object) -> None:
        if self._size(queue) >= MAX_MESSAGES:
            raise OperationalError(f"the queue {queue} is full: {MAX_MESSAGES:,} messages wait in it")
        self._store.run(_PUT, queue, dumps(message))

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        # Looked for by reading first: an idle worker that polls never takes the write lock.
        rows = self._store.run(_ANY, queue) and self._store.run(_TAKE, queue)
        if not rows:
            raise Empty
        return loads(rows[0][0])

    def _size(self, queue: str) -> int:
        return int(self._store.run(_COUNT, queue)[0][0])

    def _purge(self, queue: str) -> int:
        return self._store.changes(_PURGE, queue)

    def _has_queue(self, queue: str, **_: object) -> bool:
        return True  # a queue is there as soon as a message names it

    @property
    def _store(self) -> Store:
        store: Store = self.connection.store
        return store


class Transport(virtual.Transport):
    """Registered under the name `sqlite-queue` in `leaderboard.celery`."""

    Channel = Channel
    polling_interval = POLL_SECONDS
    driver_type = "sqlite"  # not one of those that Celery's gossip and mingle work with: they stay away
    driver_name = "sqlite3"
    connection_errors = (*virtual.Transport.connection_errors, OperationalError)
    # With an event loop Celery talks to each pool process through pipes of its own. Without one they share
    # locks, and an idle process that is killed takes the lock, and so the whole pool, with it.
    implements = virtual.Transport.implements.extend(asynchronous=True)

    def __init__(self, client: Any, **options: Any) -> None:
        super().__init__(client, **options)
        self.store = Store(client.virtual_host)
        self._polling: Any = None

    def register_with_event_loop(self, connection: Any, loop: Any) -> None:
        """Looks for messages from the loop's timer; a file has no descriptor that could be waited on."""
        self._polling = loop.call_repeatedly(self.polling_interval, self._deliver_waiting)

    def _deliver_waiting(self) -> None:
        with suppress(Empty):  # nothing there, or the workers have enough to do
            while True:
                self.cycle.get(self._deliver)

    def close_connection(self, connection: Any) -> None:
        if self._polling is not None:
            self._polling.cancel()
        super().close_connection(connection)
        self.store.close()

    @property
    def default_connection_params(self) -> dict[str, Any]:
        return {}  # no host, no port: nothing that kombu could miss in the address

    def driver_version(self) -> str:
        return sqlite3.sqlite_version
