"""What goes on being sampled without its owner, and what doesn't."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from evaluator.sampling.records import Completion
from leaderboard.errors import SamplingRefused
from leaderboard.models import Cell, Run, Sampling
from leaderboard.services import deletion, organisations, runs, sampling, sampling_claims, sampling_state
from tests.factories import score_by_hand
from tests.leaderboard.sampling_data import asker, order_for

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "https://models.example.org/v1"


def draw_one(row: Sampling) -> None:
    claim = sampling_claims.claim(row.pk)
    assert claim is not None
    assert sampling_claims.admit(claim) is not None
    sampling_claims.store(claim, [Completion("    return 1", "stop", None, None, 1, 1)])


def test_a_run_that_was_cancelled_by_itself_is_not_drawn_when_a_pause_ends() -> None:
    row = sampling.start(*asker(1), order_for(ADDRESS, temperatures=(0.2, 0.8)))
    first, second = row.runs.order_by("pk")
    sampling_state.pause(row.pk, "The spending cap is reached.")
    runs.cancel(first)
    sampling.resume(row)
    assert Run.objects.get(pk=first.pk).status == "cancelled"
    claim = sampling_claims.claim(row.pk)
    assert claim is not None
    assert claim.run_id == second.pk
    sampling_state.pause(row.pk, "The spending cap is reached.")
    runs.cancel(second)
    with pytest.raises(SamplingRefused, match="Nothing is left"):
        sampling.resume(row)
    sampling.cancel(row)
    sampling.resume(row)  # all of it was cancelled, so all of it goes on
    assert set(row.runs.values_list("status", flat=True)) == {"queued"}


def test_nothing_is_drawn_for_an_account_that_was_closed() -> None:
    row = sampling.start(*asker(1), order_for(ADDRESS))
    User.objects.update(is_active=False)
    assert sampling_claims.claim(row.pk) is None
    User.objects.update(is_active=True)
    assert sampling_claims.claim(row.pk) is not None


def test_a_half_drawn_run_that_is_handed_over_keeps_what_was_drawn() -> None:
    owner, benchmark = asker(2)
    lab = organisations.make(User.objects.create_user("eve"), "Lab")
    organisations.accept(organisations.invite(lab, owner, owner.username, "member"))
    kept = sampling.start(owner, benchmark, order_for(ADDRESS))
    draw_one(kept)
    sampling.cancel(kept)
    empty = sampling.start(owner, benchmark, order_for(ADDRESS))
    sampling.cancel(empty)
    deletion.delete_account(owner, lab)
    run = Run.objects.get()  # the one without a sample is gone
    assert (run.organisation, run.samples, run.n_min, run.n_max) == (lab, 1, 1, 1)
    runs.rescore(run)
    assert score_by_hand(run).status == "done"
    assert list(Cell.objects.values_list("n", flat=True)) == [1]
