"""What the API tells of runs beside each other: boards, problems over all runs, failures, differences."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from evaluator.metrics import minimum_detectable_difference
from evaluator.metrics.scaling import scaling
from leaderboard.code_difference import code_difference
from leaderboard.models import Benchmark, Run
from leaderboard.queries.runs import problem_rows
from leaderboard.queries.surprise import with_expectations
from tests.leaderboard.board_data import benchmark, member, published_row  # noqa: F401
from tests.leaderboard.board_data import scored_run as scored
from tests.leaderboard.run_data import (
    passed,
    queued_run,
    raised,
    scored_run,
    toy_benchmark,
    wrong,
)

pytestmark = pytest.mark.django_db
DRAWN = {
    "Toy/0": [
        wrong("    return a - b\n", "-1", times=3),
        wrong("    c = a - b\n    return c\n", "-1"),
        raised("    return a + c\n", "NameError", "name 'c' is not defined", times=2),
        passed(),
    ],
    "Toy/1": [passed(times=2)],
    "Toy/2": [wrong("    return a\n", "2", times=2)],
}
OTHER = {"Toy/0": [wrong("    return -1\n", "-1", times=2), passed()], "Toy/2": [passed(times=2)]}


def got(client: Client, address: str, status: int = 200) -> Any:
    response = client.get(f"/api/v1{address}")
    assert response.status_code == status, response.content
    return response.json()


def text(client: Client, address: str) -> str:
    html = client.get(address).content.decode()
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", html)))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return scored_run(tmp_path, toy_benchmark(), DRAWN)


@pytest.fixture
def other(tmp_path: Path, run: Run) -> Run:
    return scored_run(tmp_path, run.benchmark, OTHER, model="Toy-7B")


@pytest.fixture
def sized(benchmark: Benchmark) -> list[Run]:  # noqa: F811
    counts = ([1, 1, 0, 0], [2, 1, 1, 0], [4, 2, 1, 1], [4, 4, 2, 1])
    return [
        scored(benchmark, f"M{place}", passed_of, model_parameters=10 ** (8 + place))
        for place, passed_of in enumerate(counts)
    ]


def test_sizes_have_the_fit_of_the_boards_chart(client: Client, sized: list[Run]) -> None:
    scored(sized[0].benchmark, "Unknown", [4, 4, 4, 4])
    told = got(client, "/benchmarks/small/sizes")
    figures = [run.figures["1"]["value"] for run in sized]
    fit = scaling([10 ** (8 + place) for place in range(4)], figures)
    assert {one["run"]: one["pass_at_k"]["value"] for one in told["items"]} == {
        run.pk: value for run, value in zip(sized, figures, strict=True)
    }
    assert told["fit"]["slope"]["value"] == pytest.approx(fit.slope)
    assert told["fit"]["slope"]["low"] < fit.slope < told["fit"]["slope"]["high"]
    assert told["fit"]["value"] == pytest.approx(list(fit.values))
    assert told["said"] in text(client, "/benchmarks/small/")
    few = got(client, "/benchmarks/small/sizes?q=params<500M")
    assert (len(few["items"]), few["fit"], few["said"]) == (1, None, "")
    assert got(client, "/benchmarks/small/sizes?q=params<<", 422)["errors"][0]["field"] == "q"


def test_a_benchmark_tells_what_it_can_resolve(client: Client, benchmark: Benchmark) -> None:  # noqa: F811
    told = got(client, "/benchmarks/small")["resolution"]
    assert told == [{"n": n, "smallest_difference": minimum_detectable_difference(4, n)} for n in (1, 100)]


def test_rows_of_the_board_tell_how_they_came_about(client: Client, sized: list[Run]) -> None:
    published_row(sized[0].benchmark, "Codex", {"1": "28.8"}, method="reranking")
    rows = got(client, "/benchmarks/small/leaderboard?show=measured&show=published")["items"]
    files = json.loads(client.get("/benchmarks/small/?format=json&show=measured,published").content)
    names = ("time_limit", "method", "source", "source_url")
    assert [[row[name] for name in names] for row in rows] == [[row[name] for name in names] for row in files]
    assert rows[-1]["source_url"] == "https://arxiv.org/abs/2107.03374"


def test_runs_that_wait_are_told_with_how_far_they_are(client: Client, run: Run, tmp_path: Path) -> None:
    waiting = queued_run(tmp_path, run.benchmark, DRAWN)
    [told] = got(client, "/benchmarks/toy/active-runs")["items"]
    assert (told["run"], told["status"], told["share"]) == (waiting.pk, "queued", 0.0)
    hidden = queued_run(tmp_path, run.benchmark, DRAWN, visibility="private", owner=member("ann"))
    assert hidden.pk not in [one["run"] for one in got(client, "/benchmarks/toy/active-runs")["items"]]


def test_the_matrix_counts_what_each_run_solves_alone(client: Client, run: Run, other: Run) -> None:
    rows = {one["run"]: one for one in got(client, "/benchmarks/toy/matrix")["runs"]}
    assert (rows[run.pk]["solved"], rows[run.pk]["solved_alone"]) == (2, 1)
    assert (rows[other.pk]["solved"], rows[other.pk]["solved_alone"]) == (2, 1)


def test_failures_of_a_problem_are_one_over_all_runs(client: Client, run: Run, other: Run) -> None:
    first, second = got(client, "/benchmarks/toy/failures/Toy/0")["items"]
    assert (first["verdict"], first["samples"], first["models"]) == ("wrong_answer", 6, 2)
    assert [(one["run"], one["samples"], one["n"]) for one in first["runs"]] == [
        (run.pk, 4, 7),
        (other.pk, 2, 3),
    ]
    assert (first["reason"]["actual"], first["reason"]["expected"]) == ("-1", "5")
    assert second["reason"]["exception"] == "NameError"
    behaviour = first["behaviour"]
    page = text(client, f"/runs/{run.pk}/problems/Toy/0/?behaviour={behaviour}")
    assert "6 samples of 2 models give this wrong answer" in page
    only = got(client, f"/benchmarks/toy/failures/Toy/0?behaviour={behaviour}")
    assert [one["behaviour"] for one in only["items"]] == [behaviour]
    of_other = got(client, f"/benchmarks/toy/failures/Toy/0?run={other.pk}")
    assert [one["behaviour"] for one in of_other["items"]] == [behaviour]
    assert got(client, "/benchmarks/toy/failures/Toy/0?limit=1")["count"] == 2
    problem = got(client, "/benchmarks/toy/problems/Toy/0")
    assert problem["shared_failures"][0]["reason"] == first["reason"]
    assert problem["results"][0]["commonest_failure"]["behaviour"] == behaviour


def test_failures_of_a_run_elsewhere_or_of_nobody(client: Client, run: Run, benchmark: Benchmark) -> None:  # noqa: F811
    elsewhere = scored(benchmark, "M", [1, 1, 1, 1])
    refused = got(client, f"/benchmarks/toy/failures/Toy/0?run={elsewhere.pk}", 422)
    assert refused["errors"][0]["field"] == "run"
    got(client, "/benchmarks/toy/failures/Toy/9", 404)


def test_why_a_problem_itself_may_be_wrong(client: Client, benchmark: Benchmark) -> None:  # noqa: F811
    for place in range(6):
        scored(benchmark, f"M{place}", [place * 4, place * 4, place * 4, 20 - place * 4], n=20)
    told = got(client, "/benchmarks/small/problems/Small/3")
    assert told["contrast"]["strong"] < told["contrast"]["weak"]
    assert told["contrast"]["p"] < 0.05
    page = text(client, "/benchmarks/small/problems/Small/3/")
    assert f"passes {told['contrast']['strong'] * 100:.1f} % of its samples" in page
    agreed = told["agreement"]
    assert f"{agreed['models']} of the {agreed['of']} stronger models give one and the same" in page
    plain = got(client, "/benchmarks/small/problems/Small/0")
    assert (plain["contrast"], plain["agreement"]) == (None, None)


def test_programs_are_told_apart_line_by_line(client: Client, run: Run) -> None:
    told = got(client, f"/runs/{run.pk}/differences/Toy/0?program=0")
    problem = run.benchmark.problems.get(task_id="Toy/0")
    lines = code_difference(
        f"{problem.prompt}    return a - b\n", problem.prompt + problem.canonical_solution
    )
    assert [(one["kind"], one["left"], one["right"]) for one in told["lines"]] == [
        (line.kind, line.left, line.right) for line in lines
    ]
    removed = [one for one in told["lines"] if one["kind"] == "removed"]
    assert [piece["text"] for piece in removed[0]["pieces"] if piece["kind"] == "changed"] == ["-"]
    other = got(client, f"/runs/{run.pk}/differences/Toy/0?program=0&against=1")
    assert "    c = a - b" in ["".join(piece["text"] for piece in one["pieces"]) for one in other["lines"]]
    assert got(client, f"/runs/{run.pk}/differences/Toy/0?program=0&against=0")["lines"] == []
    missing = got(client, f"/runs/{run.pk}/differences/Toy/0?program=9", 404)
    assert missing["errors"][0]["field"] == "program"


def test_programs_of_a_problem_are_chosen_as_on_the_page(client: Client, run: Run) -> None:
    address = f"/runs/{run.pk}/problems/Toy/0"
    assert [one["verdict"] for one in got(client, f"{address}?verdict=exception")["groups"]] == ["exception"]
    [group] = got(client, f"{address}?q=C = A")["groups"]
    assert [program["code"].endswith("c = a - b\n    return c\n") for program in group["programs"]] == [True]
    assert got(client, f"{address}?rule=S307")["groups"] == []
    told = got(client, address)
    assert (told["next"], told["next_match"], told["rules"]) == ("Toy/1", "Toy/2", {})


def test_problems_of_a_run_come_by_surprise(client: Client, run: Run, other: Run) -> None:
    told = got(client, f"/runs/{run.pk}/problems?sort=surprise")["items"]
    known = with_expectations(run, problem_rows(run), member("ann"))
    known.sort(key=lambda row: row.residual or 0)
    assert [one["task_id"] for one in told] == [row.task_id for row in known]
    assert [one["surprise"] for one in told] == [row.residual for row in known]
    got(client, f"/runs/{run.pk}/problems?sort=nonsense", 422)


def test_compared_problems_are_filtered_and_sorted(client: Client, run: Run, other: Run) -> None:
    address = f"/comparisons/problems?run={run.pk}&run={other.pk}"
    rows = got(client, f"{address}&sort=-difference")["items"]
    assert [(one["task_id"], one["difference"]) for one in rows] == [
        ("Toy/0", pytest.approx(1 / 7 - 1 / 3)),
        ("Toy/2", -1.0),
    ]
    assert [(one["n"], one["c"]) for one in rows] == [([7, 3], [1, 1]), ([2, 2], [0, 2])]
    assert [one["task_id"] for one in got(client, f"{address}&q=toy/2")["items"]] == ["Toy/2"]
    assert got(client, f"{address}&sort=run{run.pk}")["items"][0]["task_id"] == "Toy/2"
    assert got(client, f"{address}&sort=run999", 422)["errors"][0]["field"] == "sort"
    samples = got(client, f"/comparisons/problems/Toy/0?run={run.pk}&run={other.pk}")
    assert samples["next_differing"] == "Toy/2"


def test_a_file_of_counts_has_no_share_that_is_flagged(client: Client, run: Run, other: Run) -> None:
    Run.objects.filter(pk=other.pk).update(verdicts_from="imported", programs=0)
    first, second = got(client, f"/comparisons?run={run.pk}&run={other.pk}")["runs"]
    assert first["flagged"]["value"] == 0.0
    assert (second["flagged"], second["passed_flagged"]) == (None, None)
    assert (first["verdicts_from"], second["verdicts_from"]) == ("measured", "imported")


def test_runs_are_found_by_their_models_name(client: Client, run: Run, other: Run) -> None:
    assert [one["id"] for one in got(client, "/runs?q=7b")["items"]] == [other.pk]
