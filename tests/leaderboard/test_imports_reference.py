"""EvalPlus' own results of Llama-3-8B-Instruct: imported with their base figure, and measured to the same."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from evaluator.problem_sets.catalog import load_benchmark
from evaluator.sample_files import ReadOptions
from leaderboard.models import Run, Upload
from leaderboard.services import benchmarks, runs, scoring, uploads
from leaderboard.services.ingest import IMPORT, RunSetting, ingest_upload
from leaderboard.services.warm_evaluator import drop_evaluator

pytestmark = [pytest.mark.reference_data, pytest.mark.sandbox, pytest.mark.django_db]
NAME = "humaneval__meta-llama--Meta-Llama-3-8B-Instruct_vllm_temp_0.0-sanitized_eval_results.json.gz"
BASE, PLUS = 105, 94  # of 164 problems, by the file's own statuses


@pytest.fixture
def upload(reference_data: Path, settings: Settings, tmp_path: Path) -> Upload:
    settings.DATA_DIR = tmp_path
    content = (reference_data / "samples" / "evalplus_results" / NAME).read_bytes()
    owner = User.objects.create_user("ada")
    benchmark = benchmarks.load(load_benchmark("humaneval"))
    return uploads.receive(owner, SimpleUploadedFile(NAME, content), benchmark)


def test_it_is_imported_with_its_base_figure_and_measured_to_the_same(upload: Upload, client: Client) -> None:
    assert (upload.preview["format"], upload.preview["reported"]) == ("evalplus-results", 164)
    run = ingest_upload(upload, RunSetting("Llama-3-8B-Instruct", verdicts=IMPORT))
    run.refresh_from_db()
    assert run.figures["1"]["value"] == pytest.approx(BASE / 164)
    assert round(run.figures["1"]["value"], 3) == 0.640
    claimed = dict(run.cells.values_list("problem__task_id", "c"))

    runs.rescore(run)
    for pk in run.cells.values_list("pk", flat=True):
        scoring.score(pk)
    drop_evaluator()
    run.refresh_from_db()
    assert (run.status, run.verdicts_from) == ("done", "measured")
    assert dict(run.cells.values_list("problem__task_id", "c")) == claimed
    [row] = json.loads(client.get("/benchmarks/humaneval/?format=json").content)
    assert (row["kind"], round(row["pass@1"], 3)) == ("measured", 0.640)


def test_its_other_tests_are_a_choice(upload: Upload) -> None:
    options = ReadOptions(tests="plus")
    uploads.look_again(upload, upload.benchmark, options)
    run = ingest_upload(upload, RunSetting("Llama-3-8B-Instruct", verdicts=IMPORT))
    run.refresh_from_db()
    assert run.verdict_counts["passed"] == PLUS
    assert run.file_options == {"tests": "plus"}
    assert Run.objects.count() == 1


def test_every_results_file_has_its_own_statuses_after_the_import(
    reference_data: Path, settings: Settings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    owner = User.objects.create_user("ada")
    benchmark = benchmarks.load(load_benchmark("humaneval"))
    paths = sorted((reference_data / "samples" / "evalplus_results").glob("humaneval__*.json.gz"))
    assert len(paths) == 6
    for path in paths:
        with gzip.open(path) as file:
            results = json.load(file)["eval"]
        claimed = {
            task_id: sum(one["base_status"] == "pass" for one in ones) for task_id, ones in results.items()
        }
        upload = uploads.receive(owner, SimpleUploadedFile(path.name, path.read_bytes()), benchmark)
        run = ingest_upload(upload, RunSetting(path.name[:100], verdicts=IMPORT))
        assert dict(run.cells.values_list("problem__task_id", "c")) == claimed
