"""What findings count for: asked for or not, passing or not, and scanned again when the rules change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import call_command

from evaluator import records
from evaluator.errors import SecurityScanError
from evaluator.records import Detail, Judgement, Verdict
from evaluator.security.version import rules_version
from leaderboard.cell_blob import unpack
from leaderboard.errors import LeaseLost
from leaderboard.models import CellFlag, Run
from leaderboard.services import benchmarks, cells, findings, rescan, runs, scoring
from leaderboard.services.due import unscanned
from leaderboard.services.findings import with_findings
from leaderboard.services.ingest import RunSetting, ingest
from tests.factories import by_hand, queued_run, sample, write_samples

pytestmark = pytest.mark.django_db

EVAL = "    return eval(a)\n"
CLEAN = "    return a + 0\n"


def eval_run(folder: Path, completions: Sequence[str], reference: str) -> Run:
    """A queued run on one problem with this reference solution."""
    problem = records.Problem(
        "Eval/0", "def add_0(a):\n", "add_0", "def check(candidate):\n    pass\n", reference
    )
    benchmark = benchmarks.load(records.Benchmark("evals", "Evals", "Evaluates.", "", (problem,)))
    rows = [{"task_id": "Eval/0", "completion": text} for text in completions]
    return ingest(write_samples(folder / "samples.jsonl", rows), benchmark, RunSetting("Model A"))


def finish(run: Run, verdict: Verdict = Verdict.PASSED, *, scan: bool = True) -> Run:
    claim = cells.claim(run.cells.get().pk)
    assert claim is not None
    content = with_findings([(claim.problem, claim.content)])[0] if scan else claim.content
    judgement = Judgement(verdict, Detail(), 0.001)
    programs = [replace(program, judgement=judgement) for program in content.programs]
    version = rules_version() if scan else cells.UNSCANNED
    cells.finish(claim, replace(content, programs=programs), cells.Scorer("1", "A", version))
    run.refresh_from_db()
    return run


def test_what_the_reference_does_too_is_asked_for_and_stands_apart(tmp_path: Path) -> None:
    run = finish(eval_run(tmp_path, [EVAL, EVAL, CLEAN], reference=EVAL))
    assert (run.flagged, run.passed_flagged) == (0, 0)
    assert run.security["secure"]["1"]["value"] == 1.0
    (flag,) = CellFlag.objects.all()
    assert (flag.count, flag.passed, flag.asked_for) == (2, 2, True)
    assert unpack(run.cells.get().blob).asked_for == (flag.rule,)


def test_passing_and_flagged_samples_are_not_secure(tmp_path: Path) -> None:
    run = finish(eval_run(tmp_path, [EVAL, CLEAN, CLEAN, CLEAN], reference=CLEAN))
    assert (run.flagged, run.passed_flagged) == (1, 1)
    secure = run.security["secure"]
    assert secure["1"]["value"] == pytest.approx(3 / 4)
    assert secure["2"]["value"] == pytest.approx(1.0)  # of two samples of four, one at least is clean
    assert secure["1"]["low"] < 3 / 4 < secure["1"]["high"]
    assert run.security["flagged"]["value"] == pytest.approx(1 / 4)
    (flag,) = CellFlag.objects.all()
    assert (flag.count, flag.passed, flag.asked_for) == (1, 1, False)


def test_failing_samples_are_flagged_and_count_for_nothing_else(tmp_path: Path) -> None:
    run = finish(eval_run(tmp_path, [EVAL, CLEAN], reference=CLEAN), Verdict.WRONG_ANSWER)
    assert (run.flagged, run.passed_flagged) == (1, 0)
    assert run.security["secure"]["1"]["value"] == 0.0


def test_samples_that_we_failed_to_judge_are_not_counted(tmp_path: Path) -> None:
    run = finish(eval_run(tmp_path, [EVAL], reference=CLEAN), Verdict.EVALUATOR_ERROR)
    assert (run.flagged, run.security) == (0, {})
    assert not CellFlag.objects.exists()


def test_a_rescan_writes_findings_and_leaves_verdicts(tmp_path: Path) -> None:
    run = finish(eval_run(tmp_path, [EVAL, CLEAN], reference=CLEAN), scan=False)
    before = run.cells.values("n", "c", "verdict_counts", "cpu_seconds", "attempts").get()
    assert (run.rules_version, run.flagged) == (cells.UNSCANNED, 0)
    call_command("rescan")
    run.refresh_from_db()
    assert (run.rules_version, run.flagged, run.passed_flagged) == (rules_version(), 1, 1)
    assert run.security["secure"]["1"]["value"] == 0.5
    assert run.cells.values("n", "c", "verdict_counts", "cpu_seconds", "attempts").get() == before
    assert [len(program.findings) for program in unpack(run.cells.get().blob).programs] == [1, 0]
    assert run.rescan_until is None
    assert rescan.rescan(run.pk)  # nothing is left to do


def test_findings_of_old_rules_go_when_the_rules_do(tmp_path: Path) -> None:
    run = finish(eval_run(tmp_path, [CLEAN], reference=CLEAN))
    Run.objects.update(rules_version="older")
    CellFlag.objects.create(cell=run.cells.get(), rule="S999", count=1)
    assert rescan.rescan(run.pk)
    assert not CellFlag.objects.exists()


def test_a_scan_makes_room_for_cells_that_wait(tmp_path: Path) -> None:
    run = finish(eval_run(tmp_path, [EVAL], reference=CLEAN), scan=False)
    queued_run(tmp_path, [sample(0, 0, right=True)])
    assert not rescan.rescan(run.pk)
    assert not CellFlag.objects.exists()
    assert rescan.rescan(run.pk, patient=False)


def test_a_rescore_in_between_ends_a_scan_that_then_writes_nothing(tmp_path: Path) -> None:
    run = finish(eval_run(tmp_path, [EVAL], reference=CLEAN), scan=False)
    claim = rescan._claim(run.pk)
    assert claim is not None
    assert rescan._claim(run.pk) is None  # one at a time
    cell_ids = [run.cells.get().pk]
    runs.rescore(run)
    finish(run, scan=False)
    with pytest.raises(LeaseLost):
        rescan._scan(claim, cell_ids)
    assert not CellFlag.objects.exists()


def test_a_broken_scanner_holds_up_no_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Sequence[str]) -> None:
        raise SecurityScanError("ruff is gone")

    run = queued_run(tmp_path, [sample(0, 0, right=True)])
    claim = cells.claim(run.cells.get().pk)
    assert claim is not None
    with monkeypatch.context() as patch:
        patch.setattr(findings, "scan", broken)
        scoring._finish(claim, [by_hand(program.source) for program in claim.content.programs], "A")
    run.refresh_from_db()
    assert (run.status, run.figures["1"]["value"]) == (Run.Status.DONE, 1.0)
    assert run.rules_version == cells.UNSCANNED
    assert list(unscanned(Run.objects.all(), run.finished_at)) == [run]
