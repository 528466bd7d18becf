"""The compare page: what it counts, how it says it, who sees it, and what its files hold."""

from __future__ import annotations

import csv
import io
import json
from itertools import product
from math import comb

import numpy as np
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from leaderboard.models import Benchmark
from tests.leaderboard.board_data import benchmark, scored_run
from tests.leaderboard.compare_data import address, page, rows, wide_benchmark

__all__ = ["benchmark"]

pytestmark = pytest.mark.django_db


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


def test_flags_are_shares_with_intervals(client: Client, benchmark: Benchmark) -> None:
    run, other = scored_run(benchmark, "A", [4, 0, 2, 1]), scored_run(benchmark, "B", [0, 4, 1, 1])
    for cell, flagged in zip(run.cells.order_by("problem__position"), (3, 0, 1, 0), strict=True):
        cell.flagged, cell.passed_flagged = flagged, min(flagged, cell.c)
        cell.save(update_fields=["flagged", "passed_flagged"])
    first, second = rows(client, address(run, other), table="runs")
    assert (first["flagged"], first["passed_flagged"]) == (0.25, 0.25)
    assert first["flagged_low"] < 0.25 < first["flagged_high"]
    assert second["flagged"] == 0 < second["flagged_high"]


def test_the_table_of_runs_is_sorted_for_itself(client: Client, benchmark: Benchmark) -> None:
    runs = [scored_run(benchmark, name, [c, 0, 2, 1]) for name, c in (("Ada", 1), ("Bob", 4), ("Cy", 3))]
    asked = address(*runs, runs="-pass1")
    html = page(client, asked, **{"HX-Request": "true", "HX-Target": "compared-runs"})
    assert "<h2" not in html  # that table alone
    places = [html.index(f">{name}</a>") for name in ("Bob", "Cy", "Ada")]
    assert places == sorted(places)
    for key in ("run", "temperature", "n", "flagged", "-passed_flagged", "mix", "nonsense"):
        page(client, address(*runs, runs=key))
    assert [row["name"] for row in rows(client, asked, table="runs")] == ["Bob", "Cy", "Ada"]
