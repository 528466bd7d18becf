"""The compare page: what it counts, how it says it, who sees it, and what its files hold."""

from __future__ import annotations

import csv
import io
import json
from html import unescape
from itertools import product
from math import comb
from typing import Any

import numpy as np
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from leaderboard.models import Benchmark, Problem, Run
from tests.leaderboard.board_data import benchmark, member, published_row, scored_run

__all__ = ["benchmark"]

pytestmark = pytest.mark.django_db


def page(client: Client, address: str, status: int = 200, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == status, response.content[:300]
    return response.content.decode()


def rows(client: Client, address: str, **more: str) -> list[dict[str, Any]]:
    query = "".join(f"&{name}={value}" for name, value in {"format": "json", **more}.items())
    found: list[dict[str, Any]] = json.loads(page(client, address + query))
    return found


def wide_benchmark(problems: int, slug: str = "wide") -> Benchmark:
    made = Benchmark.objects.create(
        slug=slug, version="w" * 64, name="Wide", description="Many.", problem_count=problems
    )
    Problem.objects.bulk_create(
        Problem(
            benchmark=made,
            position=place,
            task_id=f"Wide/{place}",
            entry_point="f",
            prompt="def f(x):\n",
            test="def check(candidate):\n    pass\n",
            canonical_solution="    return x\n",
        )
        for place in range(problems)
    )
    return made


def address(*runs: Run, **state: str) -> str:
    query = "".join(f"&{name}={value}" for name, value in state.items())
    return f"/compare/?run={','.join(str(run.pk) for run in runs)}{query}"


def pass_at_k(n: int, c: int, k: int) -> float:
    return 1 - comb(n - c, k) / comb(n, k)


@pytest.mark.parametrize("k", [1, 2, 5])
def test_differences_and_p_are_those_of_plain_numpy(client: Client, k: int) -> None:
    """Ten problems: every one of the 1,024 ways to flip signs is looked at here, by brute force."""
    a, b = [5, 5, 4, 3, 0, 2, 5, 1, 0, 5], [3, 5, 1, 3, 0, 0, 4, 2, 0, 1]
    wide = wide_benchmark(10)
    first, second = scored_run(wide, "Ada", a, n=5), scored_run(wide, "Bob", b, n=5)
    asked = address(first, second, k=str(k))
    (pair,) = rows(client, asked, table="pairs")
    apart = np.array([pass_at_k(5, x, k) - pass_at_k(5, y, k) for x, y in zip(a, b, strict=True)])
    sums = [abs(np.dot(signs, apart)) for signs in product((1, -1), repeat=10)]
    p = np.mean([total >= abs(apart.sum()) - 1e-9 for total in sums])
    assert pair["difference"] == pytest.approx(apart.mean(), abs=1e-12)
    assert pair["p"] == pytest.approx(p, abs=1e-12)
    assert pair["low"] <= pair["difference"] <= pair["high"]
    for run, passed in zip(rows(client, asked, table="runs"), (a, b), strict=True):
        expected = np.mean([pass_at_k(5, c, k) for c in passed])
        assert run[f"pass@{k}"] == pytest.approx(expected, abs=1e-12)


def test_one_sample_each_is_mcnemars_exact_test(client: Client) -> None:
    a, b = [1] * 9 + [0] * 3, [0] * 8 + [1, 1, 0, 0]
    wide = wide_benchmark(12)
    asked = address(scored_run(wide, "Ada", a, n=1), scored_run(wide, "Bob", b, n=1))
    (pair,) = rows(client, asked, table="pairs")
    assert (pair["only_first"], pair["only_second"]) == (8, 1)
    assert pair["p"] == pytest.approx(2 * (1 + 9) / 2**9, abs=1e-12)
    html = page(client, asked)
    assert "McNemar" in html
    assert "is ahead of" in html
    assert "Divided by" not in html  # with one sample all rules agree


def test_holm_over_all_pairs(client: Client) -> None:
    wide = wide_benchmark(8)
    runs = [
        scored_run(wide, name, passed, n=4)
        for name, passed in (("Ada", [4] * 8), ("Bob", [0] * 8), ("Cy", [2, 1, 2, 3, 2, 2, 1, 2]))
    ]
    pairs = rows(client, address(*runs), table="pairs")
    ordered = sorted(pair["p"] for pair in pairs)
    expected = np.maximum.accumulate([min(1.0, p * (3 - place)) for place, p in enumerate(ordered)])
    assert sorted(pair["p_holm"] for pair in pairs) == pytest.approx(list(expected), abs=1e-12)
    html = page(client, address(*runs))
    assert "Ada is ahead of Bob and Cy in pass@1" in html
    assert "of 3 pairs 3 differ" in html


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("any", ["both", "first", "neither", "both"]),
        ("majority", ["first", "neither", "neither", "second"]),
        ("rate", ["first", "first", "neither", "second"]),
    ],
)
def test_who_solves_which_problem_by_each_rule(
    client: Client, benchmark: Benchmark, rule: str, expected: list[str]
) -> None:
    asked = address(
        scored_run(benchmark, "Ada", [4, 2, 0, 1]), scored_run(benchmark, "Bob", [2, 0, 0, 3]), by=rule
    )
    found = {row["task_id"]: row["solved_by"] for row in rows(client, asked, sort="problem")}
    assert list(found.values()) == expected
    only = [name for name, group in found.items() if group == "first"]
    assert [row["task_id"] for row in rows(client, asked, show="first", sort="problem")] == only


