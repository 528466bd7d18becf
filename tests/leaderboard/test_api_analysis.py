"""What the API tells of analyses: the figures of the pages, with what they are worth."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client

from evaluator.metrics import noise_split
from evaluator.problem_sets import load_benchmark
from leaderboard.models import Benchmark, Run
from leaderboard.queries.analysis import analysis_of
from leaderboard.services import benchmarks
from tests.leaderboard.board_data import scored_run as scored
from tests.leaderboard.run_data import Drawn, passed, queued_run, raised, scored_run, toy_benchmark
from tests.leaderboard.wide_board import simulated_run, wide  # noqa: F401

pytestmark = pytest.mark.django_db

RANKED = {
    f"Toy/{number}": [
        Drawn("    return a + b\n", passed().judgement, rankers={"score": 0.1 * number}, times=2),
        Drawn("    return c\n", raised("", "E", "no").judgement, rankers={"score": 0.15}, times=2 + number),
    ]
    for number in range(3)
}


def got(client: Client, address: str, status: int = 200) -> Any:
    response = client.get(f"/api/v1{address}")
    assert response.status_code == status, response.content
    return response.json()


def text(client: Client, address: str) -> str:
    return re.sub(r"\s+", " ", client.get(address).content.decode())


@pytest.fixture
def ranked(tmp_path: Path) -> Run:
    return scored_run(tmp_path, toy_benchmark(), RANKED)


def test_noise_is_the_evaluators_and_the_pages(client: Client, ranked: Run) -> None:
    told = got(client, f"/runs/{ranked.pk}/analysis")
    expected = noise_split([4, 5, 6], [2, 2, 2])
    assert told["noise"]["problem_sd"] == expected.problem_sd
    assert told["noise"]["sample_sd"] == expected.sample_sd
    assert told["noise"]["sample_share"] == expected.sample_share
    assert told["noise_said"] in text(client, f"/runs/{ranked.pk}/")


def test_rankers_and_the_guess_beyond_n_are_the_stored_analysis(client: Client, ranked: Run) -> None:
    told, known = got(client, f"/runs/{ranked.pk}/analysis"), analysis_of(ranked)
    assert known is not None
    assert known.beyond is not None
    assert told["beyond"] == json.loads(json.dumps(known.as_json()["beyond"]))
    [first, *_] = known.rankers
    ranker = told["rankers"]["rankers"][0]
    assert ranker["picked"] == {"value": first.value, "low": first.low, "high": first.high}
    assert (ranker["name"], ranker["lowest"], ranker["auc"]) == ("score", first.lowest, first.auc)
    assert [point["m"] for point in ranker["best_of"]] == [1, 2, 3, 4]
    bins = ranker["calibration"]
    assert sum(one["samples"] for one in bins) == 15
    assert all(one["pass_rate"]["low"] <= one["passed"] / one["samples"] for one in bins)
    page = text(client, f"/runs/{ranked.pk}/")
    assert f"{'lowest' if first.lowest else 'highest'} score" in page


def test_random_pick_is_pass_at_1_and_the_oracle_the_solved_share(client: Client, ranked: Run) -> None:
    told = got(client, f"/runs/{ranked.pk}/analysis")["rankers"]
    figure = got(client, f"/runs/{ranked.pk}/figures?k=1")["figures"][0]
    assert told["random_pick"] == {name: figure[name] for name in ("value", "low", "high")}
    assert told["oracle"]["value"] == 1.0
    assert told["oracle"]["low"] < 1.0


def test_one_sample_of_a_problem_tells_no_noise_and_picks_nothing(client: Client, tmp_path: Path) -> None:
    drawn = {f"Toy/{number}": [passed()] for number in range(3)}
    run = scored_run(tmp_path, toy_benchmark(), drawn)
    told = got(client, f"/runs/{run.pk}/analysis")
    assert (told["noise"], told["beyond"], told["rankers"]) == (None, None, None)
    assert told["noise_said"].startswith("With one sample of a problem")


def test_a_run_that_waits_has_no_analysis(client: Client, tmp_path: Path) -> None:
    run = queued_run(tmp_path, toy_benchmark(), RANKED)
    assert got(client, f"/runs/{run.pk}/analysis") == {
        "noise": None,
        "noise_said": "",
        "beyond": None,
        "rankers": None,
    }


@pytest.fixture
def falls() -> Run:
    chains = benchmarks.load(load_benchmark("chains"))
    passed_of = [round(18 * 1.6 ** -(length - 1)) for length in np.repeat(np.arange(1, 11), 13).tolist()]
    return scored(chains, "Falls", passed_of, n=20, temperature=0.2)


def test_features_are_the_pages_trends_bins_and_words(client: Client, falls: Run) -> None:
    told, page = got(client, "/benchmarks/chains/features"), "/benchmarks/chains/features/"
    trends = json.loads(client.get(f"{page}?table=trends&format=json").content)
    assert [one["feature"] for one in told["trends"]] == [one["feature"] for one in trends]
    for one, row in zip(told["trends"], trends, strict=True):
        assert one["odds_ratio"]["value"] == row["odds_ratio"]
        assert (one["odds_ratio"]["low"], one["odds_ratio"]["high"]) == (
            row["odds_ratio_low"],
            row["odds_ratio_high"],
        )
        assert (one["p"], one["p_holm"]) == (row["p"], row["p_holm"])
    assert told["trends"][0]["decay"]["value"] == pytest.approx(1.6, abs=0.1)
    assert told["trends"][1]["decay"] is None
    assert told["trends"][0]["said"] in text(client, page).replace("&#x27;", "'")
    bins = json.loads(client.get(f"{page}?format=json").content)
    assert [one["pass_rates"][0]["value"] for one in told["bins"]] == [
        row[f"run {falls.pk} pass rate"] for row in bins
    ]
    [curve] = told["curves"]
    assert (curve["fit"], curve["run"]) == ("exponential", falls.pk)
    assert all(low <= high for low, high in zip(curve["low"], curve["high"], strict=True))


def test_features_of_other_runs_and_of_nothing_are_refused(
    client: Client, falls: Run, tmp_path: Path
) -> None:
    other = scored_run(tmp_path, toy_benchmark())
    address = "/benchmarks/chains/features"
    assert got(client, f"{address}?run={other.pk}", 422)["errors"][0]["field"] == "run"
    got(client, f"{address}?run=999999", 404)
    told = got(client, f"{address}?by=variables&run={falls.pk}")
    assert (told["feature"], told["curves"][0]["fit"]) == ("variables", "logistic")
    alike = got(client, "/benchmarks/toy/features")
    assert (alike["feature"], alike["trends"], alike["bins"]) == (None, [], [])
    assert got(client, "/benchmarks/toy/features?by=variables", 422)["errors"][0]["field"] == "by"


@pytest.fixture
def coders(wide: Benchmark) -> list[Run]:  # noqa: F811
    return [simulated_run(wide, f"Coder {place}", place - 1.5, n=10, temperature=0.8) for place in range(4)]


def test_a_plan_is_the_pages(client: Client, coders: list[Run]) -> None:
    query = f"?points=30&k=5&run={coders[2].pk}"
    told, page = got(client, f"/benchmarks/wide/plan{query}"), f"/benchmarks/wide/planner/{query}"
    rows = json.loads(client.get(f"{page}&format=json").content)
    assert [(one["n"], one["k"]) for one in told["grid"]] == [(row["n"], row["k"]) for row in rows]
    assert [one["smallest_difference"]["value"] for one in told["grid"]] == [
        row["smallest_difference"] for row in rows
    ]
    more = json.loads(client.get(f"{page}&format=json&table=more").content)
    assert [(one["n"], one["half_width"], one["sample_share"]) for one in told["more"]] == [
        (row["n"], row["half_width"], row["sample_share"]) for row in more
    ]
    html = text(client, page)
    assert told["said"] in html
    assert all(said in html for said in told["rests"])
    assert told["more_said"] in html
    assert told["run"]["run"] == coders[2].pk
    assert sorted(one["run"] for one in told["runs"]) == sorted(run.pk for run in coders)


def test_a_plan_says_how_many_samples_or_problems_it_takes(client: Client, coders: list[Run]) -> None:
    wide_enough = got(client, "/benchmarks/wide/plan?points=30")["needed"]
    assert wide_enough["few"] <= wide_enough["samples"]
    assert wide_enough["problems"] is None
    narrow = got(client, "/benchmarks/wide/plan?points=0.5")
    assert narrow["needed"]["samples"] is None
    assert f"about {narrow['needed']['problems']:,} like these" in narrow["said"]
    assert narrow["needed"]["least"]["value"] > 0.005


def test_a_plan_without_runs_is_assumed_and_with_an_unknown_one_refused(
    client: Client, wide: Benchmark  # noqa: F811
) -> None:  # fmt: skip
    told = got(client, "/benchmarks/wide/plan")
    assert (told["run"], told["pairs"], told["more"]) == (None, 0, [])
    assert "is assumed" in told["rests"][0]
    assert got(client, "/benchmarks/wide/plan?run=999999", 422)["errors"][0]["field"] == "run"


@pytest.fixture
def settings_of_one(wide: Benchmark) -> list[Run]:  # noqa: F811
    return [
        simulated_run(wide, "Coder", strength, temperature=heat)
        for heat, strength in ((0.2, 1.0), (0.4, 0.9), (0.8, -2.0))
    ]


def test_settings_are_the_model_pages(client: Client, settings_of_one: list[Run]) -> None:
    slug = settings_of_one[0].model.slug
    told = got(client, f"/models/{slug}/settings?benchmark=wide")
    page = f"/models/{slug}/?benchmark=wide&format=json&table="
    cells = json.loads(client.get(f"{page}settings").content)
    assert [
        (one["run"], figure["k"], figure["value"], figure["low"], figure["high"])
        for one in told["settings"]
        for figure in one["figures"]
    ] == [(row["run"], row["k"], row["pass@k"], row["pass@k_low"], row["pass@k_high"]) for row in cells]
    best = json.loads(client.get(f"{page}best").content)
    assert [
        (one["k"], one["run"], one["figure"]["value"], one["figure"]["low"], one["own"])
        for one in told["best"]
    ] == [(row["k"], row["run"], row["pass@k"], row["pass@k_low"], row["own_pass@k"]) for row in best]
    shares = [{one["run"]: one["share"] for one in row["wins"]}[row["run"]] for row in told["best"]]
    assert shares == [row["wins_share"] for row in best]
    assert told["said"] in text(client, f"/models/{slug}/")
    assert told["settings"][0]["name"] == "T = 0.2"


def test_one_run_is_no_choice_of_settings(client: Client, wide: Benchmark) -> None:  # noqa: F811
    run = simulated_run(wide, "Coder", 0.0, temperature=0.2)
    told = got(client, f"/models/{run.model.slug}/settings?benchmark=wide")
    assert (told["ks"], told["settings"], told["best"]) == ([], [], [])
    got(client, f"/models/{run.model.slug}/settings?benchmark=toy", 404)
