"""Gives every board a new key whenever anything on it changes, by triggers in the database.

What is kept of a board is kept under `Benchmark.board_key`. Triggers see every write, whoever makes it: a
service, the administration, SQL typed by hand. So nobody has to remember to raise a number, and no board
that is out of date can be shown. Keys are random, not counted up: a database that was restored from a
backup never comes to a key that something else was kept under.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps as global_apps
from django.apps.registry import Apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

# Written while a run is checked or scanned again, every few seconds: no board shows it.
_NOT_SHOWN = {"recheck", "recheck_at", "recheck_attempts", "rescan_until", "link_key"}
_SQLITE_RANDOM = "lower(hex(randomblob(16)))"
_POSTGRES_RANDOM = "md5(random()::text || clock_timestamp()::text || random()::text)"


def install(using: str = "default", apps: Apps = global_apps, **_: object) -> None:
    """Makes the triggers anew, for the columns that there are, and new keys: who migrates may have changed
    anything. `apps`: the tables as they are; before the key came to them there is nothing to install.
    """
    connection = connections[using]
    columns = _Columns(apps)
    if not columns.known:
        return
    statements = _postgres(columns) if connection.vendor == "postgresql" else _sqlite(columns)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        cursor.execute(f"UPDATE leaderboard_benchmark SET board_key = {_random(connection)}")


def remove(using: str = "default", **_: object) -> None:
    """Takes the triggers away: SQLite renames no table that the trigger of another one names."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for name, table in _NAMES.items():
            place = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{place}")


_RUN, _MODEL, _BENCHMARK = "leaderboard_run", "leaderboard_model", "leaderboard_benchmark"
_MEMBERSHIP, _ORGANISATION = "leaderboard_membership", "leaderboard_organisation"
_NAMES = {
    "board_key_run_insert": _RUN,
    "board_key_run_delete": _RUN,
    "board_key_run_update": _RUN,
    "board_key_model_update": _MODEL,
    "board_key_benchmark_insert": _BENCHMARK,
    "board_key_benchmark_update": _BENCHMARK,
    # Who joins or leaves an organisation sees other runs from then on.
    "board_key_membership_insert": _MEMBERSHIP,
    "board_key_membership_update": _MEMBERSHIP,
    "board_key_membership_delete": _MEMBERSHIP,
    # Its name stands beside its runs. When it is deleted, its runs are written.
    "board_key_organisation_update": _ORGANISATION,
}
_OF_MODEL = f"SELECT benchmark_id FROM {_RUN} WHERE model_id = NEW.id"
_OF_ORGANISATION = f"SELECT benchmark_id FROM {_RUN} WHERE organisation_id ="


def _sqlite(columns: _Columns) -> Iterator[str]:
    change = f"UPDATE {_BENCHMARK} SET board_key = {_SQLITE_RANDOM} WHERE id IN"
    events = {
        "board_key_run_insert": f"INSERT ON {_RUN} BEGIN {change} (NEW.benchmark_id)",
        "board_key_run_delete": f"DELETE ON {_RUN} BEGIN {change} (OLD.benchmark_id)",
        "board_key_run_update": f"UPDATE OF {columns.run} ON {_RUN}"
        f" BEGIN {change} (OLD.benchmark_id, NEW.benchmark_id)",
        "board_key_model_update": f"UPDATE ON {_MODEL} BEGIN {change} ({_OF_MODEL})",
        "board_key_benchmark_insert": f"INSERT ON {_BENCHMARK} BEGIN {change} (NEW.id)",
        "board_key_benchmark_update": f"UPDATE OF {columns.benchmark} ON {_BENCHMARK}"
        f" BEGIN {change} (NEW.id)",
    }
    if columns.organisations:
        renamed = f"{change} ({_OF_ORGANISATION} NEW.id)"
        events["board_key_organisation_update"] = f"UPDATE ON {_ORGANISATION} BEGIN {renamed}"
        for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            of_member = f"{change} ({_OF_ORGANISATION} {row}.organisation_id)"
            events[f"board_key_membership_{event.lower()}"] = f"{event} ON {_MEMBERSHIP} BEGIN {of_member}"
    for name, event in events.items():
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield f"CREATE TRIGGER {name} AFTER {event}; END"


