"""Which scanner found something: findings are comparable only where this is equal."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib import metadata
from pathlib import Path

_DIGITS = 12


@lru_cache(maxsize=1)
def rules_version() -> str:
    """12 hex digits over the scanner's own source files and ruff's version; another one: scan again.

    Rules are data and code at once, so the files themselves are what a version number could forget.
    """
    digest = hashlib.sha256(metadata.version("ruff").encode())
    folder = Path(__file__).parent
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:_DIGITS]
