"""What the API tells: the same figures as the pages, to the same readers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from leaderboard.cell_blob import CellContent, pack, unpack
from leaderboard.models import Run
from leaderboard.queries.runs import figures_of
from tests.leaderboard.board_data import member
from tests.leaderboard.run_data import MIXED, queued_run, scored_run, toy_benchmark

BASE = "/api/v1"
pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return scored_run(tmp_path, toy_benchmark())


def got(client: Client, address: str, status: int = 200) -> Any:
    response = client.get(f"{BASE}{address}")
    assert response.status_code == status, response.content
    return response.json()


def test_benchmarks_are_listed_with_their_size(client: Client, run: Run) -> None:
    listed = got(client, "/benchmarks")
    assert (listed["count"], listed["next"], listed["previous"]) == (1, None, None)
    assert listed["items"][0] | {"slug": "toy", "problems": 3} == listed["items"][0]
    assert got(client, "/benchmarks/toy") == listed["items"][0]


def test_a_run_has_its_figures_with_their_intervals(client: Client, run: Run) -> None:
    told = got(client, f"/runs/{run.pk}")
    assert [(one["k"], one["value"], one["low"], one["high"]) for one in told["figures"]] == [
        (one.k, one.value, one.low, one.high) for one in figures_of(run)
    ]
    assert told["model"]["name"] == "Toy-1B"
    assert told["verdicts"] == run.verdict_counts
    assert told["page"] == f"http://testserver/runs/{run.pk}/"
    assert told["limits"]["cpu_seconds"] == 3.0


def test_pass_at_any_k_up_to_n_and_none_beyond(client: Client, run: Run) -> None:
    told = got(client, f"/runs/{run.pk}/figures?k=3&k=1&k=5")
    assert [one["k"] for one in told["figures"]] == [1, 3]
    assert told["refused"] == [5]
    # Of four samples each: none, three, four pass. 1 - C(1, 3) / C(4, 3) is 1.
    assert told["figures"][1]["value"] == pytest.approx(2 / 3)
    assert told["figures"][1]["low"] < 2 / 3 < told["figures"][1]["high"]


def test_samples_come_in_the_order_of_the_file_with_verdict_reason_and_code(client: Client, run: Run) -> None:
    told = got(client, f"/runs/{run.pk}/samples?limit=5")
    assert told["count"] == 12
    assert [one["line"] for one in told["items"]] == [1, 2, 3, 4, 5]
    first, third = told["items"][0], told["items"][2]
    assert first["verdict"] == "wrong_answer"
    assert (first["reason"]["call"], first["reason"]["actual"]) == ("add(2, 3)", "-1")
    assert first["code"].endswith("return a - b\n")
    assert third["reason"]["exception"] == "NameError"
    assert told["items"][3]["rankers"] == {"mean_logprob": -0.5}
    assert told["items"][3]["findings"][0]["rule"] == "S307"


def test_samples_of_all_portions_are_those_of_the_file(client: Client, run: Run) -> None:
    address, lines = f"{BASE}/runs/{run.pk}/samples?limit=5", []
    while address:
        page = client.get(address).json()
        lines += [one["line"] for one in page["items"]]
        address = page["next"]
    assert lines == list(range(1, 13))


def test_samples_of_one_verdict(client: Client, run: Run) -> None:
    told = got(client, f"/runs/{run.pk}/samples?verdict=passed&code=false&offset=2&limit=2")
    assert told["count"] == 7
    assert [(one["task_id"], one["code"]) for one in told["items"]] == [("Toy/1", None), ("Toy/2", None)]


def test_a_run_that_waits_has_samples_without_verdicts(client: Client, tmp_path: Path) -> None:
    run = queued_run(tmp_path, toy_benchmark(), MIXED)
    told = got(client, f"/runs/{run.pk}/samples")
    assert {one["verdict"] for one in told["items"]} == {""}
    assert got(client, f"/runs/{run.pk}/samples?verdict=passed")["count"] == 0
    assert got(client, f"/runs/{run.pk}/progress")["status"] == "queued"
    assert got(client, f"/runs/{run.pk}/problems")["items"][0]["pass_rate"] is None


def test_problems_of_a_run_with_the_interval_of_each_rate(client: Client, run: Run) -> None:
    told = got(client, f"/runs/{run.pk}/problems")
    assert [(one["n"], one["c"]) for one in told["items"]] == [(4, 0), (4, 3), (4, 4)]
    rate = told["items"][1]["pass_rate"]
    assert rate["low"] < rate["value"] == 0.75 < rate["high"]
    assert [one["task_id"] for one in got(client, f"/runs/{run.pk}/problems?unsolved=true")["items"]] == [
        "Toy/0"
    ]


def test_one_problem_of_a_run_groups_what_behaves_alike(client: Client, run: Run) -> None:
    told = got(client, f"/runs/{run.pk}/problems/Toy/0")
    assert next((one["verdict"], one["samples"]) for one in told["groups"]) == ("wrong_answer", 2)
    assert sum(one["samples"] for one in told["groups"]) == 4
    assert (told["previous"], told["next"]) == (None, "Toy/1")
    assert got(client, f"/runs/{run.pk}/problems/Toy/9", 404)["title"] == "Not found"


def test_problems_of_a_benchmark_the_hardest_first(client: Client, run: Run) -> None:
    told = got(client, "/benchmarks/toy/problems")
    assert [one["task_id"] for one in told["items"]] == ["Toy/0", "Toy/1", "Toy/2"]
    assert told["items"][0]["pass_rate"]["value"] == 0
    assert (
        next(one["task_id"] for one in got(client, "/benchmarks/toy/problems?sort=-rate")["items"]) == "Toy/2"
    )
    one = got(client, "/benchmarks/toy/problems/Toy/1")
    assert one["results"][0] | {"run": run.pk, "n": 4, "c": 3} == one["results"][0]
    assert "def check" in one["test"]


def test_models_are_listed_for_who_sees_a_run_of_theirs(client: Client, tmp_path: Path) -> None:
    owner, benchmark = member("ann"), toy_benchmark()
    scored_run(tmp_path, benchmark, owner=owner, model="Open")
    run = scored_run(tmp_path, benchmark, owner=owner, model="Hidden", visibility="private")
    assert [one["name"] for one in got(client, "/models")["items"]] == ["Open"]
    assert got(client, f"/models/{run.model.slug}", 404)["status"] == 404
    client.force_login(owner)
    assert [one["name"] for one in got(client, "/models")["items"]] == ["Hidden", "Open"]
    assert got(client, f"/models/{run.model.slug}")["results"][0]["visibility"] == "private"


def test_runs_are_filtered_and_come_in_portions(client: Client, tmp_path: Path) -> None:
    benchmark = toy_benchmark()
    runs = [scored_run(tmp_path, benchmark, model=f"M{number}") for number in range(3)]
    first = got(client, "/runs?limit=2")
    assert [one["id"] for one in first["items"]] == [runs[2].pk, runs[1].pk]
    response = client.get(first["next"])
    assert [one["id"] for one in response.json()["items"]] == [runs[0].pk]
    assert response.json()["previous"].endswith("limit=2&offset=0")
    assert 'rel="prev"' in response["Link"]
    assert got(client, "/runs?model=m1")["count"] == 1
    assert got(client, "/runs?status=queued")["count"] == 0
    assert got(client, "/runs?mine=true")["count"] == 0


def test_halves_of_characters_in_code_are_told_as_escapes(client: Client, tmp_path: Path) -> None:
    run = queued_run(tmp_path, toy_benchmark(1), {"Toy/0": [MIXED["Toy/1"][0]]})
    cell = run.cells.get()
    content = unpack(cell.blob)
    content.programs[0].source = "x = '\ud800'\n"
    run.cells.update(blob=pack(content))
    assert got(client, f"/runs/{run.pk}/samples")["items"][0]["code"] == "x = '\ud800'\n"


def test_counts_that_came_without_samples_are_told_as_counts(client: Client, run: Run) -> None:
    cell = run.cells.order_by("pk")[1]
    run.cells.filter(pk=cell.pk).update(blob=pack(CellContent([], [])), programs=0)
    assert got(client, f"/runs/{run.pk}/samples")["count"] == 8
    assert [one["task_id"] for one in got(client, f"/runs/{run.pk}/samples?offset=4&limit=1")["items"]] == [
        "Toy/2"
    ]
    told = got(client, f"/runs/{run.pk}/problems/Toy/1")
    assert (told["n"], told["c"], told["groups"]) == (4, 3, [])
