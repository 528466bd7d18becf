"""Difficulty, discrimination and suspects of a board's problems, on the pages and in the files."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from evaluator.records import Detail, Judgement, Verdict
from leaderboard.cell_blob import CellContent, StoredProgram, StoredSample
from leaderboard.models import Benchmark, Problem, Run
from leaderboard.services import cells, runs
from leaderboard.services.cells import Scorer
from tests.leaderboard.board_data import benchmark, scored_run  # noqa: F401

PROBLEMS = "/benchmarks/small/problems/"
INVERTED = f"{PROBLEMS}Small/3/"


@pytest.fixture
def board(benchmark: Benchmark) -> Benchmark:  # noqa: F811
    """Eight runs of rising strength; the stronger they are, the worse they do on the last problem."""
    for level in range(8):
        scored_run(benchmark, f"Model {level}", [11 + level, 11 + level, 12 + level, 19 - level], n=20)
    return benchmark


def rows(client: Client, query: str = "") -> dict[str, dict[str, object]]:
    listed = json.loads(client.get(f"{PROBLEMS}?format=json{query}").content)
    return {row["task_id"]: row for row in listed}


def test_a_problem_that_stronger_runs_fail_is_suspect(client: Client, board: Benchmark) -> None:
    found = rows(client)
    assert found["Small/0"]["discrimination"] == pytest.approx(1.0, abs=0.2)
    assert found["Small/3"]["discrimination"] == pytest.approx(-1.0)
    assert "stronger runs fail it" in str(found["Small/3"]["suspect"])
    assert list(rows(client, "&suspects=1")) == ["Small/3"]
    html = client.get(f"{PROBLEMS}?suspects=1").content.decode()
    assert ">suspect</span>" in html
    assert "1 of 4 problems" in html
    page = client.get(INVERTED).content.decode()
    assert "passes 67.5 % of its samples, the weaker half 87.5 %" in page
    assert "the problem itself may be wrong" in page
    assert "the problem itself may be wrong" not in client.get(f"{PROBLEMS}Small/0/").content.decode()


def test_pass_rates_and_discriminations_have_intervals(client: Client, board: Benchmark) -> None:
    row = rows(client)["Small/0"]
    assert row["pass_rate"] == pytest.approx(0.725)
    assert 0.5 < row["pass_rate_low"] < 0.725 < row["pass_rate_high"] < 0.9  # type: ignore[operator]
    assert 0.9 < row["discrimination_low"] < row["discrimination"] <= 1.0  # type: ignore[operator]
    html = client.get(f"{PROBLEMS}Small/0/").content.decode()
    assert "Discrimination" in html
    assert 'title="95 % interval' in html


def test_two_runs_say_nothing_of_discrimination(client: Client, benchmark: Benchmark) -> None:  # noqa: F811
    scored_run(benchmark, "A", [4, 4, 4, 3])
    scored_run(benchmark, "B", [3, 3, 3, 4])
    assert rows(client)["Small/3"]["discrimination"] is None
    assert rows(client, "&suspects=1") == {}


def test_a_problem_whose_reference_solution_fails_is_suspect(client: Client, board: Benchmark) -> None:
    Problem.objects.filter(task_id="Small/1").update(reference_verdict="wrong_answer")
    Problem.objects.filter(task_id="Small/0").update(reference_verdict="passed")
    assert list(rows(client, "&suspects=1")) == ["Small/1", "Small/3"]
    assert "fails its own test: wrong answer" in str(rows(client)["Small/1"]["suspect"])
    html = client.get(f"{PROBLEMS}Small/1/").content.decode()
    assert "does not pass its own test here: wrong answer" in html


def answered(board: Benchmark, name: str, actual: str, times: int) -> Run:
    """A run that answers `actual` to the first problem so often, of ten times; else it passes."""
    run = scored_run(board, name, [], status="running")
    wrong = Detail(call="add(1)", actual=actual, expected="2")
    programs = [
        StoredProgram("good", Judgement(Verdict.PASSED, Detail(), 0.0)),
        StoredProgram("bad", Judgement(Verdict.WRONG_ANSWER, wrong, 0.0)),
    ]
    samples = [StoredSample(int(place < times), place + 1) for place in range(10)]
    run.cells.create(problem=board.problems.get(position=0), n=10, programs=2, blob=b"")
    cell = run.cells.get()
    run.cells.update(status="running", lease_token="ours")
    claim = cells.Claim(
        cell.pk,
        run.pk,
        "ours",
        1,
        cell.problem.record(),
        (),
        cells.DEFAULT_LIMITS,
        CellContent(programs, samples),
    )
    cells.finish(claim, claim.content, Scorer("test judge", "A"))
    return run


@pytest.mark.parametrize(
    ("answers", "suspect"),
    [
        ([("3.0", 6), ("3.0", 6), ("3.0000000000000004", 6), ("4", 6)], "3 of the 4 stronger models"),
        ([("3", 6), ("3", 6), ("3.0000000000000004", 6), ("3.0", 6)], ""),  # two and two: two answers
        ([("3.0", 5), ("3.0", 5), ("3.0", 5), ("3.0", 5)], ""),  # right as often as wrong
        ([("3.0", 6), ("3.0", 6), ("4", 6), ("5", 6)], ""),
    ],
)
def test_strong_models_that_agree_on_a_wrong_answer_make_a_problem_suspect(
    client: Client,
    benchmark: Benchmark,  # noqa: F811
    answers: list[tuple[str, int]],
    suspect: str,
) -> None:
    for number, (actual, times) in enumerate(answers):
        answered(benchmark, f"Strong {number}", actual, times)
    for number in range(4):
        answered(benchmark, f"Weak {number}", "0", 10)  # all weak models agree, too: that says nothing
    said = rows(client)["Small/0"]["suspect"]
    assert bool(said) is bool(suspect)
    assert suspect in str(said)
    html = client.get(f"{PROBLEMS}Small/0/").content.decode()
    assert ("Show these samples" in html) is bool(suspect)


def test_runs_of_one_model_are_one_voice(client: Client, benchmark: Benchmark) -> None:  # noqa: F811
    for _ in range(4):
        answered(benchmark, "The same", "3", 9)
    assert rows(client)["Small/0"]["suspect"] == ""


def test_a_run_that_is_scored_again_counts_anew(client: Client, board: Benchmark) -> None:
    run = Run.objects.order_by("pk").last()
    assert run is not None
    runs.rescore(run)
    assert rows(client)["Small/0"]["runs"] == 7
