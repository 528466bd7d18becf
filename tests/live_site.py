"""The real site, started as `make run` starts it, in a folder and on a port of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from tests.code_map import ROOT

START_SECONDS = 90
STOP_SECONDS = 20


@dataclass(frozen=True)
class LiveSite:
    address: str  # "http://127.0.0.1:43211"
    password: str  # of the account "admin", as printed at the first start
    folder: Path  # its PASSBOARD_DATA
    environment: dict[str, str]  # for further commands on the same site

    def log(self) -> str:
        """The last that the site said."""
        return "".join(self.folder.with_suffix(".log").read_text().splitlines(keepends=True)[-40:])

    def manage(self, *arguments: str) -> str:
        """Runs a command of manage.py on this site and returns what it prints."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout


@contextmanager
def running_site(folder: Path, again: LiveSite | None = None, **variables: str) -> Iterator[LiveSite]:
    """`manage.py up` with an empty data folder; stopped by Ctrl-C's signal, and checked to be gone then.

    `again`: as it ran before, at the same address and with what it had.
    """
    port = int(again.address.rsplit(":", 1)[1]) if again else _free_port()
    environment = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER_SITE}
    environment |= {"PASSBOARD_DATA": str(folder), "HOST": "127.0.0.1", "PORT": str(port)}
    environment |= {"DJANGO_SETTINGS_MODULE": "leaderboard.settings", "PYTHONUNBUFFERED": "1", **variables}
    log = folder.with_suffix(".log")
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, process, log)
        yield again or LiveSite(address, _password(log), folder, environment)
    finally:
        _stop(process, log)
        left = _processes_of(folder)
        assert not left, f"Ctrl-C left processes behind: {left}"


_OF_ANOTHER_SITE = (
    "DATABASE_URL",
    "CELERY_BROKER_URL",
    "CACHE_URL",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "HTTPS",
    "PROXIES",
    "SITE_URL",
    "EMAIL_URL",
    "DEBUG",
    "PASSBOARD_TESTS_FOLDER",
)


def _processes_of(folder: Path) -> list[str]:
    """Command lines of the processes that run on this data folder, given a moment to end."""
    mark = f"PASSBOARD_DATA={folder}".encode()
    until = monotonic() + 3
    while True:
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()[:200])
            except OSError:
                continue  # it ended meanwhile, or is not ours
        if not found or monotonic() > until:
            return found
        sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the site has printed its address, which it does when it answers."""
    until = monotonic() + START_SECONDS
    while address not in log.read_text():
        assert process.poll() is None, f"`manage.py up` ended: {log.read_text()}"
        assert monotonic() < until, f"no answer within {START_SECONDS} s: {log.read_text()}"
        sleep(0.1)


def _password(log: Path) -> str:
    found = re.search(r"password.*: (\S+)", log.read_text(), re.IGNORECASE)
    assert found, f"no password of the first account: {log.read_text()}"
    return found[1]


def _stop(process: subprocess.Popen[bytes], log: Path) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise AssertionError(
            f"Ctrl-C did not stop the site within {STOP_SECONDS} s: {log.read_text()}"
        ) from None
