"""The matrix at its largest: server time, size and paint of 100 runs × 974 problems of made-up counts.

    python benchmarks/matrix.py [--runs 100] [--problems 974]

The database is the bench's own, SQLite in a temporary folder. Chromium paints the page from a local server;
`pointer` is the time from a move of the pointer to the cell that the page names.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

N = 20
_ROUNDS = 9
_PAINTED = (
    "performance.getEntriesByType('paint').find((one) => one.name === 'first-contentful-paint').startTime"
)
_LARGEST = """() => new Promise((found) => new PerformanceObserver((list) => found(list.getEntries().at(-1).startTime))
  .observe({ type: 'largest-contentful-paint', buffered: true }))"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--problems", type=int, default=974)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "PASSBOARD_DATA": folder,
            "DJANGO_SETTINGS_MODULE": "leaderboard.settings",
            "DEBUG": "",
        }
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        _fill(arguments.runs, arguments.problems)
        print(f"{arguments.runs} runs × {arguments.problems} problems, n = {N}")
        _serve_and_measure()


def _fill(runs: int, problems: int) -> None:
    """Counts as of models of rising strength on problems of rising difficulty. No cells: the page reads none."""
    import numpy as np

    from leaderboard.models import Benchmark, Model, Problem, Run, RunCounts
    from leaderboard.run_counts import Counts, empty_counts, pack_counts

    benchmark = Benchmark.objects.create(
        slug="large", version="0" * 64, name="Large", description="Made up.", problem_count=problems
    )
    Problem.objects.bulk_create(
        Problem(benchmark=benchmark, position=place, task_id=f"Large/{place}", entry_point="f")
        for place in range(problems)
    )
    drawn = np.random.default_rng(1)
    difficulty = drawn.normal(0, 2, problems)
    for number in range(runs):
        model = Model.objects.create(name=f"Model {number}", slug=f"model-{number}")
        figures = {"1": {"value": 0.5, "low": 0.4, "high": 0.6}}
        run = Run.objects.create(
            benchmark=benchmark,
            model=model,
            source="uploaded",
            status="done",
            temperature=0.2,
            figures=figures,
        )
        rates = 1 / (1 + np.exp(difficulty - 4 * number / runs + 2 + drawn.normal(0, 1, problems)))
        counts = empty_counts(problems)
        table = counts.table.copy()
        table[0], table[1] = N, drawn.binomial(N, rates)
        data = pack_counts(Counts(table, counts.wrong, counts.agreeing))
        RunCounts.objects.create(run=run, data=data)


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def _serve_and_measure() -> None:
    from django.core.wsgi import get_wsgi_application
    from django.test import Client

    client = Client(headers={"accept-encoding": "gzip"})
    for address in ("/benchmarks/large/matrix/", "/benchmarks/large/matrix.json"):
        times = []
        for _ in range(_ROUNDS):
            started = time.process_time()
            answer = client.get(address)
            times.append(time.process_time() - started)
        print(f"{address:32} {median(times) * 1000:6.0f} ms of CPU, {len(answer.content) / 1000:.0f} kB")
    with make_server("127.0.0.1", 0, get_wsgi_application(), WSGIServer, _Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        _paint(f"http://127.0.0.1:{server.server_port}/benchmarks/large/matrix/")
        server.shutdown()


def _paint(address: str) -> None:
    from playwright.sync_api import sync_playwright

    from tests.conftest import CHROMIUM_FLAGS
    from tests.needs import chromium

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        painted, largest, moved = [], [], []
        for _ in range(5):
            page = browser.new_page(viewport={"width": 1400, "height": 900})
            page.goto(address, wait_until="load")
            painted.append(page.evaluate(_PAINTED))
            largest.append(page.evaluate(_LARGEST))
            page.mouse.move(700, 500)
            page.locator(".tip").wait_for()
            for step in range(10):
                before = page.locator(".tip").text_content()
                started = time.perf_counter()
                page.mouse.move(720 + 30 * step, 520 + 14 * step)
                page.wait_for_function(
                    "(before) => document.querySelector('.tip').textContent !== before", arg=before
                )
                moved.append((time.perf_counter() - started) * 1000)
            page.close()
        browser.close()
    print(
        f"first paint {median(painted):.0f} ms, largest {median(largest):.0f} ms, pointer {median(moved):.0f} ms"
    )


if __name__ == "__main__":
    main()
