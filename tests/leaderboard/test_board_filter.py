"""The filter line: what its terms mean, what they keep, and errors that name the term and what is allowed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

import pytest
from django.test import Client

from leaderboard.forms.board_filter import FIELDS, Period, Term, Word, board_filter
from leaderboard.models import Benchmark, Run
from tests.leaderboard.board_data import benchmark, member, published_row, scored_run  # noqa: F401

BOARD = "/benchmarks/small/"


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("params<10B", Term("params", "<", 1e10)),
        ("params >= 350M", Term("params", ">=", 3.5e8)),
        ("size:7b", Term("params", ":", 7e9)),
        ("T<=0.4", Term("T", "<=", 0.4)),
        ("temperature=1", Term("T", "=", 1.0)),
        ('org:"Meta AI"', Term("org", ":", "meta ai")),
        ("-org:meta", Term("org", ":", "meta", left_out=True)),
        ("model=Best", Term("model", "=", "best")),
        ("flagged<1%", Term("flagged", "<", 0.01)),
        ("flagged<1", Term("flagged", "<", 0.01)),
        ("pass@10>=50%", Term("pass@k", ">=", 0.5, k=10)),
        ("n>=100", Term("n", ">=", 100.0)),
        ("date>2024", Term("date", ">", Period(date(2024, 1, 1), date(2024, 12, 31)))),
        ("date:2024-12", Term("date", ":", Period(date(2024, 12, 1), date(2024, 12, 31)))),
        ("date=2024-02-29", Term("date", "=", Period(date(2024, 2, 29), date(2024, 2, 29)))),
        ("source:uploaded,published", Term("source", ":", ("uploaded", "published"))),
        ("params:none", Term("params", ":", None)),
    ],
)
def test_a_term_is_a_field_an_operator_and_a_value(text: str, term: Term) -> None:
    found = board_filter(text)
    assert found.errors == ()
    assert found.terms == (term,)


def test_other_words_are_text_and_quotes_keep_them_together() -> None:
    found = board_filter('codegen -"gpt 4" "a:b" pass@10')
    assert found.words == (Word("codegen"), Word("gpt 4", left_out=True), Word("a:b"), Word("pass@10"))
    assert found.terms == found.errors == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("parms<10B", "there is no field “parms”. Known are params, org"),
        ("pass@0>3", "there is no field “pass@0”"),
        ("params<big", "params needs a count such as 10B or 350M"),
        ('params<""', "params needs a count"),
        ("T=hot", "T needs a number such as 0.8"),
        ("T<=-1", "T needs a number"),
        ("org<meta", "org is compared by !=, =, :"),
        ("source:heard", "source needs one of measured, imported, synthetic"),
        ("date>2024-13", "date needs a year, a month or a day"),
        ("date>2024-02-30", "date needs a year"),
        ("date>20240", "date needs a year"),
        ("flagged<lots", "flagged needs a number of per cent"),
        ("T<none", "“none” goes with !=, =, :"),
    ],
)
def test_what_cannot_be_read_is_named_with_what_is_allowed(text: str, said: str) -> None:
    found = board_filter(f"{text} n>=2 codegen")
    assert [error.startswith(f"“{text}” is left out: ") for error in found.errors] == [True]
    assert said in found.errors[0]
    assert len(found.terms) == len(found.words) == 1  # the others count


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_reads_its_own_example(field: str) -> None:
    found = board_filter(FIELDS[field].example)
    assert found.errors == ()
    assert found.terms[0].field == field


@pytest.mark.parametrize(
    "text", ["", "   ", "-", '"', '""', "::", "<", "= =", "a" * 200, "<<>>!=:", "-:-", "\x00=\u202e"]
)
def test_nothing_that_is_typed_breaks_it(text: str) -> None:
    board_filter(text)


@pytest.fixture
def board(benchmark: Benchmark) -> Benchmark:  # noqa: F811
    scored_run(
        benchmark, "Alder", [4, 4, 3, 2], temperature=0.2, top_p=0.95,
        model_organisation="Meta AI", model_parameters=7 * 10**9, model_released=date(2023, 6, 1),
    )  # fmt: skip
    scored_run(
        benchmark, "Birch", [4, 2, 1, 0], temperature=0.8,
        model_organisation="Acme", model_parameters=350 * 10**6, model_released=date(2024, 2, 29),
    )  # fmt: skip
    scored_run(benchmark, "Cedar", [1, 0, 0, 0], n=8)
    scored_run(benchmark, "Demo", [1, 1, 0, 0], synthetic=True, model_synthetic=True)
    published_row(benchmark, "Codex", {"1": "28.81"})
    Run.objects.filter(model__name="Birch").update(
        security={"flagged": {"value": 0.05, "low": 0.01, "high": 0.1}}, finished_at="2024-05-17T10:00Z"
    )
    return benchmark


MEASURED_ROWS = ["Alder", "Birch", "Cedar"]


KEPT: Mapping[str, list[str]] = {
    "params<1B": ["Birch"],
    "params>=350M": ["Alder", "Birch"],
    "params!=7B": ["Birch"],
    "params:none": ["Cedar", "Demo"],
    "params!=none": ["Alder", "Birch"],
    "-params<1B": ["Alder", "Cedar", "Demo"],
    "org:meta": ["Alder"],
    "org=meta": [],
    'org="meta ai"': ["Alder"],
    "-org:meta": ["Birch", "Cedar", "Demo"],
    "T<=0.2": ["Alder"],
    "T>0.2": ["Birch"],
    "top_p=0.95": ["Alder"],
    "n>4": ["Cedar"],
    "n>=4 acme": ["Birch"],
    "pass@1>40%": ["Alder", "Birch"],
    "pass@3>60 pass@1<50": ["Birch"],
    "rank:1": ["Alder"],
    "flagged>=5%": ["Birch"],
    "released<2024": ["Alder"],
    "released>2023": ["Birch"],
    "released:2024-02": ["Birch"],
    "released<=2023": ["Alder"],
    "date:2024-05": ["Birch"],
    "date<2024-05-18": ["Birch"],
    "source:published": ["Codex"],
    "source:published,synthetic": ["Codex", "Demo"],
    "source:uploaded": MEASURED_ROWS,
    "source:measured": MEASURED_ROWS,
    "source!=uploaded": ["Codex", "Demo"],
    "source:published date:2021": ["Codex"],
    "date<=2021": [],  # published rows are shown on request
    "visibility:private": [],
}


def test_terms_keep_the_rows_that_they_hold_for(client: Client, board: Benchmark) -> None:
    found = {}
    for text in KEPT:
        rows = json.loads(client.get(BOARD, {"q": text, "format": "json"}).content)
        found[text] = sorted(row["model"] for row in rows)
    assert found == KEPT


def test_own_private_runs_are_found_by_their_visibility(client: Client, board: Benchmark) -> None:
    owner = member("ada")
    scored_run(board, "Secret", [4, 4, 4, 4], owner=owner, visibility="private")
    query = {"q": "visibility:private", "format": "json"}
    assert json.loads(client.get(BOARD, query).content) == []
    client.force_login(owner)
    assert [row["model"] for row in json.loads(client.get(BOARD, query).content)] == ["Secret"]


def test_the_page_says_what_is_left_out_and_shows_the_rest(client: Client, board: Benchmark) -> None:
    html = client.get(BOARD, {"q": "parms<10B org:meta"}).content.decode()
    assert "“parms&lt;10B” is left out: there is no field “parms”" in html
    assert 'role="alert"' in html
    assert "Alder" in html
    assert "Birch" not in html


def test_a_file_is_refused_rather_than_filtered_otherwise_than_asked(
    client: Client, board: Benchmark
) -> None:
    response = client.get(BOARD, {"q": "parms<10B", "format": "csv"})
    assert response.status_code == 400
    assert "there is no field “parms”" in response.content.decode()
