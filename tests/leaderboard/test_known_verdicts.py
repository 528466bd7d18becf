"""Verdicts that other runs have already: taken over under the same conditions, never otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth import get_user_model

from evaluator.records import Detail, Judgement, Verdict
from leaderboard.models import Run
from leaderboard.services import cells, runs
from leaderboard.services.known_verdicts import known_verdicts
from leaderboard.views import run_facts
from tests.factories import SCORER, by_hand, queued_run, sample, score_by_hand, scored

pytestmark = pytest.mark.django_db

SAMPLES = [sample(0, 0, right=True), sample(0, 1, right=False)]


def known_to(run: Run) -> list[Verdict]:
    claim = cells.claim(run.cells.get().pk)
    assert claim is not None
    known = known_verdicts(claim, SCORER.sandbox_tier)
    cells.give_back(claim, counts=False)
    return [known[program.source].verdict for program in claim.content.programs if program.source in known]


def another(tmp_path: Path) -> Run:
    return queued_run(tmp_path, [*SAMPLES, sample(0, 2, right=False)], model="Model B")


@pytest.fixture
def judged(tmp_path: Path) -> Run:
    return score_by_hand(queued_run(tmp_path, SAMPLES))


def test_the_same_programs_need_not_be_judged_again(judged: Run, tmp_path: Path) -> None:
    assert known_to(another(tmp_path)) == [Verdict.PASSED, Verdict.WRONG_ANSWER]


@pytest.mark.parametrize(
    "change",
    [
        {"judge_version": "0"},
        {"sandbox_tier": "B"},
        {"sandbox_tier": "mixed"},
        {"limits": {"cpu_seconds": 1.0}},
        {"visibility": Run.Visibility.PRIVATE},
        {"visibility": Run.Visibility.UNLISTED},
    ],
    ids=lambda change: "-".join(map(str, change.values())),
)
def test_other_conditions_and_other_peoples_runs_give_nothing(
    judged: Run, tmp_path: Path, change: dict[str, object]
) -> None:
    Run.objects.filter(pk=judged.pk).update(**change)
    assert known_to(another(tmp_path)) == []


def test_ones_own_private_run_does(judged: Run, tmp_path: Path) -> None:
    owner = get_user_model().objects.create_user("ada")
    following = another(tmp_path)
    Run.objects.update(owner=owner)
    Run.objects.filter(pk=judged.pk).update(visibility=Run.Visibility.PRIVATE)
    assert len(known_to(following)) == 2


def test_what_we_failed_to_judge_is_judged(tmp_path: Path) -> None:
    fault = Judgement(Verdict.EVALUATOR_ERROR, Detail("the sandbox broke"), 0.0)
    score_by_hand(queued_run(tmp_path, SAMPLES), lambda _: fault)
    assert known_to(another(tmp_path)) == []


def test_a_run_that_is_scored_again_is_judged_anew(judged: Run, tmp_path: Path) -> None:
    following = score_by_hand(another(tmp_path))
    runs.rescore(following)
    assert known_to(following) == []


def test_the_run_says_how_many_were_taken_over(judged: Run, tmp_path: Path) -> None:
    following = another(tmp_path)
    claim = cells.claim(following.cells.get().pk)
    assert claim is not None
    cells.finish(
        claim,
        scored(claim.content, by_hand),
        SCORER,
        taken_over=len(known_verdicts(claim, SCORER.sandbox_tier)),
    )
    following.refresh_from_db()
    assert following.taken_over == 2
    assert dict(run_facts.scoring(following))["taken over"].startswith("2 verdicts of other runs")
    assert "taken over" not in dict(run_facts.scoring(judged))
