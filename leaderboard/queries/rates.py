"""How fast something goes on: by what this process was told of it within the last minute."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

# Too little to tell a rate from.
_LEAST_SECONDS = 1.0
_WINDOW_SECONDS = 60.0
_MOST_KEPT = 200

_Counts = deque[tuple[datetime, int]]


@dataclass(slots=True)
class Rates:
    """Counts that rise, each under a key. What stood still for a night must not look slow in the morning:
    the rate is that of the last minute, as far as it was asked for; otherwise the mean since the start.
    """

    _counts: OrderedDict[int, _Counts] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def rate(self, key: int, count: int, started: datetime | None, now: datetime) -> float | None:
        """Counts per second; None where there is too little to tell."""
        if started is None or not count:
            return None
        with self._lock:
            since, before = self._earliest(key, count, now) or (started, 0)
        seconds = (now - since).total_seconds()
        return (count - before) / seconds if seconds >= _LEAST_SECONDS else None

    def clear(self) -> None:
        """Forgets all counts."""
        with self._lock:
            self._counts.clear()

    def _earliest(self, key: int, count: int, now: datetime) -> tuple[datetime, int] | None:
        """When within the window this was asked for first, and how much there was then."""
        counts = self._counts.setdefault(key, deque())
        self._counts.move_to_end(key)
        while len(self._counts) > _MOST_KEPT:
            self._counts.popitem(last=False)
        if counts and counts[-1][1] > count:
            counts.clear()  # begun anew
        while counts and (now - counts[0][0]).total_seconds() > _WINDOW_SECONDS:
            counts.popleft()
        counts.append((now, count))
        since, before = counts[0]
        return (since, before) if (now - since).total_seconds() >= _LEAST_SECONDS else None
