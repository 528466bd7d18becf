"""The compare page's ways in and on: choosing runs, what can't be compared, samples side by side."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from leaderboard.models import Benchmark
from tests.leaderboard.board_data import benchmark, member, published_row, scored_run
from tests.leaderboard.compare_data import address, page, rows, wide_benchmark

__all__ = ["benchmark"]

pytestmark = pytest.mark.django_db


def test_what_cannot_be_compared_is_said(client: Client, benchmark: Benchmark) -> None:
    run, other = scored_run(benchmark, "A", [4, 0, 2, 1]), scored_run(benchmark, "B", [4, 0, 2, 1])
    printed = published_row(benchmark, "Codex", {"1": "28.81"})
    private = scored_run(benchmark, "Secret", [4, 4, 4, 4], visibility="private", owner=member("ada"))
    html = page(client, address(run, other, printed, private))
    assert "Codex is left out: its figures were printed in a paper" in html
    assert f"There is no run {private.pk}, or it is private" in html
    assert "Secret" not in html
    assert "can’t be told apart" in html


def test_one_run_or_none_shows_what_to_compare_with(client: Client, benchmark: Benchmark) -> None:
    run, other = scored_run(benchmark, "Ada", [4, 0, 2, 1]), scored_run(benchmark, "Bob", [4, 0, 2, 1])
    html = page(client, address(run))
    assert f'href="/compare/?run={run.pk},{other.pk}"' in html
    assert "Ada" in page(client, "/compare/")
    assert "Bob" not in page(client, f"/compare/runs/?run={run.pk}&add=zed")
    assert "Bob" in page(client, f"/compare/runs/?run={run.pk}&add=bo")
    assert "Bob" in page(client, f"/compare/runs/?run={run.pk}&add=%23{other.pk}")
    assert page(client, f"/compare/runs/?run={run.pk}&add={'9' * 40}")
    page(client, f"/compare/?run={run.pk}&format=csv", 404)
    page(client, "/compare/?run=abc,-1,99999999999999999999&k=x&pair=1-&sort=zz&by=q&show=w")


def test_runs_that_share_no_problem(client: Client, benchmark: Benchmark) -> None:
    asked = address(scored_run(benchmark, "A", [4, 0, 2, 1]), scored_run(wide_benchmark(3), "B", [1, 1, 1]))
    assert "share no problem" in page(client, asked)
    page(client, asked.replace("/compare/", "/compare/charts/curves.json"), 404)


def test_names_tell_runs_of_one_model_apart(client: Client, benchmark: Benchmark) -> None:
    runs = [scored_run(benchmark, "Ada", [4, 0, 2, 1], temperature=heat) for heat in (0.2, 0.8, 0.8)]
    names = [row["name"] for row in rows(client, address(*runs), table="runs")]
    assert names == ["Ada T=0.2", f"Ada T=0.8 #{runs[1].pk}", f"Ada T=0.8 #{runs[2].pk}"]


def test_six_runs_at_most_each_in_a_colour_of_its_own(client: Client, benchmark: Benchmark) -> None:
    runs = [scored_run(benchmark, f"Model-{place}", [place % 5, 0, 2, 1]) for place in range(9)]
    html = page(client, address(*runs))
    assert "More than six runs do not fit" in html
    assert "Model-6" not in html
    colours = {f"s-{number}" for number in range(1, 9) if f'class="series s-{number}"' in html}
    assert len(colours) == 6


def test_samples_of_a_problem_stand_side_by_side(
    client: Client, benchmark: Benchmark, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    a, b = scored_run(benchmark, "Ada", [4, 0, 3, 1]), scored_run(benchmark, "Bob", [4, 4, 3, 0])
    asked = f"run={a.pk},{b.pk}&by=any"
    with django_assert_num_queries(4):  # runs, counts, the two cells, the header's benchmarks
        html = page(client, f"/compare/problems/Small/1/?{asked}")
    assert "0 of 4 samples passed" in html
    assert "4 of 4 samples passed" in html
    assert f'href="/compare/problems/Small/3/?{asked}" data-next' in unescape(html)  # Small/2 is equal
    assert f"/runs/{a.pk}/problems/Small/1/?program=1" in html
    other = page(client, f"/compare/problems/Small/2/?{asked}&open={a.pk}-1,x-y,{b.pk}-999")
    assert "1 sample of the 1 that end like this" in other
    page(client, f"/compare/problems/Small/9/?{asked}", 404)
    page(client, "/compare/problems/Small/1/", 404)


def test_hostile_names_are_text(client: Client, benchmark: Benchmark) -> None:
    name = "</title><script>alert(1)</script>"
    asked = address(scored_run(benchmark, name, [4, 0, 2, 1]), scored_run(benchmark, "B", [0, 4, 1, 1]))
    assert "<script>alert" not in page(client, asked)


def test_a_models_runs_are_compared_by_one_link(client: Client, benchmark: Benchmark) -> None:
    first = scored_run(benchmark, "Ada", [4, 0, 2, 1], temperature=0.2)
    model = f"/models/{first.model.slug}/"
    assert "/compare/" not in page(client, model)
    second = scored_run(benchmark, "Ada", [4, 0, 2, 1], temperature=0.8)
    published_row(benchmark, "Ada", {"1": "28.81"})
    assert f'href="/compare/?run={first.pk},{second.pk}"' in page(client, model)
    assert f'href="/compare/?run={first.pk}"' in page(client, f"/runs/{first.pk}/")
