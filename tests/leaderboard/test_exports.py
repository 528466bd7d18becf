"""What readers take along: tables as LaTeX, the citation, and files beside every table and chart."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from leaderboard import latex
from leaderboard.models import Benchmark
from tests.leaderboard.board_data import benchmark, published_row, scored_run  # noqa: F401
from tests.leaderboard.html_rules import assert_strict

BOARD = "/benchmarks/small/"


@pytest.fixture
def board(benchmark: Benchmark) -> Benchmark:  # noqa: F811
    scored_run(benchmark, "A_1 & 100 % {x}", [4, 2, 1, 0], temperature=0.8)
    published_row(benchmark, "Codex 12B", {"1": "28.81"})
    return benchmark


def table(rows: list[dict[str, object]]) -> str:
    return latex.table(list(rows[0]), rows, "A caption", "a-label")


def body(document: str) -> list[str]:
    """The cells of the first row."""
    found = re.search(r"\\midrule\n(.*?) \\\\", document, re.DOTALL)
    assert found, document
    return [cell.strip() for cell in re.split(r"(?<!\\)&", found[1])]


def test_an_even_interval_is_plus_minus_and_a_lopsided_one_prints_both_bounds() -> None:
    even = table([{"model": "A", "pass@1": 0.468, "pass@1_low": 0.437, "pass@1_high": 0.499}])
    lopsided = table([{"model": "A", "pass@1": 0.02, "pass@1_low": 0.001, "pass@1_high": 0.08}])
    assert body(even) == ["A", "46.8 $\\pm$ 3.1"]
    assert body(lopsided) == ["A", "2.0 [0.1, 8.0]"]
    assert "model & pass@1 (\\%) \\\\" in even
    assert "{lr}" in even


def test_a_figure_without_bounds_stands_alone_and_a_missing_one_is_a_dash() -> None:
    row = {"pass@1": 0.2881, "pass@1_low": None, "pass@1_high": None, "n": None}
    assert body(table([row, row | {"n": 4}])) == ["28.8", "--"]


def test_shares_are_known_by_their_name_and_by_being_no_counts() -> None:
    row = {"secure-pass@1": 0.25, "pass@1_temperature": 0.2, "difference": -0.042, "flagged": 3}
    assert body(table([row])) == ["25.0", "0.2", "$-4.2$", "3"]
    assert body(table([{"flagged": 0.03}])) == ["3.0"]


def test_ranks_and_counts_are_whole_and_negative_numbers_have_a_minus_sign() -> None:
    row = {"rank": 2, "rank_low": 1, "rank_high": 4, "flagged": 3, "mean_logprob": -0.5}
    assert body(table([row])) == ["2 [1, 4]", "3", "$-0.5$"]


def test_empty_columns_and_columns_of_links_are_left_out() -> None:
    row = {"model": "A", "organisation": "", "size": None, "source_url": "https://example.org"}
    assert body(table([row])) == ["A"]


@pytest.mark.parametrize("character", "&%$#_{}")
def test_characters_with_a_meaning_are_escaped(character: str) -> None:
    assert body(table([{"a": 1, "model": f"x{character}y"}]))[-1].endswith(f"\\{character}y")


def test_backslash_and_hidden_characters_are_spelled_out() -> None:
    assert latex.escaped("a\\b~c^d") == "a\\textbackslash{}b\\textasciitilde{}c\\textasciicircum{}d"
    assert latex.escaped("≥ 3 − 1") == "$\\geq$ 3 $-$ 1"
    assert latex.escaped("a\u202eb\nc") == "a\\textbackslash{}u202eb c"


def test_an_empty_table_has_its_head(client: Client, board: Benchmark) -> None:
    document = client.get(f"{BOARD}problems/?q=none-such&format=tex").content.decode()
    assert "task\\_id" in document
    assert "\\bottomrule" in document


def test_the_boards_latex_says_where_it_is_from_and_when(client: Client, board: Benchmark) -> None:
    response = client.get(f"{BOARD}?k=1,2&show=measured&format=tex")
    document = response.content.decode()
    assert response["Content-Disposition"] == 'attachment; filename="small-leaderboard.tex"'
    assert f"\\url{{http://testserver{BOARD}?k=1,2\\&show=measured}}" in document
    assert timezone.localdate().isoformat() in document
    assert "A\\_1 \\& 100 \\% \\{x\\}" in document
    assert document.count("{") == document.count("}")


def test_an_unknown_format_is_refused_with_the_known_ones(client: Client, board: Benchmark) -> None:
    response = client.get(f"{BOARD}?format=xlsx")
    assert response.status_code == 400
    assert "csv, json or tex" in response.content.decode()


@pytest.mark.parametrize("page", [BOARD, f"{BOARD}problems/"])
def test_every_table_offers_its_files_its_link_and_its_citation(
    client: Client, board: Benchmark, page: str
) -> None:
    response = client.get(page)
    html = response.content.decode()
    for form in ("csv", "json", "tex"):
        assert f'href="{page}?format={form}" download' in html
        assert client.get(f"{page}?format={form}").status_code == 200
    assert "data-copy-link" in html
    assert_strict(response)


def test_the_citation_names_address_day_and_the_benchmarks_hash(client: Client, board: Benchmark) -> None:
    html = client.get(f"{BOARD}?q=&k=2&sort=-pass2").content.decode()
    assert "@misc{passboard-small-" in html
    assert f"\\url{{http://testserver{BOARD}?k=2}}" in html  # the shortest address of the same view
    assert "1" * 64 in html
    assert f"Accessed {timezone.localdate().isoformat()}" in html


def test_a_runs_citation_names_the_run(client: Client, board: Benchmark) -> None:
    run = board.runs.get(source="uploaded")
    html = client.get(f"/runs/{run.pk}/").content.decode()
    assert f"@misc{{passboard-run{run.pk}-" in html
    assert "A\\_1 \\&amp; 100 \\%" in html
