"""How far the scoring of a run is, and whether anybody works on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from leaderboard.models import Cell, Run, WorkerBeat
from leaderboard.queries.rates import Rates
from leaderboard.verdict_words import VERDICT_WORDS

ACTIVE = (Run.Status.QUEUED, Run.Status.RUNNING)
# A worker says that it is there with every sweep and every renewal, several times within this.
_SILENT_AFTER = timedelta(seconds=settings.LEASE_SECONDS)
_rates = Rates()


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
    rate = _rates.rate(run.pk, judged, run.started_at, now)
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


def _sum(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    sums = {name: sum(row.get(name, 0) for row in counts) for name in VERDICT_WORDS}
    return {name: count for name, count in sums.items() if count}
