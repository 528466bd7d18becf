"""The queue in one SQLite file, under several processes at once."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection
from kombu.exceptions import OperationalError

from leaderboard import celery, sqlite_queue
from tests.code_map import ROOT

QUEUE = "numbers"
PRODUCERS, CONSUMERS, MESSAGES = 4, 3, 250

PRODUCE = """
import sys
from kombu import Connection
import leaderboard.celery
url, start, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with Connection(url) as connection:
    with connection.SimpleQueue("numbers") as queue:
        for number in range(start, start + count):
            queue.put({"number": number})
"""
# Takes what comes until nothing came for two seconds; prints what it was given.
CONSUME = """
import sys
from queue import Empty
from kombu import Connection
import leaderboard.celery
with Connection(sys.argv[1]) as connection:
    with connection.SimpleQueue("numbers") as queue:
        while True:
            try:
                message = queue.get(timeout=2)
            except Empty:
                break
            message.ack()
            print(message.payload["number"], flush=True)
"""


def address(path: Path) -> str:
    return f"sqlite-queue:///{path}"


def test_the_transport_is_registered_under_its_name(tmp_path: Path) -> None:
    with Connection(address(tmp_path / "q")) as connection:
        assert isinstance(connection.transport, sqlite_queue.Transport)
    assert celery.app.conf.accept_content == ["json"]


def test_each_message_of_several_producers_reaches_exactly_one_of_several_consumers(tmp_path: Path) -> None:
    url = address(tmp_path / "new file.sqlite3")  # all of them start on a file that isn't there
    consumers = [_started(CONSUME, url) for _ in range(CONSUMERS)]
    producers = [_started(PRODUCE, url, str(start * MESSAGES), str(MESSAGES)) for start in range(PRODUCERS)]
    for producer in producers:
        _, errors = producer.communicate(timeout=60)
        assert producer.returncode == 0, errors
    taken: Counter[int] = Counter()
    for consumer in consumers:
        printed, errors = consumer.communicate(timeout=60)
        assert consumer.returncode == 0, errors
        taken.update(int(line) for line in printed.split())
    assert taken == Counter(range(PRODUCERS * MESSAGES))


def test_messages_come_in_the_order_in_which_they_were_sent(tmp_path: Path) -> None:
    with Connection(address(tmp_path / "q")) as connection, connection.SimpleQueue(QUEUE) as queue:
        for number in range(20):
            queue.put(number)
        assert [queue.get(timeout=1).payload for _ in range(20)] == list(range(20))
        with pytest.raises(Empty):
            queue.get(timeout=0.2)


def test_queues_are_apart_counted_and_purged(tmp_path: Path) -> None:
    with Connection(address(tmp_path / "q")) as connection:
        one, other = connection.SimpleQueue("one"), connection.SimpleQueue("other")
        for number in range(5):
            one.put(number)
        other.put("only")
        assert (one.qsize(), other.qsize()) == (5, 1)
        assert one.clear() == 5
        assert (one.qsize(), other.get(timeout=1).payload) == (0, "only")
        one.close()
        other.close()


def test_messages_outlive_the_process_that_sent_them(tmp_path: Path) -> None:
    url = address(tmp_path / "q")
    _, errors = (producer := _started(PRODUCE, url, "7", "1")).communicate(timeout=30)
    assert producer.returncode == 0, errors
    with Connection(url) as connection, connection.SimpleQueue(QUEUE) as queue:
        assert queue.get(timeout=1).payload == {"number": 7}


def test_a_message_that_was_not_acknowledged_goes_back_at_the_end(tmp_path: Path) -> None:
    url = address(tmp_path / "q")
    with Connection(url) as connection, connection.SimpleQueue(QUEUE) as queue:
        queue.put("work")
        queue.get(timeout=1)
    with Connection(url) as connection, connection.SimpleQueue(QUEUE) as queue:
        assert queue.get(timeout=1).payload == "work"


def test_a_full_queue_refuses_and_keeps_what_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_queue, "MAX_MESSAGES", 3)
    with Connection(address(tmp_path / "q")) as connection, connection.SimpleQueue(QUEUE) as queue:
        for number in range(3):
            queue.put(number)
        with pytest.raises(OperationalError, match="is full"):
            queue.producer.publish("one too many", retry=False, routing_key=QUEUE, exchange="")
        assert queue.qsize() == 3


def test_a_file_that_can_not_be_used_is_a_broker_that_is_down(tmp_path: Path) -> None:
    with Connection(address(tmp_path / "no folder" / "q")) as connection, pytest.raises(OperationalError):
        connection.channel().queue_purge(QUEUE)


def test_a_forked_child_uses_a_connection_of_its_own(tmp_path: Path) -> None:
    script = """
import os, sys
from leaderboard.sqlite_queue import Store
store = Store(sys.argv[1])
store.run("INSERT INTO message (queue, body) VALUES ('q', 'parent')")
child = os.fork()
if child == 0:
    store.run("INSERT INTO message (queue, body) VALUES ('q', 'child')")
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
print(store.run("SELECT body FROM message ORDER BY id"))
"""
    done = _started(script, str(tmp_path / "q"))
    printed, errors = done.communicate(timeout=30)
    assert printed.strip() == "[('parent',), ('child',)]", errors


def _started(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
