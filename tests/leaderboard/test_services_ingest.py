"""A sample file becomes a run: all of it or nothing."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Sum
from django.utils import timezone
from pytest_django import Settings

from evaluator.problem_sets import load_benchmark
from leaderboard.cell_blob import unpack
from leaderboard.errors import Refused, UploadRefused
from leaderboard.models import Benchmark, Cell, Model, Problem, Run, Upload
from leaderboard.services import benchmarks, uploads
from leaderboard.services.ingest import RunSetting, ingest, ingest_upload
from leaderboard.services.published import load_published
from tests.factories import Record, queued_run, sample, tiny_benchmark, tiny_record, write_samples

pytestmark = pytest.mark.django_db

SETTING = RunSetting("Model A", organisation="Lab", parameters=7_000_000_000, temperature=0.8, top_p=0.95)


def two_each() -> list[Record]:
    return [sample(number, variant, right=variant == 0) for number in range(3) for variant in (0, 1)]


def test_a_benchmark_is_loaded_once_and_keeps_its_order_and_version() -> None:
    first, again = benchmarks.load(tiny_record()), benchmarks.load(tiny_record())
    assert first == again
    assert first.record() == tiny_record()
    assert Problem.objects.count() == 3
    assert benchmarks.load(tiny_record(4)) != first
    assert Benchmark.objects.filter(slug="tiny").count() == 2


def test_a_file_becomes_one_queued_cell_per_problem(tmp_path: Path) -> None:
    path = write_samples(tmp_path / "s.jsonl", [*two_each(), sample(0, 9, right=False, mean_logprob=-0.5)])
    run = ingest(path, tiny_benchmark(), SETTING)
    assert (run.status, run.source, run.samples, run.programs) == ("queued", "uploaded", 7, 7)
    assert (run.n_min, run.n_max, run.problems_covered, run.left_out) == (2, 3, 3, 0)
    assert (run.model.name, run.model.organisation, run.model.parameters) == ("Model A", "Lab", 7_000_000_000)
    assert (run.temperature, run.top_p, run.file_name, run.file_format) == (
        0.8,
        0.95,
        "s.jsonl",
        "human-eval",
    )
    assert len(run.file_sha256) == 64
    assert run.limits["cpu_seconds"] == 3.0
    cell = run.cells.get(problem__task_id="Tiny/0")
    content = unpack(cell.blob)
    assert (cell.status, cell.n, cell.programs, cell.c, cell.judged) == ("queued", 3, 3, 0, 0)
    assert content.programs[0].source == 'def add_0(a):\n    """Add 0 to a."""\n    return a + 0 + 0 * 0\n'
    assert [stored.line for stored in content.samples] == [1, 2, 7]
    assert content.samples[2].rankers == {"mean_logprob": -0.5}


def test_equal_programs_of_a_problem_are_stored_once(tmp_path: Path) -> None:
    run = queued_run(tmp_path, [sample(1, 5, right=True)] * 4 + [sample(1, 6, right=True)])
    cell = run.cells.get()
    assert (cell.n, cell.programs, run.programs) == (5, 2, 2)
    assert [stored.program for stored in unpack(cell.blob).samples] == [0, 0, 0, 0, 1]


def test_samples_of_unknown_problems_are_left_out_and_counted(tmp_path: Path) -> None:
    stranger = {"task_id": "Other/1", "completion": "    pass\n"}
    run = queued_run(tmp_path, [*two_each(), stranger, stranger])
    assert (run.samples, run.left_out) == (6, 2)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ('{"task_id": "Tiny/0"}', "completion"),
        ('{"task_id": 3, "completion": ""}', "task_id"),
        ('{"task_id": "Tiny/0", "completion": 5}', "completion"),
        ("not json", None),
    ],
)
def test_one_bad_line_refuses_the_whole_file(tmp_path: Path, line: str, field: str | None) -> None:
    path = write_samples(tmp_path / "s.jsonl", two_each())
    path.write_text(path.read_text() + line + "\n" + line + "\n")
    with pytest.raises(UploadRefused) as refusal:
        ingest(path, tiny_benchmark(), SETTING, file_name="mine.jsonl")
    assert refusal.value.bad_count == 2
    assert [(bad.line, bad.field) for bad in refusal.value.bad_lines] == [(7, field), (8, field)]
    assert "mine.jsonl" in str(refusal.value)
    assert str(tmp_path) not in str(refusal.value)
    assert not Run.objects.exists()
    assert not Model.objects.exists()


def test_a_file_of_another_benchmark_is_refused_by_naming_its_ids(tmp_path: Path) -> None:
    path = write_samples(tmp_path / "s.jsonl", [{"task_id": "HumanEval/0", "completion": ""}])
    with pytest.raises(UploadRefused, match=r"none of its 1 samples belongs to Tiny.*HumanEval/0"):
        ingest(path, tiny_benchmark(), SETTING)


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(sample(0, 0, right=True)).encode())[:-9])
    with pytest.raises(UploadRefused, match="truncated"):
        ingest(path, tiny_benchmark(), SETTING)


def test_an_unpacked_size_beyond_the_limit_is_refused(tmp_path: Path, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 500
    path = tmp_path / "s.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join(json.dumps(row).encode() for row in two_each() * 5)))
    assert path.stat().st_size < 500
    with pytest.raises(UploadRefused, match="500"):
        ingest(path, tiny_benchmark(), SETTING)


def test_runs_of_one_model_share_it_and_only_gaps_are_filled(tmp_path: Path) -> None:
    path, benchmark = write_samples(tmp_path / "s.jsonl", two_each()), tiny_benchmark()
    first = ingest(path, benchmark, RunSetting("Model A", parameters=5))
    second = ingest(path, benchmark, RunSetting(" model  a ", organisation="Lab", parameters=6))
    first.model.refresh_from_db()
    assert first.model == second.model
    assert (first.model.organisation, first.model.parameters) == ("Lab", 5)


def test_names_that_look_alike_in_an_address_stay_two_models(tmp_path: Path) -> None:
    path, benchmark = write_samples(tmp_path / "s.jsonl", two_each()), tiny_benchmark()
    slugs = [ingest(path, benchmark, RunSetting(name)).model.slug for name in ("GPT 4", "GPT-4", "模型")]
    assert slugs[:2] == ["gpt-4", "gpt-4-2"]
    assert slugs[2].startswith("model-")


def test_a_demo_model_and_a_real_one_never_share_a_name(tmp_path: Path) -> None:
    path, benchmark = write_samples(tmp_path / "s.jsonl", two_each()), tiny_benchmark()
    ingest(path, benchmark, RunSetting("Demo"), synthetic=True)
    with pytest.raises(Refused, match="demo"):
        ingest(path, benchmark, RunSetting("Demo"))
    assert Run.objects.count() == 1


@pytest.mark.reference_data
def test_the_real_file_of_16400_samples_goes_through(reference_data: Path) -> None:
    path = reference_data / "samples" / "codegen-16b-mono_T0.8_n100.jsonl.gz"
    run = ingest(path, benchmarks.load(load_benchmark("humaneval")), SETTING)
    assert (run.samples, run.programs, run.problems_covered, run.n_min, run.n_max) == (
        16_400,
        Cell.objects.aggregate(total=Sum("programs"))["total"],
        164,
        100,
        100,
    )


def upload_of(owner: User, rows: list[Record], name: str = "codegen_T0.8.jsonl") -> Upload:
    content = "".join(json.dumps(row) + "\n" for row in rows).encode()
    return uploads.receive(owner, SimpleUploadedFile(name, content), tiny_benchmark())


def test_an_upload_is_previewed_then_confirmed_once(django_user_model: type[User]) -> None:
    owner = django_user_model.objects.create_user("ada")
    upload = upload_of(owner, two_each())
    assert upload.preview["coverage"]["covered"] == 3
    assert upload.preview["guess"]["temperature"] == 0.8
    assert Path(upload.path).stat().st_size == upload.size
    again = Upload.objects.get(pk=upload.pk)
    run = ingest_upload(upload, SETTING)
    assert (run.owner, run.file_name, run.samples) == (owner, "codegen_T0.8.jsonl", 6)
    with pytest.raises(UploadRefused, match="already"):
        ingest_upload(again, SETTING)
    assert Run.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_confirmed_upload_leaves_no_file(django_user_model: type[User]) -> None:
    upload = upload_of(django_user_model.objects.create_user("ada"), two_each())
    ingest_upload(upload, SETTING)
    assert not Path(upload.path).exists()


def test_a_refused_upload_leaves_nothing(
    django_user_model: type[User], settings: Settings, tmp_path: Path
) -> None:
    owner = django_user_model.objects.create_user("ada")
    settings.DATA_DIR = tmp_path
    with pytest.raises(UploadRefused) as refusal:
        upload_of(owner, [*two_each(), {"task_id": "Tiny/0"}])
    assert (refusal.value.bad_count, refusal.value.bad_lines[0].field) == (1, "completion")
    settings.MAX_UPLOAD_BYTES = 100
    with pytest.raises(UploadRefused, match="larger than"):
        upload_of(owner, two_each())
    assert not list((tmp_path / "uploads").iterdir())
    assert not Upload.objects.exists()


def test_a_full_disk_is_told_and_leaves_nothing(
    django_user_model: type[User], settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "uploads").mkdir()
    settings.DATA_DIR = tmp_path

    class OnFullDisk(SimpleUploadedFile):
        def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
            yield b"{"
            with open("/dev/full", "wb", buffering=0) as full:
                full.write(b"x")  # the real error of a real full device

    with pytest.raises(Refused, match="disk of this site is full"):
        uploads.receive(
            django_user_model.objects.create_user("ada"), OnFullDisk("s.jsonl", b""), tiny_benchmark()
        )
    assert not list((tmp_path / "uploads").iterdir())


def test_old_uploads_and_strays_are_swept(
    django_user_model: type[User], settings: Settings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    owner = django_user_model.objects.create_user("ada")
    old, young = upload_of(owner, two_each()), upload_of(owner, two_each())
    Upload.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(hours=25))
    stray = tmp_path / "uploads" / "stray"
    stray.write_text("left by a crash")
    os.utime(stray, (0, 0))
    assert uploads.sweep() == 2
    assert [upload.pk for upload in Upload.objects.all()] == [young.pk]
    assert list((tmp_path / "uploads").iterdir()) == [Path(young.path)]


def test_published_rows_are_loaded_once_and_never_as_measured() -> None:
    with pytest.raises(Refused, match="load_benchmark humaneval"):
        load_published()
    benchmarks.load(load_benchmark("humaneval"))
    assert load_published() == load_published() == Run.objects.count() == 16
    run = Run.objects.get(model__name="Codex 12B", where="Table 1")
    assert run.figures["1"] == {"value": 0.2881, "low": None, "high": None, "printed": "28.81"}
    assert (run.source, run.status, run.samples) == ("published", "done", 0)
    assert run.citation["arxiv"] == "2107.03374"
    assert not run.cells.exists()
