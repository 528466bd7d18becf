"""Whether a program sleeps: CPU time tells, whatever it is that it waits for."""

from __future__ import annotations

_SHARE = 0.1  # of a core: below it, a program waits rather than works


class Idleness:
    """Since when a program has used next to no CPU time."""

    def __init__(self, now: float) -> None:
        self.since = now
        self._used = 0.0  # CPU seconds at that moment

    def seconds(self, now: float, used: float) -> float:
        """For how long, as of `now`; `used`: its CPU seconds so far."""
        if used - self._used > _SHARE * (now - self.since):
            self.since, self._used = now, used
        return now - self.since
