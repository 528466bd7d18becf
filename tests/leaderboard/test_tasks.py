"""From `manage.py submit` to figures through a real worker, on each broker and database that is supported."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluator.errors import SandboxUnavailable
from evaluator.problem_sets import load_benchmark
from leaderboard.cell_blob import unpack
from leaderboard.errors import LeaseLost
from leaderboard.models import Run, WorkerBeat
from leaderboard.services import cells, scoring, warm_evaluator
from tests.code_map import ROOT
from tests.factories import queued_run, sample, write_samples

pytestmark = pytest.mark.sandbox


def manage(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def scored_by_a_worker(folder: Path, **variables: str) -> str:
    """What `submit --wait` prints for a file of HumanEval in which 3 of 4 samples of 5 problems are right."""
    unwanted = ("DATABASE_URL", "CELERY_BROKER_URL", "PASSBOARD_TESTS_FOLDER", "PYTEST_XDIST_WORKER")
    environment = {name: value for name, value in os.environ.items() if name not in unwanted}
    environment |= {"DJANGO_SETTINGS_MODULE": "leaderboard.settings", "PASSBOARD_DATA": str(folder / "data")}
    environment |= variables
    manage(environment, "migrate", "--verbosity=0")
    manage(environment, "load_benchmark", "humaneval")
    rows = [
        {"task_id": problem.task_id, "completion": completion}
        for problem in load_benchmark("humaneval").problems[:5]
        for completion in [problem.canonical_solution] * 3 + ["    return 'wrong'\n"]
    ]
    path = write_samples(folder / "model_T0.2.jsonl", rows)
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "leaderboard", "worker", "--concurrency", "2"],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return manage(environment, "submit", str(path), "--model", "Model A", "--wait")
    finally:
        worker.kill()
        worker.wait()


def check(printed: str) -> None:
    assert "20 samples of 5 problems, 10 distinct programs" in printed
    assert "pass@1     75.00%" in printed
    assert "pass@2    100.00%" in printed


def test_without_a_server(tmp_path: Path) -> None:
    check(scored_by_a_worker(tmp_path))


@pytest.mark.servers
def test_on_postgresql_and_redis(tmp_path: Path, postgres_url: str, redis_url: str) -> None:
    check(scored_by_a_worker(tmp_path, DATABASE_URL=postgres_url, CELERY_BROKER_URL=redis_url))


@pytest.mark.servers
def test_on_rabbitmq(tmp_path: Path, rabbitmq_url: str) -> None:
    check(scored_by_a_worker(tmp_path, CELERY_BROKER_URL=rabbitmq_url))


@pytest.fixture
def _evaluator_of_this_test() -> Iterator[None]:
    warm_evaluator.drop_evaluator()
    yield
    warm_evaluator.drop_evaluator()


@pytest.mark.django_db
@pytest.mark.usefixtures("_evaluator_of_this_test")
class TestScoring:
    def test_a_cell_is_judged_scanned_and_recorded(self, tmp_path: Path) -> None:
        insecure = {"task_id": "Tiny/0", "completion": "    return eval(str(a))\n"}
        run = queued_run(tmp_path, [sample(0, 0, right=True), sample(0, 1, right=False), insecure])
        scoring.score(run.cells.get().pk)
        run.refresh_from_db()
        assert (run.status, run.figures["1"]["value"]) == ("done", pytest.approx(2 / 3))
        assert (run.flagged, run.passed_flagged) == (1, 1)
        assert run.sandbox_tier.startswith(("A", "B"))
        assert WorkerBeat.objects.get().sandbox_tier == run.sandbox_tier

    def test_programs_that_another_run_has_judged_are_not_executed(self, tmp_path: Path) -> None:
        shared, own = sample(0, 0, right=True), sample(0, 1, right=False)
        first = queued_run(tmp_path, [shared])
        scoring.score(first.cells.get().pk)
        blob = first.cells.get().blob
        second = queued_run(tmp_path, [own, shared], model="Model B")
        scoring.score(second.cells.get().pk)
        second.refresh_from_db()
        assert (second.taken_over, second.figures["1"]["value"]) == (1, 0.5)
        (executed,) = unpack(blob).programs
        taken = unpack(second.cells.get().blob).programs[1]
        assert taken.judgement == executed.judgement  # to the microsecond: nobody measured it again

    def test_the_evaluator_stays_warm_and_belongs_to_its_limits(self, tmp_path: Path) -> None:
        run = queued_run(tmp_path, [sample(number, 0, right=True) for number in range(2)])
        first, second = run.cells.values_list("pk", flat=True)
        scoring.score(first)
        kept = warm_evaluator.warm_evaluator(cells.Limits(), ())
        scoring.score(second)
        assert warm_evaluator.warm_evaluator(cells.Limits(), ()) is kept
        assert warm_evaluator.warm_evaluator(cells.Limits(cpu_seconds=1.0), ()) is not kept

    def test_a_cell_that_is_held_or_done_or_gone_is_left_alone(self, tmp_path: Path) -> None:
        run = queued_run(tmp_path, [sample(0, 0, right=True)])
        cell_id = run.cells.get().pk
        held = cells.claim(cell_id)
        assert held is not None
        scoring.score(cell_id)
        cells.renew(held, 0)  # still ours
        cells.give_back(held, counts=False)
        scoring.score(cell_id)
        done = run.cells.values().get()
        scoring.score(cell_id)
        scoring.score(cell_id + 1000)
        assert run.cells.values().get() == done
        with pytest.raises(LeaseLost):
            cells.renew(held, 0)

    def test_a_cell_that_ended_worker_after_worker_is_given_up_without_blame(self, tmp_path: Path) -> None:
        run = queued_run(tmp_path, [sample(0, 0, right=True), sample(1, 0, right=True)])
        poisoned, sound = run.cells.order_by("pk")
        run.cells.filter(pk=poisoned.pk).update(attempts=cells.MAX_ATTEMPTS)
        scoring.score(poisoned.pk)
        scoring.score(sound.pk)
        run.refresh_from_db()
        assert run.verdict_counts == {"evaluator_error": 1, "passed": 1}
        assert (run.figures["1"]["value"], run.problems_covered) == (1.0, 1)


@pytest.mark.django_db
def test_a_machine_without_isolation_scores_nothing_and_counts_no_attempt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise SandboxUnavailable("no isolation here")

    monkeypatch.setattr(warm_evaluator, "Evaluator", refuse)
    monkeypatch.setattr(scoring, "_pause_until", float("-inf"))
    run = queued_run(tmp_path, [sample(0, 0, right=True)])
    cell_id = run.cells.get().pk
    with pytest.raises(SandboxUnavailable):
        scoring.score(cell_id)
    assert list(run.cells.values_list("status", "attempts")) == [("queued", 0)]
    scoring.score(cell_id)  # pauses instead of failing once for each cell that waits
    assert Run.objects.get(pk=run.pk).figures == {}


@pytest.mark.django_db
def test_a_mistake_of_ours_is_loud_and_counts_as_an_attempt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(warm_evaluator, "Evaluator", mistaken)
    run = queued_run(tmp_path, [sample(0, 0, right=True)])
    cell_id = run.cells.get().pk
    for attempt in (1, 2):
        with pytest.raises(ZeroDivisionError):
            scoring.score(cell_id)
        assert list(run.cells.values_list("status", "attempts")) == [("queued", attempt)]
