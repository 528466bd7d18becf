"""A small site to look at: a benchmark of four problems, and scored runs made of counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.contrib.auth.models import User

from evaluator.records import Detail, Judgement, Verdict
from leaderboard.behaviour import pack_behaviours
from leaderboard.cell_blob import CellContent, StoredProgram, StoredSample, pack
from leaderboard.models import Benchmark, Cell, Model, Problem, Run
from leaderboard.services import runs as run_services

PASSWORD = "correct horse battery"  # of every member
NAMES = ("add", "sort_third", "median", "prime_fib")


def small_benchmark(slug: str = "small") -> Benchmark:
    benchmark = Benchmark.objects.create(
        slug=slug, version="1" * 64, name="Small", description="Four functions.", problem_count=len(NAMES)
    )
    Problem.objects.bulk_create(
        Problem(
            benchmark=benchmark,
            position=position,
            task_id=f"Small/{position}",
            entry_point=name,
            prompt=f'def {name}(x):\n    """Answer."""\n',
            test="def check(candidate):\n    assert candidate(1) == 2\n",
            canonical_solution="    y = x\n    return y\n" * (position + 1),
        )
        for position, name in enumerate(NAMES)
    )
    return benchmark


def scored_run(benchmark: Benchmark, name: str, passed: Sequence[int], n: int = 4, **fields: Any) -> Run:
    """A run whose cells have `passed` of n samples each, finished as the last cell of a run finishes it.

    Model fields are given as `model_…`. Fewer counts than problems leave the last problems out.
    """
    known = {key.removeprefix("model_"): fields.pop(key) for key in list(fields) if key.startswith("model_")}
    slug = f"m{Model.objects.count()}"
    model = Model.objects.filter(name=name).first() or Model.objects.create(name=name, slug=slug, **known)
    run = Run.objects.create(
        **{"benchmark": benchmark, "model": model, "source": "uploaded", "status": "running", "samples": n}
        | fields
    )
    problems = benchmark.problems.order_by("position")
    for problem, c in zip(problems, passed, strict=False):
        scored_cell(run, problem, n, c)
    if run.status == Run.Status.RUNNING and "status" not in fields:
        Run.objects.filter(pk=run.pk).update(samples=n * len(passed))
        run_services.finish(run)
    run.refresh_from_db()
    return run


def scored_cell(run: Run, problem: Problem, n: int, c: int) -> Cell:
    """c samples pass; the others return the same wrong value."""
    wrong = Detail(message="assertion failed", call=f"{problem.entry_point}(1)", actual="3", expected="2")
    good = Judgement(Verdict.PASSED, Detail(), 0.01)
    bad = Judgement(Verdict.WRONG_ANSWER, wrong, 0.01)
    programs = [StoredProgram("good", good), StoredProgram("bad", bad)]
    samples = [StoredSample(0 if place < c else 1, place + 1) for place in range(n)]
    content = CellContent(programs, samples)
    counts = {name: count for name, count in (("passed", c), ("wrong_answer", n - c)) if count}
    return Cell.objects.create(
        run=run,
        problem=problem,
        status=Cell.Status.DONE,
        n=n,
        c=c,
        programs=2,
        judged=2,
        verdict_counts=counts,
        blob=pack(content),
        behaviours=pack_behaviours(content),
    )


def published_row(benchmark: Benchmark, name: str, printed: dict[str, str], **fields: Any) -> Run:
    """Figures of a paper, as percentages in its own digits."""
    model, _ = Model.objects.get_or_create(name=name, defaults={"slug": f"m{Model.objects.count()}"})
    figures = {
        k: {"value": float(text) / 100, "low": None, "high": None, "printed": text}
        for k, text in printed.items()
    }
    citation = {"authors": "Chen et al.", "year": 2021, "url": "https://arxiv.org/abs/2107.03374"}
    return Run.objects.create(
        **{
            "benchmark": benchmark,
            "model": model,
            "source": "published",
            "status": "done",
            "figures": figures,
            "citation": citation,
            "where": "Table 1",
            "method": "pass@k",
        }
        | fields
    )


def member(name: str, **fields: Any) -> User:
    return User.objects.create_user(name, password=PASSWORD, **fields)


@pytest.fixture
def benchmark(db: None) -> Benchmark:
    return small_benchmark()
