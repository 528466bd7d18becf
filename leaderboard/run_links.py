"""Addresses of runs. That of an unlisted run holds a secret: /runs/12-KEY/ opens it, /runs/12/ does not.

Whoever came by the key gets it back in every link to that run for the length of one request, so it travels
to the run's sub-pages, files and comparisons without any page having to think of it. The keys that a
request holds are told to `queries.visibility`, which alone decides what they open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from leaderboard.middleware import current_request
from leaderboard.models import Run

_KEY = "[A-Za-z0-9_-]{22}"  # 128 random bits
_WORD = re.compile(rf"([0-9]{{1,18}})(?:-({_KEY}))?")
_HELD = "held_run_keys"


class RunConverter:
    """`<run:pk>` in urls.py. The view gets the run's number; its key is held for this request."""

    regex = rf"[0-9]{{1,18}}(?:-{_KEY})?"

    def to_python(self, value: str) -> int:
        pk = run_number(value)
        if pk is None:
            raise ValueError(value)
        return pk

    def to_url(self, value: object) -> str:
        return run_word(int(str(value)))


def run_number(word: str) -> int | None:
    """The run that an address names as "12" or "12-KEY"; None for anything else. Holds the key."""
    found = _WORD.fullmatch(word)
    if found is None:
        return None
    pk = int(found[1])
    if found[2]:
        _keys()[pk] = found[2]
    return pk


def run_word(pk: int) -> str:
    """How this request's links name the run: with its key where that is held."""
    key = _keys().get(pk)
    return f"{pk}-{key}" if key else str(pk)


def held_keys() -> Mapping[int, str]:
    """The keys that this request's address has shown, by run. They may be wrong."""
    return _keys()


def settle(run: Run) -> None:
    """The reader sees the run: links to it get its key from now on if it needs one, else none."""
    if run.visibility == Run.Visibility.UNLISTED:
        _keys()[run.pk] = run.link_key
    else:
        _keys().pop(run.pk, None)


def _keys() -> dict[int, str]:
    request = current_request()
    if request is None:
        return {}
    held: dict[int, str] | None = getattr(request, _HELD, None)
    if held is None:
        held = {}
        setattr(request, _HELD, held)
    return held
