"""The cell's own file tree: a read-only tmpfs with the layout's files bound into it, and one small
writable folder. Built in a mount namespace of the cell's own, so it vanishes with the cell."""

from __future__ import annotations

import os

from evaluator.sandbox import syscalls
from evaluator.sandbox.layout import DEVICES, Layout
from evaluator.sandbox.syscalls import (
    MNT_DETACH,
    MS_BIND,
    MS_NODEV,
    MS_NOEXEC,
    MS_NOSUID,
    MS_PRIVATE,
    MS_RDONLY,
    MS_REC,
    MS_REMOUNT,
)

_WORK_FOLDERS = ("/tmp", "/work-of-a-program")
_PLACES = ("/mnt", "/media", "/srv", "/boot", "/sys", "/proc")
_MAX_FILES = 256  # of one program: also bounds how deep it can nest folders
# Flags that an unprivileged remount must repeat: (statvfs flag, mount flag).
_KEPT = ((1, 1), (2, 2), (4, 4), (8, 8), (1024, 1024), (2048, 2048), (4096, 1 << 21))


def work_folder(layout: Layout) -> str:
    """Where programs may write: mounted over everything there, so no file of the layout may lie below."""
    return next(path for path in _WORK_FOLDERS if not _holds_any(path, layout))


def build(layout: Layout, file_bytes: int, owner: int) -> str:
    """Mount the tree; its path. `owner`: the uid and gid that may write in the work folder."""
    syscalls.mount("none", "/", "", MS_REC | MS_PRIVATE)
    place = _free_place(layout)
    syscalls.mount("tmpfs", place, "tmpfs", MS_NOSUID, "size=4m,mode=755")
    for path in layout.readable:
        _bind(path, place, MS_RDONLY | MS_NOSUID | MS_NODEV)
    for path in layout.hidden:
        syscalls.mount("tmpfs", place + path, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, "size=4k")
    for path, target in layout.links:
        if not os.path.lexists(place + path):
            os.makedirs(os.path.dirname(place + path), exist_ok=True)
            os.symlink(target, place + path)
    for device in DEVICES:
        _bind(device, place, MS_NOSUID | MS_NOEXEC)
    work = place + work_folder(layout)
    os.makedirs(work)
    options = f"size={file_bytes},nr_inodes={_MAX_FILES},mode=700,uid={owner},gid={owner}"
    syscalls.mount("tmpfs", work, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options)
    syscalls.mount("none", place, "", MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID)
    return place


def enter(place: str, work: str) -> None:
    """Make the tree the only one that this process can see, and `work` its current folder."""
    os.chdir(place)
    syscalls.pivot_root(".", ".")
    syscalls.unmount(".", MNT_DETACH)
    os.chdir(work)


def _bind(source: str, place: str, flags: int) -> None:
    target = place + source
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_RDONLY | os.O_CLOEXEC))
    syscalls.mount(source, target, "", MS_BIND)
    existing = os.statvfs(target).f_flag
    kept = sum(mount_flag for stat_flag, mount_flag in _KEPT if existing & stat_flag)
    syscalls.mount("none", target, "", MS_REMOUNT | MS_BIND | flags | kept)


def _free_place(layout: Layout) -> str:
    """An existing folder to mount over, outside of everything that is bound."""
    for place in _PLACES:
        if os.path.isdir(place) and not _holds_any(place, layout):
            return place
    raise OSError(f"none of the folders {', '.join(_PLACES)} is free to mount on")


def _holds_any(folder: str, layout: Layout) -> bool:
    return any(path.startswith(f"{folder}/") for path in layout.readable)
