"""Where the token comes from. Everybody on a machine sees its command lines: a file is better."""

from __future__ import annotations

import os
from pathlib import Path

from evaluator.errors import InputError

VARIABLE = "PASSBOARD_TOKEN"
_MOST_BYTES = 4096


def token_from(given: str | None, file: Path | None) -> str:
    """--token-file, else --token, else PASSBOARD_TOKEN. Raises InputError where there is none."""
    if file is not None:
        return _checked(_read(file), str(file))
    if given is not None:
        return _checked(given, "--token")
    if text := os.environ.get(VARIABLE, ""):
        return _checked(text, VARIABLE)
    raise InputError(
        f"No token: set {VARIABLE}, or name a file that holds it by --token-file. "
        "Tokens are made on your account's page of the site; this one needs the scopes “read” and “write”."
    )


def _read(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return opened.read(_MOST_BYTES).decode("ascii", "replace")
    except OSError as error:
        raise InputError(f"{file}: can't be read: {error.strerror or error}") from error


def _checked(text: str, where: str) -> str:
    token = text.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise InputError(f"{where}: holds no token: one word of letters, digits and signs is expected")
    return token