def test_the_address_says_pair_order_and_filter(client: Client, benchmark: Benchmark) -> None:
    runs = [scored_run(benchmark, name, c) for name, c in (("A", [4, 0, 2, 1]), ("B", [0, 4, 2, 1]))]
    runs.append(scored_run(benchmark, "C", [3, 3, 3, 3]))
    asked = address(*runs, pair=f"{runs[1].pk}-{runs[2].pk}", sort="difference")
    assert [row["difference"] for row in rows(client, asked)] == [-0.75, -0.5, -0.25, 0.25]
    assert [row["task_id"] for row in rows(client, asked, q="ll/2")] == ["Small/2"]
    by_run = rows(client, address(*runs, sort=f"-run{runs[0].pk}"))
    assert [row[f"pass_rate_run_{runs[0].pk}"] for row in by_run] == [1.0, 0.5, 0.25, 0.0]
    part = page(client, asked, **{"HX-Request": "true"})
    assert "<html" not in part
    assert "B <span" in part


def test_csv_of_every_table(client: Client, benchmark: Benchmark) -> None:
    asked = address(scored_run(benchmark, "A", [4, 0, 2, 1]), scored_run(benchmark, "B", [0, 4, 2, 1]))
    for table, count in (("problems", 4), ("pairs", 1), ("runs", 2)):
        lines = list(csv.DictReader(io.StringIO(page(client, f"{asked}&format=csv&table={table}"))))
        assert len(lines) == count
    assert client.get(f"{asked}&format=xml").status_code == 400


def test_only_problems_that_all_have_are_compared_and_it_is_said(
    client: Client, benchmark: Benchmark
) -> None:
    whole, part = scored_run(benchmark, "Whole", [4, 0, 2, 1]), scored_run(benchmark, "Part", [4, 0])
    html = page(client, address(whole, part))
    assert "Only the 2 problems that all of them have are compared (Whole has 2 more)" in html
    assert rows(client, address(whole, part), table="runs")[0]["pass@1"] == 0.5


def test_versions_of_a_benchmark_share_the_problems_that_are_equal(
    client: Client, benchmark: Benchmark
) -> None:
    old = scored_run(benchmark, "Old", [4, 0, 2, 1])
    newer = Benchmark.objects.create(
        slug="small", version="2" * 64, name="Small", description="Mended.", problem_count=4
    )
    for problem in benchmark.problems.order_by("position"):
        problem.pk, problem.benchmark = None, newer
        problem.test += "" if problem.position else "    assert candidate(2) == 3\n"
        problem.save()
    html = page(client, address(old, scored_run(newer, "New", [4, 4, 4, 4])))
    assert "only 3 problems whose prompt, tests and reference are equal" in html


def test_other_limits_and_judges_are_named(client: Client, benchmark: Benchmark) -> None:
    usual = scored_run(benchmark, "Usual", [4, 0, 2, 1], judge_version="1")
    patient = scored_run(benchmark, "Patient", [4, 0, 2, 1], limits={"cpu_seconds": 10.0}, judge_version="2")
    html = page(client, address(usual, patient))
    assert "different time limits (Usual: 3 s of CPU time; Patient: 10 s of CPU time)" in html
    assert "different versions of the judge (Usual: 1; Patient: 2)" in html


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


def test_curves_are_overlaid(client: Client, benchmark: Benchmark) -> None:
    asked = address(scored_run(benchmark, "A", [4, 0, 2, 1]), scored_run(benchmark, "B", [0, 4, 1, 1]))
    figure = json.loads(page(client, asked.replace("/compare/", "/compare/charts/curves.json")))
    lines = [trace for trace in figure["data"] if trace.get("mode") == "lines+markers"]
    assert [line["y"][0] for line in lines] == [pytest.approx(100 * 7 / 16), pytest.approx(100 * 6 / 16)]


def test_a_constant_number_of_queries_and_no_blob(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    few, many = wide_benchmark(3), wide_benchmark(20, "wider")
    for made, count in ((few, 2), (many, 6)):
        runs = [scored_run(made, f"M{place}", [place % 5] * made.problem_count) for place in range(count)]
        with django_assert_num_queries(3) as queries:  # runs, cells, the header's benchmarks
            page(client, address(*runs))
        assert not any('"blob"' in query["sql"] for query in queries.captured_queries)


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


def test_flags_are_shares_with_intervals(client: Client, benchmark: Benchmark) -> None:
    run, other = scored_run(benchmark, "A", [4, 0, 2, 1]), scored_run(benchmark, "B", [0, 4, 1, 1])
    for cell, flagged in zip(run.cells.order_by("problem__position"), (3, 0, 1, 0), strict=True):
        cell.flagged, cell.passed_flagged = flagged, min(flagged, cell.c)
        cell.save(update_fields=["flagged", "passed_flagged"])
    first, second = rows(client, address(run, other), table="runs")
    assert (first["flagged"], first["passed_flagged"]) == (0.25, 0.25)
    assert first["flagged_low"] < 0.25 < first["flagged_high"]
    assert second["flagged"] == 0 < second["flagged_high"]
