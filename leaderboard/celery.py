"""The Celery application: `celery -A leaderboard worker`, `celery -A leaderboard beat`.

The broker is only a doorbell (`services.doorbell`): messages carry an id, the database knows the rest.
So messages are acknowledged early, results are not kept, and losing one costs a sweep and nothing else.
"""

from __future__ import annotations

import os
import warnings

from celery import Celery
from celery.platforms import SecurityWarning
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leaderboard.settings")
TRANSPORT_ALIASES["sqlite-queue"] = "leaderboard.sqlite_queue:Transport"

from django.conf import settings  # noqa: E402  (needs the variable above)

# Celery warns of root because of pickled messages. Ours are JSON, and programs run in the sandbox.
warnings.filterwarnings("ignore", category=SecurityWarning)

SCORE_CELL = "leaderboard.tasks.score_cell"
RECHECK_RUN = "leaderboard.tasks.recheck_run"
RESCAN_RUN = "leaderboard.tasks.rescan_run"
SWEEP = "leaderboard.tasks.sweep"
DRAW_SAMPLES = "leaderboard.tasks.draw_samples"
TRY_SAMPLING = "leaderboard.tasks.try_sampling"
SWEEP_SAMPLINGS = "leaderboard.tasks.sweep_samplings"
# Of workers of their own: they wait for model servers, and scoring must not wait for them.
SAMPLING_QUEUE = "sampling"
# A broker that doesn't answer must not hold up the page that rings it.
_CONNECT_SECONDS = 3

app = Celery("leaderboard")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_connection_timeout=_CONNECT_SECONDS,
    broker_connection_retry_on_startup=True,
    broker_transport_options=(
        {"socket_connect_timeout": _CONNECT_SECONDS} if settings.CELERY_BROKER_URL.startswith("redis") else {}
    ),
    include=["leaderboard.tasks"],
    task_default_queue="passboard",
    task_routes={task: {"queue": SAMPLING_QUEUE} for task in (DRAW_SAMPLES, TRY_SAMPLING, SWEEP_SAMPLINGS)},
    task_serializer="json",
    accept_content=["json"],
    task_acks_late=False,
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    worker_hijack_root_logger=False,
    timezone="UTC",
    beat_schedule_filename=str(settings.DATA_DIR / "beat-schedule"),
    beat_schedule={
        "sweep": {
            "task": SWEEP,
            "schedule": settings.SWEEP_SECONDS,
            # With no worker there, sweeps must not pile up.
            "options": {"expires": settings.SWEEP_SECONDS},
        },
        "sweep-samplings": {
            "task": SWEEP_SAMPLINGS,
            "schedule": settings.SWEEP_SECONDS,
            "options": {"expires": settings.SWEEP_SECONDS},
        },
    },
)
