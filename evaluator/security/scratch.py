"""A private folder for the files of one scan, on tmpfs where there is one."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_TMPFS = Path("/dev/shm")
_PREFIX = "passboard-scan-"
# Containers often get 64 MiB of /dev/shm, and several workers share it.
_NEEDED_BYTES = 192 << 20
# Much longer than any scan may take: what is older was left behind by a killed process.
_STALE_SECONDS = 3600.0


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A new folder that only this account can read; removed at the end whatever happens.

    Raises OSError when neither /dev/shm nor the temporary folder can be written.
    """
    parent = _parent()
    _remove_left_behind(parent)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _parent() -> Path:
    try:
        roomy = shutil.disk_usage(_TMPFS).free >= _NEEDED_BYTES
    except OSError:
        roomy = False
    if roomy and os.access(_TMPFS, os.W_OK | os.X_OK):
        return _TMPFS
    return Path(tempfile.gettempdir())


def _remove_left_behind(parent: Path) -> None:
    """A worker killed by SIGKILL can't tidy up; the next scan of this account does it."""
    oldest = time.time() - _STALE_SECONDS
    for folder in parent.glob(f"{_PREFIX}*"):
        try:
            status = folder.lstat()
        except FileNotFoundError:
            continue  # its own process has just removed it
        if status.st_uid == os.geteuid() and status.st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)
