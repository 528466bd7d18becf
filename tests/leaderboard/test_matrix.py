"""The matrix of runs × problems: its order, its modes, its picture, its numbers and files."""

from __future__ import annotations

import csv
import io
import json
import re

import numpy as np
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from leaderboard.matrix_paths import STEPS, step_paths, steps_of
from leaderboard.models import Benchmark, RunCounts
from tests.leaderboard.board_data import benchmark, member, published_row, scored_run  # noqa: F401
from tests.leaderboard.html_rules import assert_strict

MATRIX = "/benchmarks/small/matrix/"


@pytest.fixture
def board(benchmark: Benchmark) -> Benchmark:  # noqa: F811
    """Passed of 4 by problem: easy 0, then 2, then 1 that only Good solves, then 3 that nobody solves."""
    scored_run(benchmark, "Poor", [3, 0, 1, 0], temperature=0.8)
    scored_run(benchmark, "Good", [4, 2, 4, 0], temperature=0.2)
    scored_run(benchmark, "Short", [4], temperature=0.2)
    published_row(benchmark, "Codex 12B", {"1": "28.81"})
    return benchmark


def numbers(client: Client, query: str = "") -> dict[str, list[object]]:
    answer: dict[str, list[object]] = client.get(f"/benchmarks/small/matrix.json{query}").json()
    return answer


def names(client: Client, query: str = "") -> tuple[list[object], list[object]]:
    found = numbers(client, query)
    return [run[1] for run in found["runs"]], [problem[0] for problem in found["problems"]]  # type: ignore[index]


def cells_of(html: str) -> dict[tuple[int, int], int]:
    """The step of each (row, column) that the picture's paths stroke."""
    picture = re.search(r'<svg class="cells.*?</svg>', html, re.DOTALL)
    assert picture
    found: dict[tuple[int, int], int] = {}
    for step, path in re.findall(r'<path class="step-(\d)" d="([^"]+)"', picture[0]):
        found |= dict.fromkeys(strokes(path), int(step))
    return found


def strokes(path: str) -> list[tuple[int, int]]:
    """(row, column) of every cell that a path strokes; no cell twice."""
    found: list[tuple[int, int]] = []
    x = y = 0.0
    for kind, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", path):
        if kind == "h":
            found += [(int(y), column) for column in range(int(x), int(x) + int(first))]
            x += float(first)
        elif kind == "M":
            x, y = float(first), float(second)
        else:
            x, y = x + float(first), y + float(second)
    assert len(found) == len(set(found))
    return found


def test_runs_come_strongest_first_and_problems_easiest_first(client: Client, board: Benchmark) -> None:
    found = numbers(client)
    assert names(client) == (["Good", "Short", "Poor"], ["Small/0", "Small/2", "Small/1", "Small/3"])
    assert found["c"] == [[4, 4, 2, 0], [4, 0, 0, 0], [3, 1, 0, 0]]
    assert found["n"] == [4, [4, 0, 0, 0], 4]  # one number where all problems have as many


def test_the_picture_has_the_step_of_each_cell(client: Client, board: Benchmark) -> None:
    response = client.get(MATRIX)
    last = STEPS - 1
    assert cells_of(response.content.decode()) == {
        (row, column): step
        # the second run has no samples of the others
        for row, steps in enumerate(([last, last, 3, 0], [last], [4, 2, 0, 0]))
        for column, step in enumerate(steps)
    }
    assert_strict(response)


@pytest.mark.parametrize(
    ("mode", "problems"),
    [
        ("", ["Small/0", "Small/2", "Small/1", "Small/3"]),
        ("different", ["Small/1"]),
        ("alone", ["Small/1"]),
        ("none", ["Small/3"]),
        ("nonsense", ["Small/0", "Small/2", "Small/1", "Small/3"]),
    ],
)
def test_modes_choose_problems(client: Client, board: Benchmark, mode: str, problems: list[str]) -> None:
    assert names(client, f"?show={mode}")[1] == problems


def test_runs_of_one_model_solve_alone_together(client: Client, board: Benchmark) -> None:
    scored_run(board, "Good", [4, 1, 0, 0], temperature=0.8)
    assert names(client, "?show=alone")[1] == ["Small/1"]
    scored_run(board, "Third", [0, 1, 0, 0])
    assert names(client, "?show=alone")[1] == []
    assert "No problem is like that among these runs" in client.get(f"{MATRIX}?show=alone").content.decode()


def test_text_chooses_runs_and_the_modes_follow_them(client: Client, board: Benchmark) -> None:
    assert names(client, "?q=poor&show=none") == (["Poor"], ["Small/1", "Small/3"])
    html = client.get(f"{MATRIX}?q=nobody").content.decode()
    assert "No run matches this filter" in html
    assert "1 of 3 runs × 4 problems" in client.get(f"{MATRIX}?q=poor").content.decode()


