"""How far the scoring of a run is, and whether anybody works on it."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from django.conf import settings
from django.utils import timezone

from leaderboard.models import Cell, Run, WorkerBeat
from leaderboard.verdict_words import VERDICT_WORDS

ACTIVE = (Run.Status.QUEUED, Run.Status.RUNNING)
# A worker says that it is there with every sweep and every renewal, several times within this.
_SILENT_AFTER = timedelta(seconds=settings.LEASE_SECONDS)
# Too little to tell a rate from.
_RATE_AFTER_SECONDS = 1.0
# The rate is that of the last minute, as far as this process was asked: a run that stood still for a night
# must not look slow in the morning. Otherwise it is the mean since the start.
_WINDOW_SECONDS = 60.0
_MOST_WINDOWS = 200
_windows: OrderedDict[int, deque[tuple[datetime, int]]] = OrderedDict()
_windows_lock = Lock()


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of samples. `rate` is samples per second, `seconds_left` follows from it; None: unknown.

    `pass_at_1` is the mean of c / n over the problems scored so far: provisional, other problems differ.
    """

    judged: int
    samples: int
    problems_done: int
    problems: int
    verdicts: Mapping[str, int]
    pass_at_1: float | None
    rate: float | None
    seconds_left: float | None
    worker_seen: bool

    @property
    def share(self) -> float:
        return self.judged / self.samples if self.samples else 0.0


def is_active(run: Run) -> bool:
    """Whether the run waits for a worker or is being scored."""
    return run.status in ACTIVE


def progress_of(run: Run, now: datetime | None = None) -> Progress:
    """Two queries, no blob. Samples of a cell in work are counted by its share of judged programs."""
    now = now or timezone.now()
    cells = list(run.cells.values_list("status", "n", "c", "programs", "judged", "verdict_counts"))
    done = [cell for cell in cells if cell[0] == Cell.Status.DONE]
    # What we failed to judge is out of n, but it was looked at.
    judged = sum(sum(counts.values()) for *_, counts in done) + sum(
        n * min(judged, programs) // max(programs, 1)
        for status, n, _, programs, judged, _ in cells
        if status == Cell.Status.RUNNING
    )
    rate = _rate(run, judged, now)
    left = run.samples - judged
    rates = [c / n for _, n, c, *_ in done if n]
    return Progress(
        judged=judged,
        samples=run.samples,
        problems_done=len(done),
        problems=len(cells),
        verdicts=_sum([counts for *_, counts in done]),
        pass_at_1=sum(rates) / len(rates) if rates else None,
        rate=rate,
        seconds_left=left / rate if rate else None,
        worker_seen=worker_seen(now),
    )


def worker_seen(now: datetime | None = None) -> bool:
    """Whether any worker said lately that it is there, busy or idle."""
    return WorkerBeat.objects.filter(seen_at__gt=(now or timezone.now()) - _SILENT_AFTER).exists()


def _rate(run: Run, judged: int, now: datetime) -> float | None:
    if run.started_at is None or not judged:
        return None
    with _windows_lock:
        since, before = _window_start(run, judged, now) or (run.started_at, 0)
    seconds = (now - since).total_seconds()
    return (judged - before) / seconds if seconds >= _RATE_AFTER_SECONDS else None


def _window_start(run: Run, judged: int, now: datetime) -> tuple[datetime, int] | None:
    """When within the window this run was asked for first, and how much was judged then."""
    window = _windows.setdefault(run.pk, deque())
    _windows.move_to_end(run.pk)
    while len(_windows) > _MOST_WINDOWS:
        _windows.popitem(last=False)
    if window and window[-1][1] > judged:
        window.clear()  # scored anew
    while window and (now - window[0][0]).total_seconds() > _WINDOW_SECONDS:
        window.popleft()
    window.append((now, judged))
    since, before = window[0]
    return (since, before) if (now - since).total_seconds() >= _RATE_AFTER_SECONDS else None


def _sum(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    sums = {name: sum(row.get(name, 0) for row in counts) for name in VERDICT_WORDS}
    return {name: count for name, count in sums.items() if count}
