"""Whatever changes a board gives it a new key, whoever writes it; what no board shows leaves it alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from leaderboard import board_key
from leaderboard.models import Benchmark, Model, Run
from leaderboard.services import organisations, runs
from tests.leaderboard.board_data import published_row, scored_run, small_benchmark


@pytest.fixture
def run(db: None) -> Run:
    return scored_run(small_benchmark(), "One", [4, 2, 1, 0])


def key(benchmark: Benchmark) -> str:
    return Benchmark.objects.values_list("board_key", flat=True).get(pk=benchmark.pk)


def by_hand(run: Run) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE leaderboard_run SET temperature = 0.3 WHERE id = %s", [run.pk])


CHANGES: dict[str, Callable[[Run], object]] = {
    "another run": lambda run: scored_run(run.benchmark, "Two", [1, 1, 1, 1]),
    "a published row": lambda run: published_row(run.benchmark, "Paper", {"1": "10.0"}),
    "scored again": runs.rescore,
    "deleted": runs.delete,
    "hidden": lambda run: Run.objects.filter(pk=run.pk).update(visibility="private"),
    "saved": lambda run: run.save(),
    "several at once": lambda run: Run.objects.bulk_update([run], ["note"]),
    "SQL by hand": by_hand,
    "the model's name": lambda run: Model.objects.filter(pk=run.model_id).update(name="Other"),
    "the benchmark's name": lambda run: Benchmark.objects.filter(pk=run.benchmark_id).update(name="Big"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_a_board_gives_it_a_new_key(run: Run, change: str) -> None:
    before = key(run.benchmark)
    assert len(before) == 32
    CHANGES[change](run)
    assert key(run.benchmark) not in ("", before)


def test_cancelling_gives_a_new_key(run: Run) -> None:
    waiting = scored_run(run.benchmark, "Waits", [4], status="running")
    before = key(run.benchmark)
    runs.cancel(waiting)
    assert key(run.benchmark) != before


def test_a_benchmark_that_was_read_before_a_change_never_brings_the_old_key_back(run: Run) -> None:
    read = Benchmark.objects.get(pk=run.benchmark_id)
    runs.rescore(run)
    after = key(run.benchmark)
    read.save()
    assert key(run.benchmark) not in (after, read.board_key)


def test_a_run_that_moves_changes_both_boards(run: Run) -> None:
    other = small_benchmark("other")
    before = key(run.benchmark), key(other)
    Run.objects.filter(pk=run.pk).update(benchmark=other)
    assert key(run.benchmark) != before[0]
    assert key(other) != before[1]


def test_other_boards_keep_their_key(run: Run) -> None:
    other = small_benchmark("other")
    before = key(other)
    runs.rescore(run)
    assert key(other) == before


def test_what_no_board_shows_keeps_the_key(run: Run) -> None:
    before = key(run.benchmark)
    Run.objects.filter(pk=run.pk).update(recheck_at=timezone.now(), recheck={"programs": 3})
    Run.objects.filter(pk=run.pk).update(rescan_until=timezone.now())
    assert key(run.benchmark) == before


def test_the_triggers_can_be_taken_away_and_made_again(run: Run) -> None:
    board_key.remove()
    before = key(run.benchmark)
    Run.objects.filter(pk=run.pk).update(visibility="private")
    assert key(run.benchmark) == before
    board_key.install()  # who took them away may have changed anything meanwhile
    installed = key(run.benchmark)
    assert installed != before
    Run.objects.filter(pk=run.pk).update(visibility="public")
    assert key(run.benchmark) != installed


def test_joining_and_leaving_an_organisation_changes_the_boards_of_its_runs(run: Run) -> None:
    ada, bob = User.objects.create_user("ada"), User.objects.create_user("bob")
    lab = organisations.make(ada, "Lab")
    Run.objects.filter(pk=run.pk).update(organisation=lab)
    other = small_benchmark("other")
    keys, others = [key(run.benchmark)], key(other)
    membership = organisations.invite(lab, ada, "bob", "member")
    for change in (lambda: organisations.accept(membership), lambda: organisations.remove(membership, bob)):
        change()
        keys.append(key(run.benchmark))
    assert len(set(keys)) == 3
    assert key(other) == others
