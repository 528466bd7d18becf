"""Empties a folder that a hostile program has filled: nested deeper than any path or stack, closed to
everyone, millions of entries. Used inside the cell between programs, and outside on a dead cell's folder."""

from __future__ import annotations

import os
import stat
from typing import NamedTuple

_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_Identity = tuple[int, int]


class _Level(NamedTuple):
    """A folder that is being emptied: who it is, its name in its parent, and its folders still to do."""

    identity: _Identity
    name: str
    folders: list[str]


class Folder:
    """A folder that is empty now, and that programs write in one after the other.

    A tmpfs counts the entries of a folder in its size, so that one look tells whether any is left; other
    file systems don't, and programs can set times back.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._untouched: tuple[int, ...] | None = self._look()
        if not self._counts_entries():
            self._untouched = None

    def empty(self) -> None:
        """Remove what was left in it, see `empty`."""
        if self._untouched is None or self._look() != self._untouched:
            empty(self._path)

    def _counts_entries(self) -> bool:
        probe = os.path.join(self._path, "probe")
        sizes = [self._look()]
        for _ in range(2):  # one entry alone may fit in what an empty folder takes
            probe += "-"
            os.close(os.open(probe, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            sizes.append(self._look())
        empty(self._path)
        return len(set(sizes)) == len(sizes) and self._look() == sizes[0]

    def _look(self) -> tuple[int, ...]:
        status = os.stat(self._path)
        return (status.st_dev, status.st_ino, status.st_mode, status.st_nlink, status.st_size)


def empty(folder: str) -> None:
    """Remove everything in `folder`, and open it to its owner again. No program may run in it any more.

    Holds one or two file descriptors at a time and never recurses. Raises OSError.
    """
    os.chmod(folder, stat.S_IRWXU)
    here = os.open(folder, _OPEN)
    try:
        levels = [_enter(here, "")]
        while levels[0].folders or len(levels) > 1:
            if levels[-1].folders:
                name = levels[-1].folders.pop()
                here = _replaced(here, _opened(here, name))
                levels.append(_enter(here, name))
            else:
                done = levels.pop()
                here = _replaced(here, os.open("..", _OPEN, dir_fd=here))
                if _identity(here) != levels[-1].identity:
                    raise OSError(f"a folder was moved while {folder} was emptied")
                os.rmdir(done.name, dir_fd=here)
    finally:
        os.close(here)


def _opened(here: int, name: str) -> int:
    os.chmod(name, stat.S_IRWXU, dir_fd=here)  # a program may have closed its own folder to itself
    return os.open(name, _OPEN, dir_fd=here)


def _replaced(old: int, new: int) -> int:
    os.close(old)
    return new


def _enter(here: int, name: str) -> _Level:
    """Remove all but the folders of an open folder."""
    folders = []
    with os.scandir(here) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
            else:
                os.unlink(entry.name, dir_fd=here)
    return _Level(_identity(here), name, folders)


def _identity(here: int) -> _Identity:
    status = os.fstat(here)
    return status.st_dev, status.st_ino
