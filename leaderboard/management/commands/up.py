"""`manage.py up`: the whole site in one process tree, from nothing to the address. Ctrl-C stops it."""

from __future__ import annotations

import http.client
import os
import secrets
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from evaluator.problem_sets import load_benchmark
from evaluator.sandbox.probe import probe
from leaderboard.celery import SAMPLING_QUEUE
from leaderboard.models import Benchmark
from leaderboard.services import benchmarks
from leaderboard.services.published import load_published
from leaderboard.supervisor import Child, Supervisor

_BENCHMARK = "humaneval"
_WEB_PROCESSES, _WEB_THREADS = 2, 4


class Command(BaseCommand):
    help = "Sets up what is missing and runs the whole site: web, workers, scheduler."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))

    def handle(self, *_: Any, host: str, port: int, **__: Any) -> None:
        _require_free(host, port)
        call_command("migrate", verbosity=0, interactive=False)
        first_time = not Benchmark.objects.exists()
        benchmarks.load(load_benchmark(_BENCHMARK))
        load_published()
        self._make_admin()
        self._say_what_isolation_lacks()
        connections.close_all()
        call_command("collectstatic", verbosity=0, interactive=False)
        self._supervise(host, port, demo=first_time and os.environ.get("NO_DEMO") != "1")

    def _supervise(self, host: str, port: int, *, demo: bool) -> None:
        with tempfile.TemporaryDirectory() as folder:
            supervisor = Supervisor(_children(host, port, Path(folder)), self._say)
            greeting = _Greeting(host, port, self._say)

            def load_demo() -> None:
                if demo:
                    self._say("The demo is being scored; it can be removed by: manage.py demo --remove")
                    supervisor.run_aside([sys.executable, str(settings.BASE_DIR / "manage.py"), "demo"])

            supervisor.start()
            supervisor.run(lambda: greeting.look(load_demo))

    def _make_admin(self) -> None:
        if User.objects.filter(is_superuser=True).exists():
            return
        password = secrets.token_urlsafe(12)
        User.objects.create_superuser("admin", password=password)
        self._say(f"Account “admin” made; its password, shown this once: {password}")

    def _say_what_isolation_lacks(self) -> None:
        """How to get all walls, where programs run behind fewer of them, or can't be run at all."""
        found = probe()
        if found.tier in ("A+", "A"):
            return
        if found.tier is None:
            self._say("Nothing can be scored: this machine offers no isolation to run programs in.")
        else:
            self._say(f"Programs run with weaker isolation here (tier {found.tier}, see docs/security.md).")
        for advice in found.advice():
            self._say(f"  {advice}")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


class _Greeting:
    """Prints the address as soon as the site answers; then the demo, which nobody should wait for."""

    def __init__(self, host: str, port: int, say: Callable[[str], None]) -> None:
        self._host, self._port, self._say = host, port, say
        self._greeted = False

    def look(self, then: Callable[[], None]) -> None:
        """Calls `then` once, when the site has answered."""
        if not self._greeted and _answers(self._host, self._port):
            self._greeted = True
            self._say(f"Passboard: http://{_bind(self._host, self._port)}   (Ctrl-C stops it)")
            then()


def _children(host: str, port: int, folder: Path) -> list[Child]:
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "-A", "leaderboard", "--quiet"]
    shared_memory = Path("/dev/shm")
    beats = shared_memory if os.access(shared_memory, os.W_OK) else folder
    web = [*python, "gunicorn", "leaderboard.wsgi:application", "--bind", _bind(host, port)]
    web += ["--worker-class", "gthread", "--workers", str(_WEB_PROCESSES), "--threads", str(_WEB_THREADS)]
    web += ["--no-control-socket", "--worker-tmp-dir", str(beats), "--graceful-timeout", "2"]
    web += ["--log-level", "warning"]
    worker = [*celery, "worker", "--concurrency", str(settings.SCORING_WORKERS), "--loglevel", "WARNING"]
    worker += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    sampler = [settings.SAMPLING_PYTHON or sys.executable, *celery[1:], "worker", "--loglevel", "WARNING"]
    sampler += ["--queues", SAMPLING_QUEUE, "--pool", "threads"]
    sampler += ["--concurrency", str(settings.SAMPLING_REQUESTS), "--hostname", "sampling@%h"]
    sampler += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return [
        Child("web server", web),
        # SIGQUIT: cells in work are given back at once and not scored to their end.
        Child("scoring worker", [*settings.WORKER_WRAPPER, *worker], stop_signal=signal.SIGQUIT),
        Child("sampling worker", sampler),
        Child("scheduler", [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""]),
    ]


def _require_free(host: str, port: int) -> None:
    """Raises CommandError in one clear line where the address can't be listened on."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CommandError(
            f"{host}:{port} can't be used ({error.strerror}). Choose another address: HOST=… PORT=… make run"
        ) from error


def _answers(host: str, port: int) -> bool:
    local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    connection = http.client.HTTPConnection(local, port, timeout=2)
    try:
        connection.request("GET", "/", headers={"Host": _host_header()})
        return connection.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _host_header() -> str:
    """A host name that the site answers to."""
    allowed = [name for name in settings.ALLOWED_HOSTS if "*" not in name and not name.startswith(".")]
    return allowed[0] if allowed else "localhost"


def _bind(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
