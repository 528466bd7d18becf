"""How many sample files a process reads at once. Reading one of hundreds of megabytes takes a core for a
minute, and hundreds of megabytes of memory; the web server's other threads have pages to answer meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from leaderboard.errors import SiteBusy

SLOTS = 2  # of the web server's four threads
_WAIT_SECONDS = 5.0  # most files are read in less; who waits holds a thread, too
_free = BoundedSemaphore(SLOTS)


@contextmanager
def reading_slot(wait_seconds: float = _WAIT_SECONDS) -> Iterator[None]:
    """Read a file in here. Raises SiteBusy where SLOTS others are read, and none ends in `wait_seconds`."""
    if not _free.acquire(timeout=wait_seconds):
        raise SiteBusy
    try:
        yield
    finally:
        _free.release()
