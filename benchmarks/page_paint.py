"""What a reader waits for in a browser: largest contentful paint and bytes of the big leaderboard."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from tests.conftest import CHROMIUM_FLAGS
from tests.needs import chromium

_START_SECONDS = 60
_SECONDS = 1.0  # the target
_BYTES = 150_000
_VIEWS = {"wide, light": (1400, 900, "light"), "narrow, dark": (390, 844, "dark")}
# The largest paint that the browser has noted, in milliseconds since the reader's click.
_PAINT = """() => new Promise((resolve) => new PerformanceObserver((list, observer) => {
  observer.disconnect();
  resolve(list.getEntries().at(-1).startTime);
}).observe({ type: "largest-contentful-paint", buffered: true }))"""
_SENT = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .filter(({ name }) => !/plotly|charts\\//.test(name))
  .reduce((sum, { transferSize }) => sum + transferSize, 0)"""


@dataclass(frozen=True, slots=True)
class Paint:
    milliseconds: float
    sent: int  # bytes over the wire, without charts


def measure_paint(project: Path, address: str = "/", rounds: int = 7) -> None:
    """Starts a web server on the database of the environment; prints a line for each kind of window."""
    path = chromium()
    if path is None:
        sys.exit("--browser needs Chromium: sudo apt-get install -y chromium")
    from playwright.sync_api import sync_playwright

    with _server(project) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        print(f"\nLargest contentful paint of {address}: nothing in the browser's cache, {rounds} times")
        for name, (width, height, scheme) in _VIEWS.items():
            paints = []
            for _ in range(rounds + 1):
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=scheme
                )
                page = context.new_page()
                page.goto(site + address, wait_until="load")
                paints.append(Paint(page.evaluate(_PAINT), page.evaluate(_SENT)))
                context.close()
            print(_line(name, paints[1:]), flush=True)  # the first woke server and browser
        browser.close()


def _line(name: str, paints: list[Paint]) -> str:
    times = [paint.milliseconds for paint in paints]
    sent = max(paint.sent for paint in paints)
    missed = ["over 1 s"] if median(times) > _SECONDS * 1000 else []
    missed += [f"over {_BYTES // 1000} kB"] if sent > _BYTES else []
    mark = f"MISSED: {', '.join(missed)}" if missed else "ok"
    return (
        f"{name:<14} median {median(times):6.0f} ms, slowest {max(times):6.0f} ms, "
        f"{sent / 1000:6.1f} kB before charts  {mark}"
    )


@contextmanager
def _server(project: Path) -> Iterator[str]:
    """The web server as `manage.py up` starts it, without workers. Yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        bound = f"127.0.0.1:{probe.getsockname()[1]}"
    command = [sys.executable, "-m", "gunicorn", "leaderboard.wsgi:application", "--bind", bound]
    command += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket"]
    process = subprocess.Popen([*command, "--log-level", "warning"], cwd=project, env=dict(os.environ))
    try:
        until = time.monotonic() + _START_SECONDS
        while not _answers(f"http://{bound}/"):
            if process.poll() is not None or time.monotonic() > until:
                sys.exit("the web server did not start")
            time.sleep(0.2)
        yield f"http://{bound}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=30) as response:
            return bool(response.status == 200)
    except OSError:
        return False
