"""What was guessed of a file can be overruled on its preview; what it says of itself can be imported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from evaluator import records
from leaderboard.models import Benchmark, Run, Upload
from leaderboard.services import benchmarks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder", "ada")]
FORM = {"model_name": "Toy-1B", "visibility": "public"}
GOOD = {"task_id": "Toy/0", "completion": "    return a + b\n"}


@pytest.fixture
def other() -> Benchmark:
    """Another benchmark with problems of its own, and one that both have."""
    problems = [
        records.Problem(task_id, "def f():\n", "f", "def check(candidate):\n    pass\n", "    pass\n")
        for task_id in ("Other/0", "Other/1", "Toy/0")
    ]
    return benchmarks.load(records.Benchmark("other", "Other", "", "", tuple(problems)))


def sent(client: Client, benchmark: Benchmark, *rows: object) -> str:
    """Address of the preview."""
    content = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    form = {"benchmark": benchmark.pk, "file": SimpleUploadedFile("toy.jsonl", content)}
    address: str = client.post("/upload/", form)["Location"]
    return address


def test_a_file_of_another_benchmark_is_looked_at_as_that(
    client: Client, benchmark: Benchmark, other: Benchmark
) -> None:
    address = sent(client, benchmark, {"task_id": "Other/1", "completion": "    pass\n"})
    html = client.get(address).content.decode()
    assert "1 sample on Other: 1 of 3 problems" in html
    assert "None of its task ids is of Toy; all that are known here are of Other." in html


def test_the_benchmark_can_be_overruled(client: Client, benchmark: Benchmark, other: Benchmark) -> None:
    address = sent(client, benchmark, GOOD)
    answer = client.post(f"{address}reading/", {"benchmark": other.pk, "cleaning": "on"})
    assert answer["Location"] == address
    assert "1 sample on Other" in client.get(address).content.decode()
    client.post(address, FORM)
    assert Run.objects.get().benchmark == other


def test_what_is_chosen_wrongly_is_refused_and_changes_nothing(client: Client, benchmark: Benchmark) -> None:
    address = sent(client, benchmark, GOOD)
    asked = {"benchmark": benchmark.pk, "format": "evalplus", "cleaning": "on"}
    answer = client.post(f"{address}reading/", asked)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "1 of its records are bad" in html
    assert "solution" in html
    assert '<option value="evalplus" selected' in html
    by_htmx = client.post(f"{address}reading/", asked, headers={"HX-Request": "true"})
    assert by_htmx.status_code == 200
    assert b"1 of its records are bad" in by_htmx.content
    upload = Upload.objects.get()
    assert (upload.options, upload.preview["samples"]) == ({}, 1)
    assert Path(upload.path).exists()
    assert client.post(address, FORM).status_code == 302


def test_the_choice_is_kept_with_the_upload_and_its_run(client: Client, benchmark: Benchmark) -> None:
    address = sent(client, benchmark, GOOD)
    client.post(f"{address}reading/", {"benchmark": benchmark.pk, "format": "human-eval"})
    assert Upload.objects.get().options == {"format": "human-eval", "clean": False}
    html = client.get(address).content.decode()
    assert '<option value="human-eval" selected' in html
    assert "checked" not in html[html.index('name="cleaning"') :].split(">")[0]
    client.post(address, FORM)
    assert Run.objects.get().file_options == {"format": "human-eval", "clean": False}


def test_nonsense_is_said_beside_its_field(client: Client, benchmark: Benchmark) -> None:
    address = sent(client, benchmark, GOOD)
    answer = client.post(f"{address}reading/", {"benchmark": "nope", "format": "nope"})
    assert answer.status_code == 422
    assert answer.content.decode().count("Select a valid choice") == 2
    assert client.get(f"{address}reading/").status_code == 405


def test_an_upload_is_read_again_by_its_owner_alone(client: Client, benchmark: Benchmark) -> None:
    address = sent(client, benchmark, GOOD)
    client.force_login(User.objects.create_user("root", is_staff=True))
    assert client.post(f"{address}reading/", {"benchmark": benchmark.pk}).status_code == 404


def test_verdicts_can_be_imported_where_every_sample_has_one(client: Client, benchmark: Benchmark) -> None:
    address = sent(
        client, benchmark, GOOD | {"passed": True}, GOOD | {"passed": False, "result": "timed out"}
    )
    html = client.get(address).content.decode()
    assert "By the file 1 of 2 samples passed." in html
    assert "“timed out” by the file" in html
    assert "Make the run of 2 samples" in html
    client.post(address, FORM | {"verdicts": "import"})
    run = Run.objects.get()
    assert (run.verdicts_from, run.status, run.verdict_counts) == (
        "imported",
        "done",
        {"passed": 1, "timeout": 1},
    )


def test_a_file_without_verdicts_offers_no_import(client: Client, benchmark: Benchmark) -> None:
    address = sent(client, benchmark, GOOD)
    assert 'name="verdicts"' not in client.get(address).content.decode()
    answer = client.post(address, FORM | {"verdicts": "import"})
    assert answer.status_code == 400
    assert "1 sample carries no verdict" in answer.content.decode()
    assert not Run.objects.exists()
    assert Upload.objects.count() == 1


def test_measuring_is_what_happens_unless_said_otherwise(client: Client, benchmark: Benchmark) -> None:
    address = sent(client, benchmark, GOOD | {"passed": True})
    client.post(address, FORM)
    assert (Run.objects.get().verdicts_from, Run.objects.get().status) == ("measured", "queued")


def test_counts_without_code_are_imported_and_never_scored(client: Client, benchmark: Benchmark) -> None:
    rows = [
        {"benchmark_id": "toy", "model": model, "example_id": f"Toy/{number}", "correct": c, "count": 5}
        for model, number, c in [("a", 0, 5), ("a", 1, 2), ("b", 0, 1)]
    ]
    address = sent(client, benchmark, *rows)
    html = client.get(address).content.decode()
    assert "By the file 7 of 10 samples passed. It holds counts and no code" in html
    assert "Import 10 samples" in html
    asked = {"benchmark": benchmark.pk, "cleaning": "on", "model": "b"}
    client.post(f"{address}reading/", asked)
    assert "By the file 1 of 5 samples passed" in client.get(address).content.decode()
    client.post(f"{address}reading/", asked | {"model": ""})
    assert client.post(address, FORM).status_code == 422  # measuring it is no choice
    assert not Run.objects.exists()
    answer = client.post(address, FORM | {"verdicts": "import"}, follow=True)
    run = Run.objects.get()
    assert (run.status, run.samples, run.programs, run.figures["1"]["value"]) == ("done", 10, 0, 0.7)
    assert answer.status_code == 200


def test_the_format_can_be_told_with_the_file(client: Client, benchmark: Benchmark) -> None:
    """A file whose content misleads would be refused before anybody could say so."""
    rows = [{"task_id": "Toy/0", "solution": "x", "completion": "    return a + b\n"}]
    content = json.dumps(rows[0]).encode()
    form = {"benchmark": benchmark.pk, "format": "human-eval"}
    answer = client.post("/upload/", form | {"file": SimpleUploadedFile("toy.jsonl", content)})
    assert answer.status_code == 302
    upload = Upload.objects.get()
    assert (upload.preview["format"], upload.options) == ("human-eval", {"format": "human-eval"})
