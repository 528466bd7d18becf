"""Runs that other rules have scanned are scanned again by workers, when nothing else waits."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluator.security.version import rules_version
from leaderboard.models import Run
from leaderboard.services import doorbell, rescan
from leaderboard.tasks import rescan_run
from tests.factories import queued_run, sample, score_by_hand

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("empty_queue")
def test_the_sweep_rings_for_outdated_runs_once_no_cell_waits(tmp_path: Path) -> None:
    run = score_by_hand(queued_run(tmp_path, [sample(0, 0, right=True)]))
    waits = queued_run(tmp_path, [sample(0, 0, right=True)], model="Model B")
    assert doorbell.ring_rescans_due() == 0
    waits.delete()
    with doorbell.app.connection_for_write() as broker, broker.channel() as channel:
        channel.queue_purge(doorbell.app.conf.task_default_queue)
    assert doorbell.ring_rescans_due() == 1
    assert rescan._claim(run.pk) is not None
    assert doorbell.ring_rescans_due() == 0  # somebody has it
    Run.objects.update(rescan_until=None)
    rescan_run(run.pk)
    assert Run.objects.get().rules_version == rules_version()
    assert doorbell.ring_rescans_due() == 0
