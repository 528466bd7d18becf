"""The tasks of the workers. Each is an interface: fetch, call, stop."""

from __future__ import annotations

from celery.signals import worker_process_shutdown, worker_ready
from django.db import connection

from leaderboard.celery import RECHECK_RUN, RESCAN_RUN, SCORE_CELL, SWEEP, app
from leaderboard.services import doorbell, heartbeat, recheck, rescan, scoring, uploads
from leaderboard.services.warm_evaluator import drop_evaluator
from leaderboard.stopping import stop_in_order


@app.task(name=SCORE_CELL)
def score_cell(cell_id: int) -> None:
    """Scores a cell if it is still due."""
    stop_in_order()
    scoring.score(cell_id)


@app.task(name=RECHECK_RUN)
def recheck_run(run_id: int) -> None:
    """Judges a share of a scored run once more, if that is still due."""
    stop_in_order()
    recheck.recheck(run_id)


@app.task(name=RESCAN_RUN)
def rescan_run(run_id: int) -> None:
    """Scans a run again whose findings are of other rules, if that is still due."""
    stop_in_order()
    rescan.rescan(run_id)


@app.task(name=SWEEP)
def sweep() -> None:
    """Rings for cells, checks and scans that are due and that nobody does, and takes old uploads away."""
    heartbeat.beat()
    doorbell.ring_due()
    doorbell.ring_rechecks_due()
    doorbell.ring_rescans_due()
    uploads.sweep()


@worker_ready.connect
def _look_for_work(**_: object) -> None:
    # A worker that comes back after a stop doesn't wait for the next sweep.
    heartbeat.beat()
    connection.close()  # the main process has no further use for it, and its children must not inherit it
    sweep.apply_async(expires=60)


@worker_process_shutdown.connect
def _close_evaluator(**_: object) -> None:
    drop_evaluator()
