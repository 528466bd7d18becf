"""Server time, queries and size of every page, with 200 runs × 164 problems × 200 samples.

    python benchmarks/pages.py [--on sqlite|postgresql] [--only board,run] [--browser]
    python benchmarks/pages.py --keep FOLDER     the same, and the database stays in FOLDER
    python benchmarks/pages.py --use FOLDER      on a database that --keep left, brought up to date

The database is the bench's own: SQLite in a temporary folder, or one on the local PostgreSQL that is dropped
at the end (TEST_DATABASE_URL names another server). Pages are those of `tests/page_list.py`, and the charts
that they load. Each is asked for through the whole WSGI stack in a process that was asked before; `first` is
a request after the site's cache was emptied, as the first one after a change.

To look at a kept one: `PASSBOARD_DATA=FOLDER python manage.py up --port 8010`, and sign in as admin with the
password admin.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from tests.needs import POSTGRES  # noqa: E402

_README = """A site with 200 runs of 200 samples for each of HumanEval's problems.

Start a server on it, from the project's folder:
  PASSBOARD_DATA={folder} .venv/bin/python manage.py up --port 8010
or only its pages, without workers:
  PASSBOARD_DATA={folder} DEBUG=1 .venv/bin/python manage.py runserver --noreload 8010
Time its pages:
  .venv/bin/python benchmarks/pages.py --use {folder} --only board,run
Account: admin, password: admin. Code that is newer than the database: manage.py migrate.
"""


def main() -> None:
    arguments = _arguments()
    with _database(arguments):
        import django

        django.setup()
        from benchmarks.page_times import measure_pages

        measure_pages(frozenset(arguments.only.split(",")) - {""}, arguments.rounds)
        if arguments.browser:
            from benchmarks.page_paint import measure_paint

            measure_paint(PROJECT)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--on", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keeps the SQLite database there")
    parser.add_argument("--use", type=Path, metavar="FOLDER", help="a database that --keep left")
    parser.add_argument("--only", default="", help="names of urls.py, with commas between")
    parser.add_argument("--browser", action="store_true", help="the leaderboard's largest paint, in Chromium")
    parser.add_argument("--rounds", type=int, default=15, help="how often each page is asked for, at least 2")
    arguments = parser.parse_args()
    if arguments.on != "sqlite" and (arguments.keep or arguments.use):
        parser.error("--keep and --use are for SQLite")
    return arguments


@contextmanager
def _database(arguments: argparse.Namespace) -> Iterator[None]:
    """A filled database, named by the environment as the site's settings want it."""
    kept = arguments.use or arguments.keep
    if kept is not None:
        folder = kept.resolve()
        if arguments.use is None and (folder / "passboard.sqlite3").exists():
            sys.exit(f"{folder} has a database already: --use {folder}, or remove it")
        _settings(folder)
        _fill(new=arguments.use is None)
        (folder / "README.txt").write_text(_README.format(folder=folder))
        yield
        return
    with tempfile.TemporaryDirectory() as name:
        if arguments.on == "sqlite":
            _settings(Path(name))
            _fill(new=True)
            yield
            return
        with _on_postgres() as url:
            _settings(Path(name), url)
            _fill(new=True)
            yield


@contextmanager
def _on_postgres() -> Iterator[str]:
    import psycopg

    name = f"passboard_pages_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlsplit(POSTGRES)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _settings(folder: Path, database: str = "") -> None:
    for name in ("SECRET_KEY", "DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "STATIC_ROOT", "DEBUG"):
        os.environ.pop(name, None)
    if database:
        os.environ["DATABASE_URL"] = database
    os.environ |= {"DJANGO_SETTINGS_MODULE": "leaderboard.settings", "PASSBOARD_DATA": str(folder)}


def _fill(*, new: bool) -> None:
    """Tables of today and, where the database is new, the big site."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    if new:
        from benchmarks.big_site import fill

        started = time.monotonic()
        fill()
        print(f"200 runs made in {time.monotonic() - started:.0f} s", flush=True)
    call_command("collectstatic", verbosity=0, interactive=False)


if __name__ == "__main__":
    main()
