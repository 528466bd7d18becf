"""A problem whose own reference solution fails is found out when its samples are scored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evaluator.records import Limits
from leaderboard.models import Problem, Run
from leaderboard.services import benchmarks, scoring
from tests.leaderboard.run_data import passed, queued_run, toy_record

pytestmark = [pytest.mark.django_db, pytest.mark.sandbox]


def scored(folder: Path, solution: str, limits: Limits | None = None) -> Problem:
    record = toy_record(1)
    problem = replace(record.problems[0], canonical_solution=solution)
    benchmark = benchmarks.load(replace(record, problems=(problem,)))
    run = queued_run(folder, benchmark, {"Toy/0": [passed()]})
    if limits:
        Run.objects.filter(pk=run.pk).update(limits={"cpu_seconds": limits.cpu_seconds})
    scoring.score(run.cells.get().pk)
    run.refresh_from_db()
    assert run.status == Run.Status.DONE
    return benchmark.problems.get()


@pytest.mark.parametrize(
    ("solution", "verdict"),
    [
        ("    return a + b\n", "passed"),
        ("    return a - b\n", "wrong_answer"),
    ],
)
def test_the_reference_solutions_verdict_is_noted_with_the_first_scored_cell(
    tmp_path: Path, solution: str, verdict: str
) -> None:
    assert scored(tmp_path, solution).reference_verdict == verdict


def test_a_failure_is_looked_at_again_a_pass_is_not(tmp_path: Path) -> None:
    problem = scored(tmp_path, "    return a + b\n")
    for before, after in (("wrong_answer", "passed"), ("passed", "passed")):
        Problem.objects.filter(pk=problem.pk).update(reference_verdict=before)
        run = queued_run(tmp_path, problem.benchmark, {"Toy/0": [passed()]})
        scoring.score(run.cells.get().pk)
        problem.refresh_from_db()
        assert problem.reference_verdict == after


def test_a_shorter_time_limit_says_nothing_about_the_reference_solution(tmp_path: Path) -> None:
    assert scored(tmp_path, "    return a + b\n", Limits(cpu_seconds=1.0)).reference_verdict == ""