def test_synthetic_runs_can_be_left_out(client: Client, board: Benchmark) -> None:
    scored_run(board, "Demo", [4, 4, 4, 4], synthetic=True)
    assert "Demo" in names(client)[0]
    assert "Demo" not in names(client, "?runs=measured")[0]


def test_private_runs_are_in_their_owners_matrix_alone(client: Client, board: Benchmark) -> None:
    owner = member("ada")
    scored_run(board, "Secret", [4, 4, 4, 4], owner=owner, visibility="private")
    assert "Secret" not in names(client)[0]
    client.force_login(owner)
    assert names(client)[0][0] == "Secret"


def test_the_table_beside_says_what_the_picture_shows(client: Client, board: Benchmark) -> None:
    html = client.get(MATRIX).content.decode()
    table = html[html.index("The runs as a table") :]
    rows = [re.findall(r'<td class="num">([^<]*)</td>', row) for row in table.split("<tr>")]
    assert [row[0] for row in rows if row] == ["0.2", "0.2", "0.8"]
    assert [row[3:] for row in rows if row] == [["3", "1"], ["1", "0"], ["2", "0"]]


def test_the_rates_come_as_files(client: Client, board: Benchmark) -> None:
    text = client.get(f"{MATRIX}?format=csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["model"] for row in rows] == ["Good", "Short", "Poor"]
    assert [rows[2][name] for name in ("Small/0", "Small/2", "Small/1")] == ["0.75", "0.25", "0.0"]
    assert rows[1]["Small/1"] == ""
    assert float(rows[0]["pass@1_low"]) < float(rows[0]["pass@1"]) < float(rows[0]["pass@1_high"])
    again = json.loads(client.get(f"{MATRIX}?format=json&show=none").content)
    assert [row["Small/3"] for row in again] == [0.0, None, 0.0]
    assert client.get(f"{MATRIX}?format=xml").status_code == 400
    assert client.get(f"{MATRIX}?format=csv&q=nobody").content.decode().startswith("run,model,")


def test_an_empty_board_says_how_it_fills(client: Client, benchmark: Benchmark) -> None:  # noqa: F811
    assert "The matrix appears with the first scored run" in client.get(MATRIX).content.decode()
    assert numbers(client) == {"runs": [], "problems": [], "n": [], "c": []}


def test_htmx_gets_the_part_and_the_shortest_address(client: Client, board: Benchmark) -> None:
    response = client.get(f"{MATRIX}?q=+good+&show=&runs=&x=1", headers={"HX-Request": "true"})
    assert response["HX-Push-Url"] == f"{MATRIX}?q=good"
    assert response.content.decode().startswith('<div id="matrix">')
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize("runs", [1, 6])
def test_a_fixed_number_of_queries_none_of_a_blob(
    client: Client,
    benchmark: Benchmark,  # noqa: F811
    runs: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(runs):
        scored_run(benchmark, f"Model {number}", [1, 2, 3, 4])
    # The benchmark, its runs, their counts, the problems, their figures, the header's benchmarks.
    with django_assert_num_queries(6) as captured:
        client.get(MATRIX)
    with django_assert_num_queries(4):
        client.get("/benchmarks/small/matrix.json")
    assert not [query for query in captured.captured_queries if '"blob"' in query["sql"]]


def test_runs_scored_before_counts_were_kept_are_read_from_their_cells(
    client: Client, board: Benchmark
) -> None:
    before = numbers(client)
    RunCounts.objects.all().delete()
    assert numbers(client) == before


def test_steps_keep_never_and_always_apart_from_nearly() -> None:
    rates = np.array([[0.0, 0.001, 0.2, 0.21, 0.999, 1.0, np.nan]])
    assert steps_of(rates).tolist() == [[0, 1, 1, 2, 5, 6, -1]]


def test_every_cell_of_a_random_matrix_is_stroked_once_in_its_step() -> None:
    rates = np.random.default_rng(5).choice([0.0, 0.1, 0.5, 0.9, 1.0, np.nan], (40, 90))
    steps = steps_of(rates)
    found = {cell: path.step for path in step_paths(rates) for cell in strokes(path.d)}
    expected = {
        (row, column): int(steps[row, column]) for row, column in zip(*np.nonzero(steps >= 0), strict=True)
    }
    assert found == expected


def test_no_cells_no_paths() -> None:
    assert step_paths(np.zeros((0, 5))) == []
    assert step_paths(np.zeros((5, 0))) == []
    assert step_paths(np.full((2, 2), np.nan)) == []
