"""The matrix at its largest: server time, size and paint of 100 runs × 974 problems of made-up counts.

    python benchmarks/matrix.py [--runs 100] [--problems 974]

The database is the bench's own, SQLite in a temporary folder. Chromium paints the page from a local server.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

N = 20
_ROUNDS = 9
_PAGE = "/benchmarks/large/matrix/"


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
        _measure()


def _fill(runs: int, problems: int) -> None:
    """Counts as of models of rising strength on problems of rising difficulty, without cells."""
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


def _measure() -> None:
    from django.test import Client

    from benchmarks.page_paint import measure_paint

    client = Client(headers={"accept-encoding": "gzip"})
    for address in (_PAGE, "/benchmarks/large/matrix.json"):
        times = []
        for _ in range(_ROUNDS):
            started = time.process_time()
            answer = client.get(address)
            times.append(time.process_time() - started)
        size = len(answer.content) / 1000
        print(f"{address:32} {median(times) * 1000:6.0f} ms of CPU, {size:.0f} kB", flush=True)
    measure_paint(PROJECT, _PAGE)


if __name__ == "__main__":
    main()
