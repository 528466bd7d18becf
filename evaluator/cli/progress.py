"""A progress bar on a terminal, and silence elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType

_WIDTH = 30
_REDRAW_SECONDS = 0.1


class ProgressBar:
    """`update(done, total)` redraws at most ten times a second; leaving the block clears the line."""

    def __init__(self, unit: str) -> None:
        self.unit = unit
        self.started = time.monotonic()
        self.drawn = 0.0
        self.active = sys.stderr.isatty()

    def update(self, done: int, total: int) -> None:
        now = time.monotonic()
        if not self.active or (now - self.drawn < _REDRAW_SECONDS and done < total):
            return
        self.drawn = now
        share = done / total if total else 1.0
        rate = done / max(now - self.started, 1e-9)
        left = (total - done) / rate if rate else 0.0
        bar = ("█" * round(share * _WIDTH)).ljust(_WIDTH, "░")
        text = f"\r{bar} {done:,}/{total:,} {self.unit}  {rate:,.0f}/s  {_clock(left)} left\x1b[K"
        print(text, end="", file=sys.stderr, flush=True)

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.active:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
