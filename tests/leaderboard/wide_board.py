"""A benchmark with enough problems for statistics over them, and runs of simulated models."""

from __future__ import annotations

from typing import Any
from zlib import crc32

import numpy as np
import pytest

from leaderboard.models import Benchmark, Problem, Run
from tests.leaderboard.board_data import scored_run

PROBLEMS = 20


@pytest.fixture
def wide(db: None) -> Benchmark:
    benchmark = Benchmark.objects.create(
        slug="wide", version="2" * 64, name="Wide", description="", problem_count=PROBLEMS
    )
    Problem.objects.bulk_create(
        Problem(
            benchmark=benchmark,
            position=position,
            task_id=f"Wide/{position}",
            entry_point=f"f{position}",
            prompt=f"def f{position}(x):\n",
            test="def check(candidate):\n    assert candidate(1) == 2\n",
            canonical_solution="    return x\n",
        )
        for position in range(PROBLEMS)
    )
    return benchmark


def simulated_run(benchmark: Benchmark, name: str, strength: float, n: int = 10, **fields: Any) -> Run:
    """A run whose problems pass the more often the easier they are; `strength` in log-odds."""
    rng = np.random.default_rng(crc32(f"{name} {n} {fields.get('temperature')}".encode()))
    rates = 1 / (1 + np.exp(-(strength + np.linspace(-3, 3, PROBLEMS) + rng.normal(0, 0.3, PROBLEMS))))
    return scored_run(benchmark, name, rng.binomial(n, rates).tolist(), n=n, **fields)
