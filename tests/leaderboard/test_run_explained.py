"""What the run page tells beside its figures: noise, guesses beyond n, rankers, surprise."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from math import comb, sqrt
from pathlib import Path

import numpy as np
import pytest
from django.test import Client

from evaluator.records import Detail, Judgement, Verdict
from leaderboard.models import Benchmark, Run
from leaderboard.queries.runs import problem_rows
from leaderboard.views.run_noise import noise_strings
from tests.leaderboard.board_data import benchmark, scored_run
from tests.leaderboard.compare_data import wide_benchmark
from tests.leaderboard.run_data import Drawn, passed, toy_benchmark
from tests.leaderboard.run_data import scored_run as run_of_samples

__all__ = ["benchmark"]

pytestmark = pytest.mark.django_db


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.content[:300]
    return response.content.decode()


def problems(client: Client, run: Run, sort: str = "problem") -> list[dict[str, float]]:
    rows: list[dict[str, float]] = json.loads(page(client, f"/runs/{run.pk}/?format=json&sort={sort}"))
    return rows


def test_noise_of_problems_and_of_samples_are_those_of_plain_numpy(client: Client) -> None:
    c, n = np.array([0, 1, 5, 10, 10, 3, 9, 0]), 10
    run = scored_run(wide_benchmark(8), "Ada", c.tolist(), n=n)
    rates = c / n
    sampling = (rates * (1 - rates) / (n - 1)).sum() / 64
    problem = sqrt(rates.var(ddof=1) / 8 - sampling)
    html = page(client, f"/runs/{run.pk}/")
    assert f"<b>±{196 * problem:.1f}</b> from the choice of problems" in html
    assert f"<b>±{196 * sqrt(sampling):.1f}</b> from the draw of samples" in html
    assert "More samples will not help" in html


@pytest.mark.parametrize(
    ("c", "n", "said"),
    [
        ([0, 20, 0, 20, 20, 0], 20, "More samples will not help"),
        ([1, 2, 1, 1, 2, 1], 3, "More samples would help: four times"),
        ([2, 2, 2, 2], 2, "equally often"),
        ([1, 0, 1, 1], 1, "bad luck can’t be told from a hard problem"),
    ],
)
def test_what_more_samples_would_do_is_said(c: list[int], n: int, said: str) -> None:
    run = scored_run(wide_benchmark(len(c)), "Ada", c, n=n)
    noise = noise_strings(problem_rows(run))
    assert noise is not None
    assert said in noise["said"]


def test_a_guess_beyond_n_is_dashed_and_says_how_far_it_was_off(client: Client) -> None:
    run = scored_run(wide_benchmark(8), "Ada", [0, 1, 5, 10, 10, 3, 9, 0], n=10)
    html = page(client, f"/runs/{run.pk}/")
    assert "Beyond the samples drawn the curve is a guess" in html
    assert "100, a guess" in html
    figure = json.loads(page(client, f"/runs/{run.pk}/charts/curve.json"))
    dashed = next(trace for trace in figure["data"] if (trace.get("line") or {}).get("dash") == "dash")
    assert (dashed["x"][0], dashed["x"][-1]) == (10, 100)  # it goes on from what was measured
    solid = next(trace for trace in figure["data"] if (trace.get("line") or {}).get("dash") == "solid")
    assert dashed["y"][0] == solid["y"][-1]


def test_nothing_is_guessed_from_a_run_that_passed_nothing(client: Client) -> None:
    run = scored_run(wide_benchmark(4), "Ada", [0, 0, 0, 0], n=10)
    assert "is a guess" not in page(client, f"/runs/{run.pk}/")


def test_surprise_is_the_formula_over_other_models_runs(client: Client) -> None:
    wide = wide_benchmark(3)
    run = scored_run(wide, "Ada", [0, 4, 3], n=4)
    scored_run(wide, "Ada", [0, 0, 0], n=4)  # the same model: left out
    scored_run(wide, "Bob", [4, 4, 2], n=4)
    scored_run(wide, "Cy", [3, 2, 0], n=4)
    scored_run(wide, "Toy", [0, 0, 0], n=4, synthetic=True)
    rates = np.array([[0, 4, 3], [4, 4, 2], [3, 2, 0]]) / 4
    overall = (rates.sum() + 0.5) / 10
    strength = (rates.sum(axis=1, keepdims=True) - rates + overall) / 3
    ease = (rates.sum(axis=0) - rates + overall) / 3
    odds = strength / (1 - strength) * ease / (1 - ease) * (1 - overall) / overall
    expected = odds / (1 + odds)
    rows = problems(client, run)
    assert [row["expected_rate"] for row in rows] == pytest.approx(list(expected[0]), abs=1e-12)
    assert rows[0]["surprise"] < 0 < rows[2]["surprise"]
    by_surprise = [row["surprise"] for row in problems(client, run, "surprise")]
    assert by_surprise == sorted(by_surprise)
    assert "hint-surprise" in page(client, f"/runs/{run.pk}/")


def test_without_another_model_there_is_no_surprise(client: Client, benchmark: Benchmark) -> None:
    run = scored_run(benchmark, "Ada", [4, 0, 2, 1])
    scored_run(benchmark, "Ada", [4, 4, 2, 1])
    assert {row["surprise"] for row in problems(client, run)} == {None}
    assert "sort-surprise" not in page(client, f"/runs/{run.pk}/")


RIGHT, WRONG = "    return a + b\n", "    return a - b\n"
FAILED = Judgement(Verdict.WRONG_ANSWER, Detail("no"), 0.001)


def drawn(*scores: tuple[float, bool]) -> list[Drawn]:
    """One sample for each score; their texts differ, so that each is a program of its own."""
    return [
        Drawn(
            f"{RIGHT if ok else WRONG}    # {place}\n",
            passed().judgement if ok else FAILED,
            rankers={"mean_logprob": score, "tokens": place},
        )
        for place, (score, ok) in enumerate(scores)
    ]


def test_rankers_stand_between_random_pick_and_oracle(client: Client, tmp_path: Path) -> None:
    samples: Mapping[str, Sequence[Drawn]] = {
        "Toy/0": drawn((-0.1, True), (-0.2, False), (-0.3, False)),
        "Toy/1": drawn((-0.3, True), (-0.2, True), (-0.4, False)),
        "Toy/2": drawn((-0.1, False), (-0.2, False), (-0.3, False)),
    }
    run = run_of_samples(tmp_path, toy_benchmark(), samples)
    html = page(client, f"/runs/{run.pk}/")
    for name in ("random pick", "highest mean_logprob", "lowest tokens", "oracle"):
        assert name in html
    figure = json.loads(page(client, f"/runs/{run.pk}/charts/rankers.json"))
    ends = {
        trace["hovertext"][0].split("<br>")[0]: trace["y"][-1]
        for trace in figure["data"]
        if trace.get("mode") == "lines+markers"
    }
    assert ends["oracle"] == ends["highest mean_logprob"] == pytest.approx(200 / 3, abs=1e-3)
    assert ends["random pick"] == pytest.approx(100 * (1 / 3 + 2 / 3) / 3, abs=1e-3)
    bins = json.loads(page(client, f"/runs/{run.pk}/charts/calibration.json?ranker=mean_logprob"))
    assert len(bins["data"][0]["x"]) == 4  # four distinct values
    page(client, f"/runs/{run.pk}/charts/calibration.json?ranker=none", 404)


def test_a_file_without_numbers_says_so(client: Client, benchmark: Benchmark) -> None:
    run = scored_run(benchmark, "Ada", [4, 0, 2, 1])
    assert "no number in common to pick by" in page(client, f"/runs/{run.pk}/")
    page(client, f"/runs/{run.pk}/charts/rankers.json", 404)
    alone = scored_run(benchmark, "One", [1, 0, 1, 1], n=1)
    assert "Picking one sample" not in page(client, f"/runs/{alone.pk}/")


@pytest.mark.reference_data
def test_figures_of_a_real_file_are_those_of_plain_numpy(client: Client, reference_data: Path) -> None:
    file = reference_data / "samples" / "codegen-16b-mono_T0.8_n100.verdicts.json.gz"
    known: Mapping[str, Sequence[str]] = json.loads(gzip.decompress(file.read_bytes()))
    c = np.array([list(verdicts).count("passed") for verdicts in known.values()])
    n, wide = 100, wide_benchmark(len(c))
    run = scored_run(wide, "CodeGen", c.tolist(), n=n)
    half = scored_run(wide, "Half", (c // 2).tolist(), n=n)
    for k in (1, 10, 100):
        expected = np.mean([1 - comb(n - x, k) / comb(n, k) for x in c.tolist()])
        assert run.figures[str(k)]["value"] == pytest.approx(expected, abs=1e-12)
        apart = [comb(n - x // 2, k) - comb(n - x, k) for x in c.tolist()]
        address = f"/compare/?run={run.pk},{half.pk}&k={k}&table=pairs&format=json"
        (pair,) = json.loads(page(client, address))
        assert pair["difference"] == pytest.approx(np.mean([x / comb(n, k) for x in apart]), abs=1e-12)
        # Every difference points one way, so only two of all ways to flip signs are as far from 0.
        ways = 2.0 ** (1 - np.count_nonzero(apart))
        assert pair["p"] == pytest.approx(ways, abs=1e-12) if ways > 1e-4 else pair["p"] < 0.001
    rates = c / n
    sampling = (rates * (1 - rates) / (n - 1)).sum() / len(c) ** 2
    html = page(client, f"/runs/{run.pk}/")
    assert f"<b>±{196 * sqrt(sampling):.1f}</b> from the draw of samples" in html
    assert "22.1" in html
