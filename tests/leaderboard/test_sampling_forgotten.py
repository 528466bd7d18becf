"""A paused sampling whose runs nobody wants any more ends with the next sweep, and its key goes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from leaderboard.models import Run
from leaderboard.services import runs, sampling, sampling_state
from leaderboard.services.sampling_order import Key
from leaderboard.tasks import sweep_samplings
from tests.leaderboard.sampling_data import CANARY, asker, order_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_queue")]


@pytest.mark.parametrize("leave", [runs.cancel, runs.delete])
def test_the_key_goes_once_all_runs_of_a_paused_sampling_are_gone(leave: Callable[[Run], None]) -> None:
    order = order_for("https://models.example.org/v1", temperatures=(0.2, 0.8))
    row = sampling.start(*asker(1), order, Key(CANARY))
    sampling_state.pause(row.pk, "The spending cap is reached.")
    first, second = row.runs.all()
    leave(first)
    sweep_samplings()
    row.refresh_from_db()
    assert (row.status, bool(row.secret)) == ("paused", True)  # the other run may be resumed
    leave(second)
    sweep_samplings()
    row.refresh_from_db()
    assert (row.status, row.secret) == ("done", "")
