"""How many queries the API's lists take: as many for two hundred runs as for two."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leaderboard.models import Benchmark, Model, Run, ServerKey
from leaderboard.services import tokens
from leaderboard.services.analysis import store_analysis
from tests.leaderboard.api_callers import token_client
from tests.leaderboard.board_data import member, scored_run, small_benchmark
from tests.leaderboard.run_data import scored_run as run_with_samples
from tests.leaderboard.run_data import toy_benchmark
from tests.leaderboard.wide_board import simulated_run, wide  # noqa: F401

pytestmark = pytest.mark.django_db
BASE = "/api/v1"
# Of readers who are not signed in, with nothing kept.
QUERIES = {
    "/benchmarks": 1,
    "/benchmarks/small/leaderboard?limit=200": 3,
    "/benchmarks/small/leaderboard?limit=200&k=3": 3,
    "/benchmarks/small/problems": 4,
    "/benchmarks/small/sizes": 3,
    "/benchmarks/small/active-runs": 2,
    "/benchmarks/small/matrix": 5,
    "/benchmarks/small/rules": 4,
    "/benchmarks/small/weaknesses": 3,
    "/benchmarks/small/findings": 3,
    "/benchmarks/small/security": 4,
    "/benchmarks/small/plan": 7,
    "/models?limit=200": 2,
    "/runs?limit=200": 2,
}


def queries(client: Client, address: str) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as seen:
        assert client.get(BASE + address).status_code == 200
    return len(seen)


def test_lists_take_as_many_queries_whatever_their_length(client: Client) -> None:
    benchmark = small_benchmark()
    for number in range(2):
        scored_run(benchmark, f"M{number}", [number, 4, 0, 2])
    assert {address: queries(client, address) for address in QUERIES} == QUERIES
    for number in range(28):
        scored_run(benchmark, f"N{number}", [number % 5, 4, 0, 2])
    assert {address: queries(client, address) for address in QUERIES} == QUERIES
    assert client.get(f"{BASE}/runs?limit=200").json()["count"] == 30


def test_samples_of_a_run_take_as_many_queries_whatever_the_portion(tmp_path: Path) -> None:
    user = member("ann")
    client, run = token_client(user), run_with_samples(tmp_path, toy_benchmark(), owner=user)
    client.get(f"{BASE}/me")  # notes the token's use once
    of_run = {limit: queries(client, f"/runs/{run.pk}/samples?limit={limit}") for limit in (1, 12)}
    assert of_run == {1: 4, 12: 4}  # the token, the run, its counts, and the blobs of the portion
    assert queries(client, f"/runs/{run.pk}/problems/Toy/0") == 4
    assert queries(client, f"/runs/{run.pk}/progress") == 4
    store_analysis(run.pk)
    assert queries(client, f"/runs/{run.pk}/analysis") == 4  # the token, the run, its analysis, its cells


def test_what_is_ones_own_takes_as_many_queries_however_much_it_is() -> None:
    user = member("ann")
    client = token_client(user)
    client.get(f"{BASE}/me")  # notes the token's use once
    benchmark = small_benchmark()

    def of(count: int) -> dict[str, int]:
        for number in range(count):
            tokens.make(user, "one more", ["read"], None)
            name = f"key {ServerKey.objects.count()}"
            ServerKey.objects.create(owner=user, name=name, server="https://m.example.org", secret="s")
            other = member(f"u{Run.objects.count()}")
            run = scored_run(benchmark, "Tern", [number % 5, 4, 0, 2], owner=other)
            Run.objects.filter(pk=run.pk).update(said_of_model={"organisation": f"No. {number}"})
        Model.objects.update(owner=user)
        facts = f"/models/{run.model.slug}/facts"
        found = {address: queries(client, address) for address in ("/tokens", "/server-keys", facts)}
        assert len(client.get(BASE + facts).json()["others"]) == Run.objects.count()
        return found

    # The token each time; of a model its row and its runs.
    assert of(2) == of(12) == {"/tokens": 2, "/server-keys": 2, "/models/m0/facts": 3}


def test_a_comparison_takes_as_many_queries_for_six_runs_as_for_two(client: Client) -> None:
    benchmark = small_benchmark()
    runs: list[Any] = [scored_run(benchmark, f"M{n}", [n % 5, 4, 0, 2]).pk for n in range(6)]

    def of(count: int) -> int:
        return queries(client, "/comparisons?" + "&".join(f"run={pk}" for pk in runs[:count]))

    assert of(2) == of(6) == 2


def test_analyses_take_as_many_queries_for_many_runs_as_for_two(client: Client, wide: Benchmark) -> None:  # noqa: F811
    def of(count: int) -> dict[str, int]:
        for number in range(count):
            slug = simulated_run(wide, "Coder", number / 4, temperature=number / 10 + count).model.slug
        addresses = ("/benchmarks/wide/features", f"/models/{slug}/settings?benchmark=wide")
        return {address: queries(client, address) for address in addresses}

    of(2)  # the problems' features are read once per process
    assert of(2) == of(4) == {"/benchmarks/wide/features": 2, "/models/m0/settings?benchmark=wide": 3}