def _postgres(columns: _Columns) -> Iterator[str]:
    # Whatever writes a benchmark gets a new key, so it is enough to touch it. In the order of ids, so that
    # two writers who touch several never wait for each other.
    touch = f"UPDATE {_BENCHMARK} SET board_key = '' WHERE id IN"
    yield _function("own", f"NEW.board_key = {_POSTGRES_RANDOM}; RETURN NEW;")
    yield _function("inserted", f"{touch} (NEW.benchmark_id); RETURN NULL;")
    yield _function("deleted", f"{touch} (OLD.benchmark_id); RETURN NULL;")
    yield _function(
        "updated",
        f"{touch} (SELECT id FROM {_BENCHMARK} WHERE id IN (OLD.benchmark_id, NEW.benchmark_id)"
        " ORDER BY id FOR NO KEY UPDATE); RETURN NULL;",
    )
    yield _function(
        "model",
        f"{touch} (SELECT id FROM {_BENCHMARK} WHERE id IN ({_OF_MODEL}) ORDER BY id FOR NO KEY UPDATE);"
        " RETURN NULL;",
    )
    of_rows = (("joined", "NEW.organisation_id"), ("left", "OLD.organisation_id"), ("organisation", "NEW.id"))
    for name, organisation in of_rows:
        yield _function(
            name,
            f"{touch} (SELECT id FROM {_BENCHMARK} WHERE id IN ({_OF_ORGANISATION} {organisation})"
            " ORDER BY id FOR NO KEY UPDATE); RETURN NULL;",
        )
    events = {
        "board_key_run_insert": ("AFTER INSERT", "inserted"),
        "board_key_run_delete": ("AFTER DELETE", "deleted"),
        "board_key_run_update": (f"AFTER UPDATE OF {columns.run}", "updated"),
        "board_key_model_update": ("AFTER UPDATE", "model"),
        "board_key_benchmark_insert": ("BEFORE INSERT", "own"),
        "board_key_benchmark_update": ("BEFORE UPDATE", "own"),
    }
    if columns.organisations:
        events |= {
            "board_key_organisation_update": ("AFTER UPDATE", "organisation"),
            "board_key_membership_insert": ("AFTER INSERT", "joined"),
            "board_key_membership_update": ("AFTER UPDATE", "joined"),
            "board_key_membership_delete": ("AFTER DELETE", "left"),
        }
    for name, (event, function) in events.items():
        table = _NAMES[name]
        yield f"DROP TRIGGER IF EXISTS {name} ON {table}"
        yield (
            f"CREATE TRIGGER {name} {event} ON {table} FOR EACH ROW EXECUTE FUNCTION board_key_{function}()"
        )


def _function(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION board_key_{name}() RETURNS trigger LANGUAGE plpgsql"
        f" AS $$ BEGIN {body} END $$"
    )


def _random(connection: BaseDatabaseWrapper) -> str:
    return _POSTGRES_RANDOM if connection.vendor == "postgresql" else _SQLITE_RANDOM


class _Columns:
    """Lists of columns that a board shows something of, fit for SQL."""

    def __init__(self, apps: Apps) -> None:
        try:
            benchmark = apps.get_model("leaderboard", "Benchmark")
            run = apps.get_model("leaderboard", "Run")
        except LookupError:  # migrated back to nothing
            self.known = False
            return
        self.known = any(field.name == "board_key" for field in benchmark._meta.concrete_fields)
        self.organisations = any(model._meta.db_table == _MEMBERSHIP for model in apps.get_models())
        self.run = self._listed(run, but=_NOT_SHOWN)
        # Of all columns but the key: the triggers' own writes start no trigger.
        self.benchmark = self._listed(benchmark, but={"board_key"})

    @staticmethod
    def _listed(model: type[Model], but: set[str]) -> str:
        fields = [field for field in model._meta.concrete_fields if field.name not in but]
        return ", ".join(f'"{field.column}"' for field in fields)
