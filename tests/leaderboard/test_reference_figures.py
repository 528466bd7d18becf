"""The figures of a real run, by the site and by an independent few lines of numpy."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from django.test import Client

from evaluator.metrics import best_of, curve, extrapolate, mean_pass_at_k, noise_split, ranked
from evaluator.problem_sets.catalog import load_benchmark
from leaderboard.services import benchmarks
from tests.leaderboard.board_data import scored_run

pytestmark = pytest.mark.reference_data
NAME = "codegen-16b-mono_T0.8_n100"
KS = (1, 2, 10, 37, 100)


@pytest.fixture(scope="module")
def passed(reference_data: Path) -> dict[str, np.ndarray]:
    """Of each problem of CodeGen-Mono 16B, which of its 100 samples passed."""
    with gzip.open(reference_data / f"samples/{NAME}.verdicts.json.gz") as file:
        verdicts = json.load(file)
    return {task_id: np.array([one == "passed" for one in found]) for task_id, found in verdicts.items()}


def by_hand(c: np.ndarray, n: int, k: int) -> float:
    """1 - (1 - c/n) (1 - c/(n-1)) … over k factors: the chance that k samples drawn one by one all fail."""
    fails = [np.prod([max(n - one - i, 0) / (n - i) for i in range(k)]) for one in c.tolist()]
    return float(1 - np.mean(fails))


def test_the_board_prints_what_a_few_lines_of_numpy_give(
    client: Client, db: None, passed: dict[str, np.ndarray]
) -> None:
    benchmark = benchmarks.load(load_benchmark("humaneval"))
    tasks = benchmark.problems.order_by("position").values_list("task_id", flat=True)
    c = np.array([passed[task_id].sum() for task_id in tasks])
    scored_run(benchmark, "CodeGen-Mono 16B", c.tolist(), n=100, temperature=0.8)
    query = f"?k={','.join(map(str, KS))}&format=json"
    [row] = json.loads(client.get(f"/benchmarks/humaneval/{query}").content)
    for k in KS:
        expected = by_hand(c, 100, k)
        assert row[f"pass@{k}"] == pytest.approx(expected, abs=1e-12)
        assert row[f"pass@{k}_low"] < expected < row[f"pass@{k}_high"]
    assert (row["pass@10"], row["pass@100"]) == pytest.approx((0.503, 0.737), abs=1e-3)  # CodeT's paper


def test_every_statistic_that_has_a_plain_form_agrees_with_it(passed: dict[str, np.ndarray]) -> None:
    c = np.array([one.sum() for one in passed.values()])
    found = curve(np.full(164, 100), c)
    assert found.values == pytest.approx([by_hand(c, 100, k) for k in found.ks], abs=1e-12)
    noise = noise_split(np.full(164, 100), c)
    assert noise.total_sd == pytest.approx(np.std(c / 100, ddof=1) / np.sqrt(164), abs=1e-12)
    # A score that says nothing of a sample picks like chance, whatever m.
    problem = np.repeat(np.arange(164), 100)
    samples = ranked(problem, np.zeros(16_400), np.concatenate(list(passed.values())))
    for m in (1, 7, 100):
        assert best_of(samples, m).mean() == pytest.approx(c.mean() / 100, abs=1e-12)


def test_twenty_of_the_hundred_samples_foretell_the_rest_within_the_band(
    passed: dict[str, np.ndarray],
) -> None:
    drawn = np.full(164, 20)
    c = np.array([one[:20].sum() for one in passed.values()])
    every = np.array([one.sum() for one in passed.values()])
    found = extrapolate(drawn, c, [50, 100])
    for k, value, low, high in zip(found.ks, found.values, found.lows, found.highs, strict=True):
        truth = mean_pass_at_k(np.full(164, 100), every, k)
        assert low < truth < high
        assert value == pytest.approx(truth, abs=0.06)
