"""Wherever an imported run's numbers are, it says so; statistics over measured runs leave it out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client

from leaderboard.models import Benchmark, Run
from leaderboard.services import due, runs
from leaderboard.services.ingest import IMPORT, RunSetting, ingest
from tests.leaderboard.run_data import scored_run, toy_benchmark

pytestmark = pytest.mark.django_db
TAG = ">imported</span>"


@pytest.fixture
def benchmark() -> Benchmark:
    return toy_benchmark()


@pytest.fixture
def measured(benchmark: Benchmark, tmp_path: Path) -> Run:
    return scored_run(tmp_path, benchmark, model="Measured")


@pytest.fixture
def imported(benchmark: Benchmark, tmp_path: Path) -> Run:
    """All samples but one pass, by its file."""
    path = tmp_path / "results.jsonl"
    rows = [
        {"task_id": f"Toy/{number}", "completion": "    return a + b\n", "passed": number > 0}
        for number in range(3)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return ingest(path, benchmark, RunSetting("Claims", verdicts=IMPORT))


@pytest.fixture
def counted(benchmark: Benchmark, tmp_path: Path) -> Run:
    path = tmp_path / "counts.jsonl"
    rows = [
        {"benchmark_id": "toy", "model": "m", "example_id": f"Toy/{number}", "correct": 3, "count": 4}
        for number in range(3)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return ingest(path, benchmark, RunSetting("Counts", verdicts=IMPORT))


def html(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_its_row_is_labelled_and_has_no_rank(client: Client, measured: Run, imported: Run) -> None:
    rows = {row["model"]: row for row in json.loads(client.get("/benchmarks/toy/?format=json").content)}
    assert (rows["Claims"]["kind"], rows["Claims"]["source"], rows["Claims"]["time_limit"]) == (
        "imported",
        "imported",
        "",
    )
    assert rows["Claims"]["rank"] is None
    assert rows["Measured"]["rank"] == 1
    assert TAG in html(client, "/benchmarks/toy/")
    assert "Claims" not in html(client, "/benchmarks/toy/?show=measured")
    assert "Claims" in html(client, "/benchmarks/toy/?q=source:imported")


def test_it_stands_below_what_was_measured_whatever_it_claims(
    client: Client, benchmark: Benchmark, imported: Run, tmp_path: Path
) -> None:
    scored_run(tmp_path, benchmark, model="Measured")
    for order in ("-pass1", "pass1"):
        rows = json.loads(client.get(f"/benchmarks/toy/?format=json&sort={order}").content)
        assert [row["model"] for row in rows] == ["Measured", "Claims"]


@pytest.mark.parametrize(
    "address",
    [
        "/runs/{run}/",
        "/runs/{run}/security/",
        "/runs/{run}/problems/Toy/0/",
        "/models/claims/",
        "/compare/?run={run}&run={other}",
    ],
)
def test_pages_with_its_numbers_say_so(client: Client, measured: Run, imported: Run, address: str) -> None:
    assert TAG in html(client, address.format(run=imported.pk, other=measured.pk))
    assert TAG not in html(
        client, address.format(run=measured.pk, other=measured.pk).replace("claims", "measured")
    )


def test_its_page_says_where_the_verdicts_are_from(client: Client, imported: Run) -> None:
    text = html(client, f"/runs/{imported.pk}/")
    assert "another harness&#x27;s, as the file gives them; nothing was run here" in text
    assert "time limit" not in text


def test_comparisons_say_so_in_their_files_too(client: Client, measured: Run, imported: Run) -> None:
    address = f"/compare/?run={imported.pk}&run={measured.pk}"
    assert "nothing was run here: Claims." in html(client, address)
    rows = json.loads(client.get(f"{address}&table=runs&format=json").content)
    assert {row["name"]: row["verdicts_from"] for row in rows} == {
        "Claims": "imported",
        "Measured": "measured",
    }


def test_statistics_over_measured_runs_leave_it_out(client: Client, measured: Run, imported: Run) -> None:
    for address in ("problems/", "problems/Toy/0/", "matrix/", "security/"):
        assert "Claims" not in html(client, f"/benchmarks/toy/{address}")
    assert "over 1 measured run" in html(client, "/benchmarks/toy/problems/")


def test_a_measured_one_is_labelled_no_more(client: Client, imported: Run) -> None:
    runs.rescore(imported)
    assert TAG not in html(client, f"/runs/{imported.pk}/")


def test_counts_without_code_are_never_scanned(counted: Run) -> None:
    """A scan would find nothing in no code, and call that 0 % flagged."""
    assert not due.outdated(Run.objects.filter(pk=counted.pk)).exists()
    assert counted.security == {}


def test_cells_without_code_say_why_there_is_none(client: Client, counted: Run, measured: Run) -> None:
    text = html(client, f"/runs/{counted.pk}/problems/Toy/0/")
    assert "held counts" in text
    assert "3 of 4" in text
    assert "none: the file held counts, and no code" in html(client, f"/runs/{counted.pk}/")
    compared = f"?run={counted.pk}&run={measured.pk}"
    assert "held counts" in html(client, f"/compare/problems/Toy/0/{compared}")
    row = json.loads(client.get(f"/compare/{compared}&table=runs&format=json").content)[0]
    assert (row["name"], row["flagged"]) == ("Counts", None)
    for address in (f"/runs/{counted.pk}/security/", f"/compare/{compared}", "/models/counts/"):
        html(client, address)
