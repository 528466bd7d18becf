"""Where the files of uploads lie, how large they may be, and what a full disk is called."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from leaderboard.errors import StorageFull, TooLarge
from leaderboard.visible import visible

_NAME_CHARACTERS = 255


def folder() -> Path:
    """settings.DATA_DIR/uploads, made where it is missing."""
    path: Path = settings.DATA_DIR / "uploads"
    path.mkdir(parents=True, exist_ok=True)
    return path


def plain_name(name: str | None) -> str:
    """The uploader's name for the file: without folders, fit to be shown, and short enough to be stored."""
    word = Path((name or "").replace("\0", "")).name
    return visible(" ".join(word.split()))[-_NAME_CHARACTERS:] or "samples.jsonl"


def check_size(size: int, file_name: str) -> None:
    """Raises TooLarge above settings.MAX_UPLOAD_BYTES."""
    if size > settings.MAX_UPLOAD_BYTES:
        raise TooLarge(
            f"{file_name}: larger than {settings.MAX_UPLOAD_BYTES >> 20} MB, the limit of this "
            "site (MAX_UPLOAD_MB). Send it gzipped, or in parts."
        )


@contextmanager
def full_disk_told() -> Iterator[None]:
    """Raises StorageFull where the disk, or this user's share of it, has no room."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull from error
        raise
