"""From a sample file to a run, through the pages and the real services."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from leaderboard.models import Benchmark, Run, Upload
from tests.leaderboard.run_data import HOSTILE, MIXED, sample_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]


def send(client: Client, benchmark: Benchmark, content: bytes, name: str = "samples.jsonl") -> object:
    return client.post(
        "/upload/", {"benchmark": benchmark.pk, "file": SimpleUploadedFile(name, content)}, follow=True
    )


def lines(*records: object) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


GOOD = {"task_id": "Toy/0", "completion": "    return a + b\n", "mean_logprob": -0.25}
FORM = {"model_name": "Toy-1B", "parameters": "1.5B", "temperature": "0.8", "visibility": "public"}


def stored_files() -> list[Path]:
    folder = settings.DATA_DIR / "uploads"
    return list(folder.iterdir()) if folder.exists() else []


def test_strangers_are_sent_to_sign_in_and_back(client: Client, benchmark: Benchmark) -> None:
    assert client.get("/upload/")["Location"] == "/account/sign-in/?next=/upload/"
    assert send(client, benchmark, lines(GOOD)).redirect_chain[0][0].startswith("/account/sign-in/")
    assert not Upload.objects.exists()


def test_a_file_is_looked_at_before_it_is_scored(
    client: Client, ada: User, benchmark: Benchmark, tmp_path: Path
) -> None:
    content = sample_file(tmp_path, MIXED).read_bytes() + lines({"task_id": "No/1", "completion": "x"})
    response = send(client, benchmark, gzip.compress(content), "toy-7b_T0.8_n4.jsonl.gz")
    html = response.content.decode()
    assert response.status_code == 200
    for text in (
        "human-eval JSONL",
        "gzip",
        "3 of 3 problems, n = 4, 1 unknown task id",
        "1 sample will be left out",
        "No/1 × 1",
        "mean_logprob",
        'value="toy-7b"',
        'value="7B"',
        'value="0.8"',
        "Score 13 samples",
    ):
        assert text in html, text
    assert html.count("<h3><code>Toy/") == 3
    assert not Run.objects.exists()


def test_confirming_makes_the_run_and_uses_the_upload_up(
    client: Client, ada: User, benchmark: Benchmark, tmp_path: Path
) -> None:
    address = send(client, benchmark, sample_file(tmp_path, MIXED).read_bytes()).request["PATH_INFO"]
    response = client.post(address, FORM | {"top_p": "0.95", "organisation": "Org", "note": "a note"})
    run = Run.objects.get()
    assert response["Location"] == f"/runs/{run.pk}/"
    assert (run.owner, run.samples, run.temperature, run.top_p) == (ada, 12, 0.8, 0.95)
    assert (run.model.name, run.model.organisation, run.model.parameters) == ("Toy-1B", "Org", 1_500_000_000)
    assert client.post(address, FORM).status_code == 404
    assert Run.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("model_name", "", "This field is required"),
        ("model_name", "a\u202eb", "characters that nobody can see"),
        ("parameters", "lots", "Write a count such as 7B"),
        ("parameters", "0", "Write a count such as 7B"),
        ("temperature", "-1", "greater than or equal to 0"),
        ("temperature", "nan", "Enter a number"),
        ("top_p", "0", "top_p is above 0"),
        ("top_p", "1.5", "less than or equal to 1"),
        ("visibility", "hidden", "Select a valid choice"),
    ],
)
def test_a_wrong_value_is_named_beside_its_field_and_the_others_are_kept(
    client: Client, ada: User, benchmark: Benchmark, field: str, value: str, said: str
) -> None:
    address = send(client, benchmark, lines(GOOD)).request["PATH_INFO"]
    response = client.post(address, FORM | {"organisation": "Kept Org", field: value})
    html = response.content.decode()
    assert response.status_code == 400
    at = html.index(f'id="id_{field}')
    assert said in html[at : at + 1500]
    assert 'value="Kept Org"' in html
    assert not Run.objects.exists()
    assert Upload.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "count"),
    [("7B", 7 * 10**9), ("350m", 350 * 10**6), ("1.3 b", 13 * 10**8), ("12,000,000", 12 * 10**6), ("", None)],
)
def test_parameter_counts_as_people_write_them(
    client: Client, ada: User, benchmark: Benchmark, text: str, count: int | None
) -> None:
    address = send(client, benchmark, lines(GOOD)).request["PATH_INFO"]
    client.post(address, FORM | {"parameters": text})
    assert Run.objects.get().model.parameters == count


def test_bad_lines_are_named_counted_and_nothing_is_stored(
    client: Client, ada: User, benchmark: Benchmark
) -> None:
    first = [{"task_id": "Toy/0"}, {"task_id": 5, "completion": "x"}]
    content = lines(GOOD, GOOD, *first, *[GOOD] * 60, *[{"task_id": "Toy/1"}] * 30) + b"{nonsense\n"
    response = send(client, benchmark, content)
    html = response.content.decode()
    assert response.status_code == 422
    assert "33 bad lines" in html
    assert "The first 20 of 33 bad lines" in html
    assert html.lower().count("nothing was stored") == 1
    assert '<th scope="row" class="num">3</th><td class="mono">completion</td>' in html
    assert '<th scope="row" class="num">4</th><td class="mono">task_id</td>' in html
    assert not Upload.objects.exists()
    assert not stored_files()


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\x01\x02" * 100,
        b"<script>alert(1)</script>",
        b"[]",
        b'{"a": 1}\n',
        gzip.compress(b"x" * 10_000, mtime=0)[:-20],
        b'{"task_id": "' + b"[" * 100_000,
        lines({"task_id": "Other/0", "completion": "x"}),
        b'{"task_id": "Toy/0", "completion": "\\ud800"}\n',
    ],
)
def test_unusable_and_hostile_files_are_refused_and_leave_nothing(
    client: Client, ada: User, benchmark: Benchmark, content: bytes
) -> None:
    response = send(client, benchmark, content)
    html = response.content.decode()
    assert response.status_code == 422
    assert "The file was refused" in html
    assert "othing was stored" in html
    assert "<script>alert" not in html
    assert not Upload.objects.exists()
    assert not stored_files()


def test_an_empty_or_missing_file_is_said_beside_its_field(
    client: Client, ada: User, benchmark: Benchmark
) -> None:
    assert "This file is empty" in send(client, benchmark, b"").content.decode()
    response = client.post("/upload/", {"benchmark": benchmark.pk})
    assert response.status_code == 400
    assert "Choose a file." in response.content.decode()


def test_a_file_above_the_limit_is_refused_before_and_after_it_is_read(
    client: Client, ada: User, benchmark: Benchmark, settings: Settings
) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    assert send(client, benchmark, lines(*[GOOD] * 100)).status_code == 422
    response = send(client, benchmark, lines(*[GOOD] * 3000))
    assert response.status_code == 413
    assert "larger than" in response.content.decode()
    assert not stored_files()


def test_hostile_samples_and_file_names_are_text(client: Client, ada: User, benchmark: Benchmark) -> None:
    record = {"task_id": "Toy/0", "completion": HOSTILE, "<b>": 1.0}
    html = send(client, benchmark, lines(record), "<script>alert(2)<script>.jsonl").content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html.replace('</span><span class="', "")
    assert "&lt;b&gt;" in html


def test_notes_tell_what_will_surprise_the_uploader(client: Client, ada: User, benchmark: Benchmark) -> None:
    prompt = benchmark.problems.get(task_id="Toy/0").prompt
    records = [
        {"task_id": "Toy/0", "completion": prompt + "    return 1\n"},
        {"task_id": "Toy/0", "completion": "```python\nreturn 1\n```"},
        {"task_id": "Toy/1", "completion": "    return 1\n", "passed": True},
    ]
    looked = send(client, benchmark, lines(*records))
    html = looked.content.decode()
    assert "Markdown fence removed: 1 sample" in html
    assert "What is done to a text" in html
    assert "holds a Markdown code fence" not in html
    address = looked.redirect_chain[0][0]
    html = client.post(f"{address}reading/", {"benchmark": benchmark.pk}, follow=True).content.decode()
    assert "What is done to a text" not in html
    assert "1 completion seems to repeat the prompt" in html
    assert "1 sample holds a Markdown code fence" in html
    assert "Problems differ in n" in html
    assert "No sample of 1 problem of Toy" in html
    assert "By the file 1 of 1 sample passed. 2 samples have no verdict, so all are measured here." in html


def test_an_upload_is_its_owners_alone(client: Client, ada: User, benchmark: Benchmark) -> None:
    address = send(client, benchmark, lines(GOOD)).request["PATH_INFO"]
    client.force_login(User.objects.create_user("root", is_staff=True))
    assert client.get(address).status_code == 404
    assert client.post(address, FORM).status_code == 404
    assert client.post(f"{address}discard/").status_code == 404
    client.logout()
    assert client.get(address)["Location"].startswith("/account/sign-in/")
    assert Upload.objects.count() == 1


def test_a_discarded_upload_is_gone_with_its_file(client: Client, ada: User, benchmark: Benchmark) -> None:
    address = send(client, benchmark, lines(GOOD)).request["PATH_INFO"]
    assert client.get(f"{address}discard/").status_code == 405
    client.post(f"{address}discard/")
    assert not Upload.objects.exists()
    assert not stored_files()


def test_uploading_needs_the_csrf_token(ada: User, benchmark: Benchmark) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    assert send(client, benchmark, lines(GOOD)).status_code == 403
    assert not Upload.objects.exists()


def test_a_constant_number_of_queries(
    client: Client, ada: User, benchmark: Benchmark, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = send(client, benchmark, lines(*[GOOD] * 50)).request["PATH_INFO"]
    # session, user, upload, organisations that the run may go to, benchmarks for the form and the header
    with django_assert_num_queries(6):
        client.get(address)
    with django_assert_num_queries(5):  # session, user, benchmarks for form and header, unfinished uploads
        client.get("/upload/")
