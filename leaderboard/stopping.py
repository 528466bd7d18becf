"""How a pool process of Celery stops: its work is given back first."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from billiard import current_process


def stop_in_order() -> None:
    """From now on only the first SIGTERM counts: it raises SystemExit, and what cleans up is left alone.

    Celery sends it twice within a moment. The pool's own handler leaves in order at the first, and lets
    the second end the process on the spot. Does nothing outside of a pool process.
    """
    leave = signal.getsignal(signal.SIGTERM)
    if current_process().name == "MainProcess" or not callable(leave) or isinstance(leave, _LeaveOnce):
        return
    signal.signal(signal.SIGTERM, _LeaveOnce(leave))


@contextmanager
def stop_held_back() -> Iterator[None]:
    """A SIGTERM that comes meanwhile counts at the end of this block."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _LeaveOnce:
    def __init__(self, leave: signal._HANDLER) -> None:
        self._leave = leave

    def __call__(self, signum: int, frame: FrameType | None) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signum})
        if callable(self._leave):
            self._leave(signum, frame)
