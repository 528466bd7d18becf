"""A sweep whose workers and model server are killed in mid-run: resumed, exactly n samples, none twice."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from leaderboard.cell_blob import unpack
from leaderboard.models import Cell, Sampling
from leaderboard.services import sampling
from leaderboard.services.sampling_order import Key
from tests.leaderboard.sampling_data import asker, order_for, progress, sampler
from tests.leaderboard.workers import PATIENCE_SECONDS, kill, scheduler, wait_until
from tests.tiny_model.process import TinyProcess

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_queue")]

N, PROBLEMS = 6, 8


def drawn(row: Sampling) -> int:
    return progress(row)[0]


def status(row: Sampling) -> str:
    row.refresh_from_db()
    return str(row.status)


def test_a_sweep_survives_killed_workers_and_a_killed_server(
    model_server: TinyProcess, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    order = order_for(model_server.base_url, n=N, temperatures=(0.2, 0.8), parallel=3)
    with scheduler(log):
        row = sampling.start(*asker(PROBLEMS), order, Key("sk-none-needed"))
        for _ in range(2):
            model_server.fault("slow", seconds=30.0, after=4, times=3)  # killed while requests are open
            before = drawn(row)
            with sampler(log) as process:
                wait_until(lambda n=before: drawn(row) > n, "samples")
                wait_until(lambda: row.draws.filter(status="running").exists(), "an open request")
                kill(process)
            model_server.sound()
            assert status(row) == "drawing"
        with sampler(log):
            before = drawn(row)
            wait_until(lambda: drawn(row) > before, "samples after the kills")
            model_server.kill()
            wait_until(lambda: Sampling.objects.get(pk=row.pk).failures > 0, "the loss of the server")
            model_server.start()
            wait_until(lambda: status(row) == "done", "the end")
    assert drawn(row) == 2 * PROBLEMS * N
    for cell in Cell.objects.filter(run__sampling=row):
        assert (cell.status, cell.n, len(unpack(cell.blob).samples)) == ("queued", N, N)
    assert Cell.objects.filter(run__sampling=row).count() == 2 * PROBLEMS
    assert (row.secret, row.said) == ("", "")
    assert "Traceback" not in log.read_text()


def test_a_worker_that_is_asked_to_stop_gives_its_draws_back(
    model_server: TinyProcess, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    # All that come: where the machine is so busy that a lease runs out, the same draw is asked for again.
    model_server.fault("slow", seconds=600.0, times=50)
    row = sampling.start(*asker(2), order_for(model_server.base_url, parallel=2))
    with sampler(log) as process:
        wait_until(lambda: row.draws.filter(reserved__gt=0).count() == 2, "two open requests")
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE_SECONDS)
    assert set(row.draws.values_list("status", "lease_token", "reserved")) == {("queued", "", 0)}


def test_cancelling_frees_the_worker_for_another_sampling(model_server: TinyProcess, tmp_path: Path) -> None:
    log = tmp_path / "log"
    model_server.fault("slow", seconds=60.0, times=1)
    order = order_for(model_server.base_url, parallel=1)
    first = sampling.start(*asker(1), order)
    with scheduler(log), sampler(log, threads=1):
        wait_until(lambda: first.draws.filter(reserved__gt=0).exists(), "an open request")
        sampling.cancel(first)
        second = sampling.start(*asker(1), order)
        wait_until(lambda: status(second) == "done", "the second sampling")
    assert status(first) == "cancelled"
    assert drawn(first) == 0
