"""Files that carry verdicts: imported as they are, labelled, and measured when they are scored again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluator.records import Reported, Verdict
from leaderboard.cell_blob import unpack
from leaderboard.errors import RunRefused, UploadRefused, VerdictsMissing
from leaderboard.models import Cell, Run, RunFlags
from leaderboard.services import due, known_verdicts, rescan, runs
from leaderboard.services.imports import verdict_of
from leaderboard.services.ingest import IMPORT, RunSetting, ingest
from tests.leaderboard.run_data import MIXED, passed, queued_run, score, toy_benchmark

pytestmark = pytest.mark.django_db
RIGHT, LESS = "    return a + b\n", "    return a - b\n"
RESULTS = [
    {"task_id": "Toy/0", "completion": RIGHT, "passed": True, "result": "passed", "mean_logprob": -0.1},
    {"task_id": "Toy/0", "completion": LESS, "passed": False, "result": "failed: ", "mean_logprob": -0.2},
    {"task_id": "Toy/0", "completion": RIGHT, "passed": False, "result": "timed out", "mean_logprob": -0.3},
    {"task_id": "Toy/1", "completion": RIGHT, "passed": True, "result": "passed", "mean_logprob": -0.1},
    {
        "task_id": "Toy/1",
        "completion": "    return eval(a)\n",
        "passed": False,
        "result": "failed: name 'x' is not defined",
        "mean_logprob": -0.2,
    },
]
SETTING = RunSetting("Imported", verdicts=IMPORT)


def results_file(folder: Path, records: list[dict[str, object]]) -> Path:
    path = folder / "results.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return ingest(results_file(tmp_path, RESULTS), toy_benchmark(), SETTING)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("failed: ", Verdict.WRONG_ANSWER),
        ("fail", Verdict.WRONG_ANSWER),
        ("", Verdict.WRONG_ANSWER),
        ("Wrong Answer", Verdict.WRONG_ANSWER),
        ("failed: AssertionError", Verdict.WRONG_ANSWER),
        ("timed out", Verdict.TIMEOUT),
        ("timeout", Verdict.TIMEOUT),
        ("Time Limit Exceeded", Verdict.TIMEOUT),
        ("failed: name 'x' is not defined", Verdict.EXCEPTION),
        ("Runtime Error", Verdict.EXCEPTION),
        ("failed: invalid syntax (<string>, line 4)", Verdict.SYNTAX_ERROR),
        ("failed: expected an indented block", Verdict.SYNTAX_ERROR),
        ("MemoryError", Verdict.MEMORY_LIMIT),
    ],
)
def test_other_harnesses_words_become_the_nearest_verdict(text: str, verdict: Verdict) -> None:
    assert verdict_of(Reported(False, text)) is verdict
    assert verdict_of(Reported(True, text)) is Verdict.PASSED


def test_an_imported_run_has_the_files_verdicts_at_once(run: Run) -> None:
    assert (run.status, run.verdicts_from) == ("done", "imported")
    assert run.verdict_counts == {"passed": 2, "wrong_answer": 1, "timeout": 1, "exception": 1}
    assert run.figures["1"]["value"] == pytest.approx((1 / 3 + 1 / 2) / 2)
    assert run.reranked["value"] == 1.0
    assert (run.judge_version, run.sandbox_tier, run.recheck_at) == ("", "", None)
    cell = run.cells.get(problem__task_id="Toy/1")
    failed = unpack(cell.blob).programs[1].judgement
    assert failed is not None
    assert failed.detail.message == "failed: name 'x' is not defined"
    assert (cell.status, cell.n, cell.c, cell.judged, cell.cpu_seconds) == ("done", 2, 1, 2, 0)


def test_two_verdicts_of_one_program_are_both_kept_until_it_is_measured(run: Run) -> None:
    cell = run.cells.get(problem__task_id="Toy/0")
    assert (cell.n, cell.c, cell.programs) == (3, 1, 3)
    runs.rescore(run)
    cell.refresh_from_db()
    content = unpack(cell.blob)
    assert (run.verdicts_from, run.status, run.programs) == ("measured", "queued", 4)
    assert (cell.status, cell.n, cell.programs) == ("queued", 3, 2)
    assert [sample.program for sample in content.samples] == [0, 1, 0]
    assert [sample.line for sample in content.samples] == [1, 2, 3]


def test_imported_verdicts_are_no_cache_for_other_runs(run: Run, tmp_path: Path) -> None:
    from leaderboard.services import cells

    other = queued_run(tmp_path, run.benchmark, {"Toy/0": [passed()]})
    claim = cells.claim(other.cells.get().pk)
    assert claim is not None
    for tier in ("", "A"):
        assert known_verdicts.known_verdicts(claim, tier) == {}


def test_imported_programs_name_no_behaviour_that_other_runs_could_share(run: Run) -> None:
    assert {len(cell.behaviours) for cell in Cell.objects.filter(run=run)} == {1}


def test_imported_programs_are_scanned_like_any_others(run: Run) -> None:
    run.refresh_from_db()
    assert (run.security, RunFlags.objects.filter(run=run).exists()) == ({}, False)
    assert rescan.rescan(run.pk)
    run.refresh_from_db()
    assert run.flagged == 1
    assert run.figures["1"]["value"] == pytest.approx((1 / 3 + 1 / 2) / 2)
    assert not due.outdated(Run.objects.filter(pk=run.pk)).exists()


def test_a_file_that_leaves_a_verdict_out_is_not_imported(tmp_path: Path) -> None:
    silent = [*RESULTS, {"task_id": "Toy/2", "completion": RIGHT}]
    with pytest.raises(VerdictsMissing, match="1 sample carries no verdict"):
        ingest(results_file(tmp_path, silent), toy_benchmark(), SETTING)
    with pytest.raises(UploadRefused):
        ingest(results_file(tmp_path, [*RESULTS, {"task_id": "Toy/2"}]), toy_benchmark(), SETTING)
    assert not Run.objects.exists()
    assert not Cell.objects.exists()


def test_the_same_file_is_measured_unless_it_is_to_be_imported(tmp_path: Path) -> None:
    run = ingest(results_file(tmp_path, RESULTS), toy_benchmark(), RunSetting("Measured"))
    assert (run.status, run.verdicts_from, run.programs) == ("queued", "measured", 4)
    assert run.cells.filter(status="queued").count() == 2


def test_a_rescored_run_can_be_scored_like_any_other(tmp_path: Path) -> None:
    drawn = {"Toy/0": [passed()]}
    record = {"task_id": "Toy/0", "completion": RIGHT, "passed": False, "result": "failed: "}
    run = ingest(results_file(tmp_path, [record]), toy_benchmark(), SETTING)
    runs.rescore(run)
    score(run, drawn)
    assert (run.status, run.verdicts_from, run.verdict_counts) == ("done", "measured", {"passed": 1})


def test_what_is_being_measured_is_not_imported(tmp_path: Path) -> None:
    run = queued_run(tmp_path, toy_benchmark(), MIXED)
    with pytest.raises(RunRefused):
        runs.rescore(run)
