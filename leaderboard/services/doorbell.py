"""Tells the workers that there is work. The database is the truth: a ring that is lost costs only time."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from kombu.exceptions import ChannelError, OperationalError

from leaderboard.celery import RECHECK_RUN, RESCAN_RUN, SCORE_CELL, app
from leaderboard.models import Run
from leaderboard.services.due import rechecks_due, unscanned, waiting_cells

log = logging.getLogger(__name__)

# The sweep rings only into a (nearly) empty queue: what waits there will look after itself.
QUIET_MESSAGES = 8
RINGS_PER_SWEEP = 500
_NOT_FOUND = "404"


def ring(cell_ids: Iterable[int]) -> bool:
    """Asks the workers to score these cells, in this order. False if the broker couldn't be told.

    Never raises for a broker that is down: the sweep rings again.
    """
    return send(SCORE_CELL, cell_ids)


def ring_recheck(run_ids: Iterable[int]) -> bool:
    """Asks the workers for the re-run check of these runs. See `ring`."""
    return send(RECHECK_RUN, run_ids)


def ring_due() -> int:
    """Rings for the oldest cells that are due, unless messages wait already. Returns how many rings.

    Duplicates do no harm (a cell is claimed once), and are few: only a nearly empty queue is rung into.
    """
    cells = waiting_cells(timezone.now())
    if not cells.exists() or waiting() > QUIET_MESSAGES:
        return 0
    cell_ids = list(cells.order_by("pk").values_list("pk", flat=True)[:RINGS_PER_SWEEP])
    return len(cell_ids) if ring(cell_ids) else 0


def ring_rechecks_due() -> int:
    """Rings for the re-run checks that are due, once no cell waits any more. Returns how many rings."""
    now = timezone.now()
    return _ring_quietly(RECHECK_RUN, rechecks_due(now).order_by("recheck_at"), now)


def ring_rescans_due() -> int:
    """Rings for the runs that other rules have scanned, once no cell waits any more. Returns how many."""
    now = timezone.now()
    return _ring_quietly(RESCAN_RUN, unscanned(Run.objects.all(), now).order_by("pk"), now)


def waiting(queue: str = app.conf.task_default_queue) -> int:
    """Messages in a queue that no worker has fetched yet; 0 where the broker has no such queue yet."""
    try:
        with app.connection_for_read() as connection, connection.channel() as channel:
            return int(channel.queue_declare(queue=queue, passive=True).message_count)
    except ChannelError as error:
        if str(error.reply_code) == _NOT_FOUND:  # Redis and RabbitMQ forget, or never knew, an empty queue
            return 0
        raise


def _ring_quietly(task: str, runs: QuerySet[Run], now: datetime) -> int:
    run_ids = list(runs.values_list("pk", flat=True)[:RINGS_PER_SWEEP])
    if not run_ids or waiting_cells(now).exists() or waiting() > QUIET_MESSAGES:
        return 0
    return len(run_ids) if send(task, run_ids) else 0


def send(task: str, ids: Iterable[int]) -> bool:
    """Sends a message of this task for each id. False if the broker couldn't be told; it doesn't raise."""
    try:
        with app.connection_for_write() as connection:
            # Asked for first, and once: publishing would retry for long where nobody listens.
            connection.ensure_connection(max_retries=1, timeout=3)
            with app.amqp.Producer(connection) as producer:
                for each in ids:
                    app.send_task(task, args=[each], producer=producer, retry=False)
    except (OperationalError, ChannelError, OSError) as error:
        log.warning("The broker could not be told of new work (%s); the next sweep will.", error)
        return False
    return True
