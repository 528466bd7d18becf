"""What the tests of the compare page share: a benchmark of any size, addresses, answers."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from leaderboard.models import Benchmark, Problem, Run


def page(client: Client, address: str, status: int = 200, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == status, response.content[:300]
    return response.content.decode()


def rows(client: Client, address: str, **more: str) -> list[dict[str, Any]]:
    query = "".join(f"&{name}={value}" for name, value in {"format": "json", **more}.items())
    found: list[dict[str, Any]] = json.loads(page(client, address + query))
    return found


def wide_benchmark(problems: int, slug: str = "wide") -> Benchmark:
    made = Benchmark.objects.create(
        slug=slug, version="w" * 64, name="Wide", description="Many.", problem_count=problems
    )
    Problem.objects.bulk_create(
        Problem(
            benchmark=made,
            position=place,
            task_id=f"Wide/{place}",
            entry_point="f",
            prompt="def f(x):\n",
            test="def check(candidate):\n    pass\n",
            canonical_solution="    return x\n",
        )
        for place in range(problems)
    )
    return made


def address(*runs: Run, **state: str) -> str:
    query = "".join(f"&{name}={value}" for name, value in state.items())
    return f"/compare/?run={','.join(str(run.pk) for run in runs)}{query}"
