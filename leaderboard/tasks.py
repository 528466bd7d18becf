"""The tasks of the workers. Each is an interface: fetch, call, stop."""

from __future__ import annotations

from celery.signals import worker_process_shutdown, worker_ready, worker_shutting_down
from django.db import connection

from leaderboard.celery import (
    DRAW_SAMPLES,
    RECHECK_RUN,
    RESCAN_RUN,
    SAMPLING_QUEUE,
    SCORE_CELL,
    SWEEP,
    SWEEP_SAMPLINGS,
    TRY_SAMPLING,
    app,
)
from leaderboard.services import (
    accounts,
    doorbell,
    heartbeat,
    recheck,
    rescan,
    sampler_beat,
    sampling,
    sampling_bell,
    sampling_drawing,
    sampling_dry_run,
    sampling_state,
    scoring,
    tokens,
    uploads,
)
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
    """Rings for cells, checks and scans that are due and that nobody does, and takes away what is old."""
    heartbeat.beat()
    doorbell.ring_due()
    doorbell.ring_rechecks_due()
    doorbell.ring_rescans_due()
    uploads.sweep()
    accounts.sweep()
    tokens.sweep()


@app.task(name=DRAW_SAMPLES)
def draw_samples(sampling_id: int) -> None:
    """Draws the samples of one problem of a sampling, if any is due."""
    sampling_drawing.draw_next(sampling_id)


@app.task(name=TRY_SAMPLING)
def try_sampling(sampling_id: int) -> None:
    """Does the dry run of a sampling, if it is due."""
    sampling_dry_run.try_out(sampling_id)


@app.task(name=SWEEP_SAMPLINGS)
def sweep_samplings() -> None:
    """Rings for samplings that are due and that nobody draws for, and takes forgotten ones away."""
    sampler_beat.beat()
    sampling_bell.ring_due()
    sampling_state.end_forgotten()
    sampling_state.forget_keys()
    sampling.sweep()


@worker_ready.connect
def _look_for_work(**_: object) -> None:
    # A worker that comes back after a stop doesn't wait for the next sweep.
    queues = set(app.amqp.queues.consume_from)
    if app.conf.task_default_queue in queues:
        heartbeat.beat()
        sweep.apply_async(expires=60)
    if SAMPLING_QUEUE in queues:
        sampler_beat.beat()
        sweep_samplings.apply_async(expires=60)
    connection.close()  # the main process has no further use for it, and its children must not inherit it


@worker_shutting_down.connect
def _give_draws_back(**_: object) -> None:
    sampling_drawing.end_soon()


@worker_process_shutdown.connect
def _close_evaluator(**_: object) -> None:
    drop_evaluator()
