"""Workers that are killed or frozen in the middle of a run lose nothing and count nothing twice."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from leaderboard.models import Cell, Run
from leaderboard.services import cells, doorbell, runs
from tests.factories import SCORER, Record, queued_run, scored
from tests.leaderboard.frozen import freeze, thaw
from tests.leaderboard.workers import LEASE_SECONDS, children_of, kill, scheduler, wait_until, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sandbox]

PROBLEMS = 10


@pytest.fixture(autouse=True)
def _empty_queue() -> None:
    with doorbell.app.connection_for_write() as broker, broker.channel() as channel:
        queue = doorbell.app.conf.task_default_queue
        channel.queue_declare(queue=queue, durable=True, auto_delete=False)
        channel.queue_purge(queue)


def slow_samples(problems: int = PROBLEMS, seconds: float = 0.1) -> list[Record]:
    """Five programs a problem that each sleep for a moment; the number that passes differs."""
    return [
        {
            "task_id": f"Tiny/{number}",
            "completion": f"    import time\n    time.sleep({seconds} + {variant} * 0.001)\n"
            f"    return a + {number if variant <= number % 5 else -1}\n",
        }
        for number in range(problems)
        for variant in range(5)
    ]


def results(run: Run) -> tuple[object, ...]:
    """All that was measured of a run."""
    run.refresh_from_db()
    counts = run.cells.order_by("problem__position").values_list("n", "c", "judged", "verdict_counts")
    return run.status, run.figures, run.verdict_counts, run.samples, run.n_min, list(counts)


def is_done(run: Run) -> bool:
    return Run.objects.get(pk=run.pk).status == "done"


def done_cells(run: Run) -> int:
    return run.cells.filter(status="done").count()


def test_three_killed_workers_leave_the_figures_of_an_undisturbed_run(tmp_path: Path) -> None:
    log = tmp_path / "log"
    undisturbed = queued_run(tmp_path, slow_samples(), PROBLEMS)
    with worker(log):
        wait_until(lambda: is_done(undisturbed), "the undisturbed run")
    expected = results(undisturbed)

    run = queued_run(tmp_path, slow_samples(), PROBLEMS)
    with scheduler(log):
        for _ in range(3):
            before = done_cells(run)
            with worker(log) as process:
                wait_until(lambda n=before: done_cells(run) > n, "a scored cell")
                wait_until(lambda: run.cells.filter(status="running").exists(), "a cell in work")
                kill(process)
            assert not is_done(run)
        with worker(log):
            wait_until(lambda: is_done(run), "the disturbed run")
    assert results(run) == expected
    assert max(run.cells.values_list("attempts", flat=True)) > 1  # the kills did hit cells in work
    passed = sum(number % 5 + 1 for number in range(PROBLEMS))
    assert run.figures["1"]["value"] == pytest.approx(passed / 5 / PROBLEMS)


def test_a_killed_pool_process_does_not_stop_the_others(tmp_path: Path) -> None:
    log = tmp_path / "log"
    run = queued_run(tmp_path, slow_samples(4, seconds=0.01), 4)
    with scheduler(log), worker(log) as process:
        wait_until(lambda: is_done(run), "the first run")
        for child in children_of(process):  # idle, both: at the place where they wait for work
            os.kill(child, signal.SIGKILL)
        second = queued_run(tmp_path, slow_samples(4, seconds=0.01), 4)
        wait_until(lambda: is_done(second), "the run after")
    assert results(run) == results(second)


def test_a_worker_frozen_past_its_lease_writes_nothing_when_it_thaws(tmp_path: Path) -> None:
    log = tmp_path / "log"
    run = queued_run(tmp_path, slow_samples(1, seconds=0.5), 1)
    cell_id = run.cells.get().pk
    with worker(log, processes=1) as process:
        wait_until(lambda: Cell.objects.get(pk=cell_id).status == "running", "the claim")
        (child,) = children_of(process)
        freeze(child)
        over = Cell.objects.get(pk=cell_id).lease_until + timedelta(seconds=0.1)
        wait_until(lambda: timezone.now() > over, "the end of the lease", LEASE_SECONDS + 5)
        ours = cells.claim(cell_id)
        assert ours is not None
        before = Cell.objects.values().get(pk=cell_id)
        thaw(child)
        wait_until(lambda: "no longer ours" in log.read_text(), "the thawed worker's retreat")
        assert Cell.objects.values().get(pk=cell_id) == before
        cells.finish(ours, scored(ours.content), SCORER)
    assert is_done(run)


def test_a_worker_that_is_asked_to_stop_gives_its_cells_back(tmp_path: Path) -> None:
    log = tmp_path / "log"
    run = queued_run(tmp_path, slow_samples(2, seconds=1.0), 2)
    with worker(log) as process:
        wait_until(lambda: run.cells.filter(status="running").count() == 2, "both cells in work")
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=10)
    assert set(run.cells.values_list("status", "attempts", "lease_token")) == {("queued", 0, "")}


def test_a_cancelled_run_frees_its_worker(tmp_path: Path) -> None:
    log = tmp_path / "log"
    run = queued_run(tmp_path, slow_samples(2, seconds=1.5), 2)
    with worker(log, processes=1):
        wait_until(lambda: run.cells.filter(status="running").exists(), "a cell in work")
        runs.cancel(run)
        other = queued_run(tmp_path, slow_samples(2, seconds=0.01), 2)
        wait_until(lambda: is_done(other), "the next run")
    assert set(run.cells.values_list("status", "c")) == {("queued", 0)}
    assert Run.objects.get(pk=run.pk).status == "cancelled"
