"""What is kept between requests, under keys that change with whatever it was made of.

Nothing here is ever out of date, so nothing needs to be thrown away: an entry whose key nobody comes to any
more is pushed out by newer ones, or by its age.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TypeVar, cast

from django.conf import settings
from django.core.cache import cache as kept
from redis.exceptions import RedisError

Made = TypeVar("Made")

_SECONDS = 7 * 24 * 3600
_CODE = ("leaderboard", "evaluator", "templates", "static")
_MISSING = object()


def remembered(what: str, parts: tuple[object, ...], make: Callable[[], Made]) -> Made:
    """What was made of these parts before, else what `make` makes of them now.

    `parts` must hold everything that the result depends on but the code, above all the `board_key`. A cache
    server that does not answer costs time, nothing else.
    """
    key = f"{what}:{digest(code_version(), *parts)}"
    with suppress(RedisError):
        found = kept.get(key, _MISSING)
        if found is not _MISSING:
            return cast(Made, found)
    made = make()
    with suppress(RedisError):
        kept.set(key, made, _SECONDS)
    return made


def digest(*parts: object) -> str:
    return sha256(repr(parts).encode()).hexdigest()[:40]


def code_version() -> str:
    """Of the code, templates and static files of this process: other ones make other pages.

    Looked for once; with DEBUG every time, as a template that is being written changes without a restart.
    """
    return _version_now() if settings.DEBUG else _version_at_start()


@cache
def _version_at_start() -> str:
    return _version_now()


def _version_now() -> str:
    found = sha256()
    for folder in _CODE:
        for path in sorted(Path(settings.BASE_DIR, folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                state = path.stat()
                found.update(f"{path.name} {state.st_mtime_ns} {state.st_size}\n".encode())
    return found.hexdigest()
