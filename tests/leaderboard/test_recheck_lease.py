"""The re-run check when things break, stop or get lost, and how workers hear of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from evaluator.errors import CellBroken, SandboxUnavailable
from leaderboard.models import Run
from leaderboard.services import cells, doorbell, recheck
from leaderboard.services.recheck import MAX_ATTEMPTS
from tests.factories import queued_run, sample
from tests.leaderboard.recheck_data import fields, scored_run
from tests.leaderboard.workers import scheduler, wait_until, worker

pytestmark = pytest.mark.django_db


class TestBreaking:
    """The evaluator's beginning is replaced by what can befall it."""

    def break_with(self, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
        def breaks(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(recheck, "Evaluator", breaks)

    def make_due(self, run: Run) -> None:
        Run.objects.filter(pk=run.pk).update(recheck_at=timezone.now() - timedelta(seconds=1))

    def test_a_check_that_keeps_breaking_is_given_up(
        self, tmp_path: Path, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = scored_run(tmp_path)
        self.break_with(monkeypatch, CellBroken("gone"))
        for attempt in range(1, MAX_ATTEMPTS + 1):
            recheck.recheck(run.pk)
            found, due, attempts = fields(run)
            assert (found, attempts) == ({}, attempt)
            assert due > timezone.now()  # not at once again
            self.make_due(run)
        recheck.recheck(run.pk)
        assert fields(run)[1] is None
        assert "given up" in client.get(f"/runs/{run.pk}/").content.decode()

    def test_a_mistake_of_ours_is_loud_and_counts(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = scored_run(tmp_path)
        self.break_with(monkeypatch, ZeroDivisionError())
        with pytest.raises(ZeroDivisionError):
            recheck.recheck(run.pk)
        assert fields(run)[2] == 1

    def test_a_machine_without_isolation_counts_no_attempt(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = scored_run(tmp_path)
        self.break_with(monkeypatch, SandboxUnavailable("no isolation here"))
        with pytest.raises(SandboxUnavailable):
            recheck.recheck(run.pk)
        _, due, attempts = fields(run)
        assert attempts == 0
        assert due > timezone.now()

    def test_a_worker_that_stops_gives_it_back(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        run = scored_run(tmp_path)
        self.break_with(monkeypatch, SystemExit(0))
        with pytest.raises(SystemExit):
            recheck.recheck(run.pk)
        _, due, attempts = fields(run)
        assert attempts == 0
        assert due <= timezone.now()

    def test_a_check_that_somebody_holds_is_left_alone(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = scored_run(tmp_path)
        held = recheck._claim(run.pk)
        assert held is not None
        self.break_with(monkeypatch, AssertionError("taken twice"))
        recheck.recheck(run.pk)
        assert fields(run) == ({}, held.until, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_queue")
class TestRinging:
    def test_the_last_cell_rings_and_the_sweep_where_that_was_lost(self, tmp_path: Path) -> None:
        run = scored_run(tmp_path)
        assert doorbell.waiting() == 3  # two cells, then the check
        with doorbell.app.connection_for_write() as broker, broker.channel() as channel:
            channel.queue_purge(doorbell.app.conf.task_default_queue)
        assert doorbell.ring_rechecks_due() == 1
        assert recheck._claim(run.pk) is not None
        assert doorbell.ring_rechecks_due() == 0

    def test_the_sweep_rings_for_cells_first(self, tmp_path: Path) -> None:
        scored_run(tmp_path)
        waits = queued_run(tmp_path, [sample(0, 0, right=True)], model="Model B")
        assert doorbell.ring_rechecks_due() == 0
        assert cells.claim(waits.cells.get().pk) is not None
        assert doorbell.ring_rechecks_due() == 1

    @pytest.mark.sandbox
    def test_a_real_worker_scores_and_then_checks(self, tmp_path: Path) -> None:
        log = tmp_path / "log"
        drawn = [sample(number, variant, right=not variant) for number in range(2) for variant in range(3)]
        run = queued_run(tmp_path, drawn)
        with scheduler(log), worker(log):
            wait_until(lambda: bool(fields(run)[0]), "the check")
        assert (run.status, run.recheck["programs"], run.recheck["flips"]) == ("done", 6, 0)
