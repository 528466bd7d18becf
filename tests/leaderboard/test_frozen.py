"""Workers that are frozen in the midst of their work: nobody waits long for them, and they spoil nothing."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from leaderboard.database_settings import database_settings
from leaderboard.models import Cell, Sampling
from leaderboard.services import sampling
from tests.factories import queued_run
from tests.leaderboard.frozen import freeze, freeze_holding_rows, thaw
from tests.leaderboard.sampling_data import asker, order_for, progress, sampler
from tests.leaderboard.test_kill import is_done, slow_samples
from tests.leaderboard.workers import children_of, kill, scheduler, wait_until, worker
from tests.tiny_model.process import TinyProcess

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_queue")]

postgresql_alone = pytest.mark.postgresql
# What psycopg says of it depends on how far it had read when the connection was closed.
ENDED = re.compile("idle-in-transaction|closed the connection")
ADDRESS = "postgres://ada:secret@db.example/passboard"


def status(row: Sampling) -> str:
    return str(Sampling.objects.get(pk=row.pk).status)


def test_a_frozen_sampling_worker_stores_nothing_when_it_thaws(
    model_server: TinyProcess, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    model_server.fault("slow", seconds=600.0, times=50)
    row = sampling.start(*asker(1), order_for(model_server.base_url, parallel=1))
    with scheduler(log), sampler(log) as frozen:
        wait_until(lambda: row.draws.filter(reserved__gt=0).exists(), "an open request")
        freeze(frozen.pid)
        model_server.sound()
        with sampler(log):
            wait_until(lambda: status(row) == "done", "another worker's end")
            before = list(Cell.objects.values_list("n", "blob"))
            thaw(frozen.pid)
            wait_until(lambda: "no longer ours" in log.read_text(), "the thawed worker's retreat")
    assert list(Cell.objects.values_list("n", "blob")) == before
    assert progress(row)[0] == 3


@postgresql_alone
def test_a_sampling_worker_frozen_in_mid_transaction_holds_nobody_up(
    model_server: TinyProcess, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    model_server.fault("slow", seconds=600.0, times=50)
    row = sampling.start(*asker(1), order_for(model_server.base_url, parallel=1))
    with scheduler(log), sampler(log) as frozen:
        wait_until(lambda: row.draws.filter(reserved__gt=0).exists(), "an open request")
        freeze_holding_rows(frozen.pid, "leaderboard_sampling")
        model_server.sound()
        with sampler(log) as other:
            wait_until(lambda: status(row) == "done", "another worker's end")
            kill(other)
        thaw(frozen.pid)
        wait_until(lambda: ENDED.search(log.read_text()) is not None, "the end of its transaction")
        second = sampling.start(*asker(1), order_for(model_server.base_url, parallel=1))
        wait_until(lambda: status(second) == "done", "the thawed worker's next sampling")
    assert [progress(one)[0] for one in (row, second)] == [3, 3]
    assert Sampling.objects.get(pk=row.pk).said == ""


@postgresql_alone
@pytest.mark.sandbox
def test_a_scoring_worker_frozen_in_mid_transaction_holds_nobody_up(tmp_path: Path) -> None:
    log, problems = tmp_path / "log", 60
    run = queued_run(tmp_path, slow_samples(problems, seconds=0.0), problems)
    with scheduler(log), worker(log, processes=1) as process:
        wait_until(lambda: run.cells.filter(status="done").exists(), "a scored cell")
        (child,) = children_of(process)
        freeze_holding_rows(child, "leaderboard_run")
        assert not is_done(run)
        with worker(log, processes=1):
            wait_until(lambda: is_done(run), "the run, by another worker")
            thaw(child)
            wait_until(lambda: ENDED.search(log.read_text()) is not None, "the end of its transaction")
    counts = run.cells.order_by("problem__position").values_list("n", "c")
    assert list(counts) == [(5, number % 5 + 1) for number in range(problems)]


@postgresql_alone
def test_postgresql_ends_a_silent_transaction_and_a_long_wait_for_rows() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        (name,) = cursor.fetchone()
    given = connection.settings_dict
    address = f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT'] or 5432}/{name}"
    options = database_settings(address, 0.2)["OPTIONS"]["options"]
    with psycopg.connect(address, options=options) as one, psycopg.connect(address, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(1)")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            one.execute("SELECT pg_advisory_lock(1)")
        one.rollback()
        one.execute("SELECT 1")
        mine = [one.info.backend_pid]
        seen = "SELECT 1 FROM pg_stat_activity WHERE pid = %s"
        wait_until(lambda: other.execute(seen, mine).fetchone() is None, "the end of the silent one")
        with pytest.raises((psycopg.InternalError, psycopg.OperationalError)):
            one.execute("SELECT 1")


def test_what_the_address_says_goes_before() -> None:
    plain = database_settings(ADDRESS, 30)
    assert plain["OPTIONS"]["options"] == "-c idle_in_transaction_session_timeout=30000 -c lock_timeout=60000"
    own = database_settings(f"{ADDRESS}?options=-c%20lock_timeout%3D5s&sslmode=require", 30)["OPTIONS"]
    assert own["options"].endswith("-c lock_timeout=60000 -c lock_timeout=5s")
    assert own["sslmode"] == "require"
    assert "options" not in database_settings(ADDRESS, 0).get("OPTIONS", {})
    assert database_settings("sqlite:////tmp/some.sqlite3", 30)["OPTIONS"]["timeout"] == 30
