"""Cells under leases: at most one worker's word counts, and our own faults count against nobody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from evaluator.records import Detail, Judgement, Verdict
from leaderboard.cell_blob import unpack
from leaderboard.errors import LeaseLost, RunRefused
from leaderboard.models import Cell, CellFlag, Model, Run
from leaderboard.services import cells, doorbell, runs
from leaderboard.services.cells import Claim
from tests.factories import SCORER, by_hand, queued_run, sample, score_by_hand, scored, tiny_benchmark

pytestmark = pytest.mark.django_db


def run_of(tmp_path: Path, right: int = 2, wrong: int = 3, problems: int = 2) -> Run:
    return queued_run(
        tmp_path,
        [
            sample(number, variant, right=variant < right)
            for number in range(problems)
            for variant in range(right + wrong)
        ],
    )


def claimed(run: Run) -> Claim:
    claim = cells.claim(run.cells.order_by("pk").values_list("pk", flat=True)[0])
    assert claim is not None
    return claim


def expire(claim: Claim) -> None:
    Cell.objects.filter(pk=claim.cell_id).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_claim_carries_all_that_scoring_needs(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    claim = claimed(run)
    assert claim.problem == tiny_benchmark().record().problems[0]
    assert [program.source for program in claim.programs] == [p.source for p in claim.content.programs]
    assert (claim.attempts, claim.limits.cpu_seconds, len(claim.programs)) == (1, 3.0, 5)
    run.refresh_from_db()
    assert run.status == "running"
    assert run.started_at is not None


def test_a_held_cell_is_given_to_nobody_until_its_lease_ends(tmp_path: Path) -> None:
    claim = claimed(run_of(tmp_path))
    assert cells.claim(claim.cell_id) is None
    expire(claim)
    second = cells.claim(claim.cell_id)
    assert second is not None
    assert second.attempts == 2
    assert second.token != claim.token


@pytest.mark.django_db(transaction=True)
def test_of_many_claims_at_once_exactly_one_wins(tmp_path: Path) -> None:
    run = run_of(tmp_path, problems=3)
    for cell_id in run.cells.values_list("pk", flat=True):
        for expired in (False, True):
            if expired:
                Cell.objects.filter(pk=cell_id).update(lease_until=timezone.now() - timedelta(seconds=1))
            assert _winners(cell_id) == 1
        assert Cell.objects.get(pk=cell_id).attempts == 2


def _winners(cell_id: int, callers: int = 8) -> int:
    together = Barrier(callers)

    def call(_: int) -> bool:
        try:
            connection.ensure_connection()
            together.wait(timeout=20)
            return cells.claim(cell_id) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(callers) as pool:
        return sum(pool.map(call, range(callers)))


def test_a_finished_cell_holds_counts_verdicts_and_findings(tmp_path: Path) -> None:
    run = queued_run(tmp_path, [sample(0, 0, right=True)] * 3 + [sample(0, 1, right=False)] * 2)
    claim = claimed(run)
    cells.finish(claim, scored(claim.content, flagged=lambda source: "return a" in source), SCORER)
    cell = run.cells.get()
    assert (cell.status, cell.n, cell.c, cell.judged, cell.lease_token) == ("done", 5, 3, 2, "")
    assert cell.verdict_counts == {"passed": 3, "wrong_answer": 2}
    assert (cell.flagged, cell.passed_flagged) == (3, 3)
    assert cell.cpu_seconds == pytest.approx(0.003)
    assert list(CellFlag.objects.values_list("rule", "count")) == [("S307", 3)]
    stored = unpack(cell.blob).programs
    assert stored[1].judgement == by_hand("wrong")
    assert stored[0].findings[0].cwe == 95


def test_a_worker_that_lost_its_lease_writes_nothing(tmp_path: Path) -> None:
    run = run_of(tmp_path, problems=1)
    frozen = claimed(run)
    expire(frozen)
    other = claimed(run)
    before = Cell.objects.values().get()
    with pytest.raises(LeaseLost):
        cells.renew(frozen, 1)
    with pytest.raises(LeaseLost):
        cells.finish(frozen, scored(frozen.content, flagged=lambda _: True), SCORER)
    assert cells.give_back(frozen, counts=True) is False
    assert Cell.objects.values().get() == before
    assert not CellFlag.objects.exists()
    cells.finish(other, scored(other.content), SCORER)
    with pytest.raises(LeaseLost):
        cells.finish(other, scored(other.content), SCORER)
    run.refresh_from_db()
    assert run.status == "done"


def test_renewing_prolongs_the_lease_and_shows_progress(tmp_path: Path) -> None:
    claim = claimed(run_of(tmp_path))
    before = Cell.objects.get(pk=claim.cell_id).lease_until
    cells.renew(claim, 4)
    cell = Cell.objects.get(pk=claim.cell_id)
    assert cell.judged == 4
    assert cell.lease_until > before


def test_the_last_cell_writes_the_figures_of_the_run(tmp_path: Path) -> None:
    run = score_by_hand(run_of(tmp_path, right=30, wrong=70))
    assert run.status == "done"
    assert run.figures["1"]["value"] == pytest.approx(0.3)
    assert run.figures["10"]["value"] == pytest.approx(0.97709, abs=1e-5)
    assert list(run.figures) == ["1", "2", "5", "10", "20", "25", "50", "100"]
    assert run.figures["1"]["low"] <= 0.3 <= run.figures["1"]["high"]
    assert run.verdict_counts == {"passed": 60, "wrong_answer": 140}
    assert (run.judge_version, run.sandbox_tier) == (SCORER.judge_version, "A+")
    assert run.finished_at is not None


def test_a_run_scored_by_two_judges_says_so(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    for version in ("1", "2"):
        claim = cells.claim(run.cells.filter(status="queued")[0].pk)
        assert claim is not None
        cells.finish(claim, scored(claim.content), cells.Scorer(version, "A+"))
    run.refresh_from_db()
    assert (run.judge_version, run.sandbox_tier) == ("mixed", "A+")


def test_our_own_faults_count_neither_for_nor_against_the_model(tmp_path: Path) -> None:
    run = run_of(tmp_path, right=2, wrong=2)
    fault = Judgement(Verdict.EVALUATOR_ERROR, Detail("the sandbox broke"), 0.0)
    score_by_hand(run, lambda source: fault if "return 2" in source else by_hand(source))
    assert run.verdict_counts == {"passed": 4, "wrong_answer": 2, "evaluator_error": 2}
    assert run.figures["1"]["value"] == pytest.approx(2 / 3)
    assert (run.n_min, run.n_max, run.samples, run.problems_covered) == (3, 3, 8, 2)
    runs.rescore(run)
    assert set(run.cells.values_list("n", flat=True)) == {4}
    score_by_hand(run)
    assert (run.figures["1"]["value"], run.n_min) == (0.5, 4)


def test_a_problem_without_any_judged_sample_is_not_covered(tmp_path: Path) -> None:
    run = run_of(tmp_path, right=1, wrong=0)
    fault = Judgement(Verdict.EVALUATOR_ERROR, Detail("the sandbox broke"), 0.0)
    score_by_hand(run, lambda source: fault if "add_0" in source else by_hand(source))
    assert (run.problems_covered, run.n_min) == (1, 1)
    assert run.figures["1"]["value"] == 1.0


def test_a_cancelled_run_is_scored_no_further(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    claim = claimed(run)
    runs.cancel(run)
    assert run.status == "cancelled"
    with pytest.raises(LeaseLost):
        cells.renew(claim, 1)
    with pytest.raises(LeaseLost):
        cells.finish(claim, scored(claim.content), SCORER)
    assert cells.claim(claim.cell_id) is None
    with pytest.raises(RunRefused, match="not being scored"):
        runs.cancel(run)


def test_rescoring_starts_over(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    with pytest.raises(RunRefused, match="being scored right now"):
        runs.rescore(run)
    figures = score_by_hand(run).figures
    runs.rescore(run)
    assert (run.status, run.figures, run.verdict_counts) == ("queued", {}, {})
    assert set(run.cells.values_list("status", "c", "attempts")) == {("queued", 0, 0)}
    assert score_by_hand(run).figures == figures


def test_published_figures_can_be_neither_rescored_nor_deleted() -> None:
    model = Model.objects.create(slug="m", name="M")
    run = Run.objects.create(
        benchmark=tiny_benchmark(), model=model, source="published", status=Run.Status.DONE
    )
    for action in (runs.rescore, runs.delete):
        with pytest.raises(RunRefused):
            action(run)
    assert Run.objects.get() == run


def test_deleting_a_run_takes_its_model_only_with_its_last_run(tmp_path: Path) -> None:
    first, second = run_of(tmp_path), run_of(tmp_path)
    held = claimed(first)
    runs.delete(first)
    with pytest.raises(LeaseLost):
        cells.finish(held, scored(held.content), SCORER)
    assert Model.objects.count() == 1
    runs.delete(second)
    assert not Model.objects.exists()
    assert not Cell.objects.exists()


@pytest.fixture
def empty_queue() -> None:
    with doorbell.app.connection_for_write() as broker, broker.channel() as channel:
        queue = doorbell.app.conf.task_default_queue
        channel.queue_declare(queue=queue, durable=True, auto_delete=False)
        channel.queue_purge(queue)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_queue")
def test_a_sweep_rings_for_what_is_due_and_only_into_a_quiet_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorbell, "QUIET_MESSAGES", 0)
    run = run_of(tmp_path, problems=3)
    assert doorbell.waiting() == 3  # the upload's own rings
    assert doorbell.ring_due() == 0
    with doorbell.app.connection_for_write() as broker, broker.channel() as channel:
        channel.queue_purge(doorbell.app.conf.task_default_queue)  # the broker lost them
    claimed(run)
    assert doorbell.ring_due() == 2
    assert doorbell.waiting() == 2


@pytest.mark.django_db(transaction=True)
def test_an_upload_succeeds_while_the_broker_is_down(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    working = doorbell.app.conf.broker_write_url
    doorbell.app.conf.broker_write_url = "redis://127.0.0.1:1/0"  # nobody listens on port 1
    try:
        run = run_of(tmp_path)
    finally:
        doorbell.app.conf.broker_write_url = working
    assert Run.objects.get(pk=run.pk).status == "queued"
    assert "could not be told" in caplog.text
