"""Writes benchmarks."""

from __future__ import annotations

from django.db import transaction

from evaluator import records
from leaderboard.models import Benchmark, Problem
from leaderboard.services.audit import Action, Concerned, note


def load(record: records.Benchmark) -> Benchmark:
    """The row of this version of the benchmark, made with all its problems if it is new."""
    with transaction.atomic():
        benchmark, created = Benchmark.objects.get_or_create(
            slug=record.slug,
            version=record.version,
            defaults={
                "name": record.name,
                "description": record.description,
                "url": record.url,
                "packages": list(record.packages),
                "problem_count": len(record.problems),
            },
        )
        if created:
            note(None, Action.BENCHMARK_LOADED, concerned=Concerned(benchmark=benchmark))
            Problem.objects.bulk_create(
                Problem(
                    benchmark=benchmark,
                    position=position,
                    task_id=problem.task_id,
                    entry_point=problem.entry_point,
                    prompt=problem.prompt,
                    test=problem.test,
                    canonical_solution=problem.canonical_solution,
                )
                for position, problem in enumerate(record.problems)
            )
    return benchmark
