"""The failure browser beyond one program: differences, text search, the same failure in other runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from leaderboard.models import Run
from tests.leaderboard.board_data import member
from tests.leaderboard.run_data import HOSTILE, Drawn, passed, raised, scored_run, toy_benchmark, wrong

pytestmark = pytest.mark.django_db

DRAWN = {
    "Toy/0": [
        wrong("    return a - b\n", "-1", times=3),
        wrong("    c = a - b\n    return c\n", "-1"),
        raised("    return a + c\n", "NameError", "name 'c' is not defined", times=2),
        passed(),
    ]
}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return scored_run(tmp_path, toy_benchmark(), DRAWN)


def page(client: Client, run: Run, query: str = "", **headers: str) -> str:
    response = client.get(f"/runs/{run.pk}/problems/Toy/0/{query}", headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def test_groups_have_their_size_and_share(client: Client, run: Run) -> None:
    html = page(client, run)
    assert re.findall(r'distinct programs?">(\d+) <span class="quiet share">(\d+ %)', html) == [
        ("4", "57 %"),
        ("2", "29 %"),
        ("1", "14 %"),
    ]


def test_the_difference_to_the_reference_solution_is_chosen_in_the_address(client: Client, run: Run) -> None:
    html = page(client, run, "?program=0&against=reference")
    assert "return a <del>-</del> b" in html
    assert "return a <ins>+</ins> b" in html
    assert '<option value="reference" selected>' in html
    assert 'aria-label="Code"' not in html


def test_the_difference_to_another_sample_of_the_cell(client: Client, run: Run) -> None:
    html = page(client, run, "?program=0&against=1")
    assert "program 0 (wrong answer, 3 samples)" in html
    assert "program 1 (wrong answer, 1 sample)" in html
    assert '<option value="1" selected>' in html
    assert "<del>return</del>" in html


def test_a_program_that_is_the_reference_solution_differs_in_nothing(client: Client, run: Run) -> None:
    assert "are equal, line by line" in page(client, run, "?program=3&against=reference")


@pytest.mark.parametrize("against", ["99", "x", "-1", "referenc", "1e9", "%00"])
def test_what_cannot_be_compared_shows_the_code(client: Client, run: Run, against: str) -> None:
    assert 'aria-label="Code"' in page(client, run, f"?program=0&against={against}")


def test_a_comparison_with_the_reference_goes_along_to_the_next_program(client: Client, run: Run) -> None:
    html = page(client, run, "?program=0&against=reference")
    assert f'href="/runs/{run.pk}/problems/Toy/0/?program=2&amp;against=reference"' in html


def test_hostile_code_is_text_in_differences_too(client: Client, tmp_path: Path) -> None:
    drawn = {"Toy/0": [Drawn(HOSTILE, wrong("", "1").judgement)]}
    html = page(client, scored_run(tmp_path, toy_benchmark(), drawn), "?program=0&against=reference")
    assert "<script>alert" not in html
    assert "alert" in html


def test_text_is_searched_in_the_programs_of_the_cell(client: Client, run: Run) -> None:
    assert "1 sample, ending in 1 way" in page(client, run, "?q=C+%3D+a")
    assert "2 samples, ending in 1 way" in page(client, run, "?q=return+c&verdict=exception")
    html = page(client, run, "?q=nowhere")
    assert "No sample here matches" in html
    assert 'value="nowhere"' in html


def test_htmx_puts_the_shortest_address_into_the_address_bar(client: Client, run: Run) -> None:
    query = "?q=+return++&verdict=&finding=&program=0&against="
    response = client.get(f"/runs/{run.pk}/problems/Toy/0/{query}", headers={"HX-Request": "true"})
    assert response["HX-Push-Url"] == f"/runs/{run.pk}/problems/Toy/0/?q=return&program=0"


def test_the_same_failure_in_other_models_is_counted_and_linked(
    client: Client, tmp_path: Path, run: Run
) -> None:
    other = scored_run(
        tmp_path, run.benchmark, {"Toy/0": [wrong("    return -1\n", "-1", times=5)]}, model="B"
    )
    scored_run(tmp_path, run.benchmark, {"Toy/0": [wrong("    return 7\n", "7")]}, model="C")
    html = page(client, run)
    assert "9 samples of 2 models give this wrong answer" in html
    assert "4 of 7" in html
    assert "5 of 5" in html
    address = re.search(rf'href="(/runs/{other.pk}/problems/Toy/0/\?behaviour=[0-9a-f]{{16}})"', html)
    assert address
    opened = client.get(address[1]).content.decode()
    assert "9 samples of 2 models give this wrong answer" in opened
    assert "return -1" in text_of(opened)


def test_a_failure_of_this_run_alone_says_so(client: Client, run: Run) -> None:
    html = page(client, run, "?verdict=exception")
    assert "2 samples of 1 model raise this exception, all of them in this run" in html


def test_samples_that_pass_are_not_compared_with_other_models(client: Client, run: Run) -> None:
    assert "of 1 model" not in page(client, run, "?verdict=passed")


def test_private_runs_of_others_are_not_counted(client: Client, tmp_path: Path, run: Run) -> None:
    owner = member("ada")
    drawn = {"Toy/0": [wrong("    return -1\n", "-1", times=5)]}
    scored_run(tmp_path, run.benchmark, drawn, model="Secret", owner=owner, visibility="private")
    assert "4 samples of 1 model give this wrong answer" in page(client, run)
    client.force_login(owner)
    assert "9 samples of 2 models give this wrong answer" in page(client, run)
