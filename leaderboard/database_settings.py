"""How the site uses its database, from one address: sqlite:///path or postgres://user:password@host/name."""

from __future__ import annotations

from typing import Any

import dj_database_url

# IMMEDIATE: a deferred transaction that turns into a writer fails at once when another one writes.
_SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32768; "
    "PRAGMA secure_delete=ON;",
}


def database_settings(url: str, idle_seconds: float) -> dict[str, Any]:
    """Django's settings for this database.

    PostgreSQL ends a transaction whose process is silent for `idle_seconds` (0: never), so that one that is
    frozen or cut off frees the rows that others wait for; they wait for twice as long before they fail.
    What the address itself says in `?options=` goes before. SQLite has nothing like it.
    """
    found: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    if found["ENGINE"].endswith("sqlite3"):
        found["OPTIONS"] = dict(_SQLITE)
    elif found["ENGINE"].endswith("postgresql") and idle_seconds:
        options = found.setdefault("OPTIONS", {})
        options["options"] = f"{_patience(idle_seconds)} {options.get('options', '')}".strip()
    return found


def _patience(idle_seconds: float) -> str:
    idle = max(1, round(idle_seconds * 1000))
    return f"-c idle_in_transaction_session_timeout={idle} -c lock_timeout={2 * idle}"
