"""The demo: synthetic runs that show a fresh board every kind of result. Labelled synthetic everywhere."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from django.db import transaction

from evaluator import records
from evaluator.demo_samples import DEMO_N, DEMO_RUNS, DEMO_SEED, DemoRun, demo_samples
from leaderboard.models import Benchmark, Model, Run
from leaderboard.services.ingest import RunSetting, ingest

NOTE = "synthetic: seeded mutations of the reference solutions"


def load_demo(benchmark: Benchmark) -> list[Run]:
    """Makes the runs of the demo that are missing, each like an uploaded file. Returns the new ones."""
    record = benchmark.record()
    present = set(
        Run.objects.filter(synthetic=True, benchmark=benchmark).values_list("model__name", "temperature")
    )
    missing = [demo for demo in DEMO_RUNS if (demo.profile.name, demo.temperature) not in present]
    return [_load(benchmark, record, demo) for demo in missing]


def remove_demo() -> int:
    """Deletes every synthetic run, and the models that only the demo had. Returns how many runs."""
    with transaction.atomic():
        runs = Run.objects.filter(synthetic=True)
        count = runs.count()
        runs.delete()
        Model.objects.filter(synthetic=True, runs=None).delete()
    return count


def _load(benchmark: Benchmark, record: records.Benchmark, demo: DemoRun) -> Run:
    profile, temperature = demo
    setting = RunSetting(
        model_name=profile.name, parameters=profile.parameters, temperature=temperature, note=NOTE
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{profile.slug}_T{temperature}_n{DEMO_N}.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for sample in demo_samples(record, profile, temperature, DEMO_N, DEMO_SEED):
                file.write(json.dumps(sample) + "\n")
        return ingest(path, benchmark, setting, synthetic=True)
