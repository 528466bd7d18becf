"""Paused samplings that nobody comes back to: their keys go, and those whose runs are gone end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from leaderboard.errors import SamplingRefused
from leaderboard.formatting import date_text
from leaderboard.models import Run, Sampling
from leaderboard.services import runs, sampling, sampling_state
from leaderboard.services.sampling_order import Key
from leaderboard.services.sampling_state import Trouble
from leaderboard.tasks import sweep_samplings
from tests.leaderboard.sampling_data import CANARY, asker, draw_all, order_for, started
from tests.tiny_model.process import TinyProcess

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


def test_a_long_pause_costs_the_key_but_not_the_samples(model_server: TinyProcess, client: Client) -> None:
    row = started(model_server, problems=1, key=CANARY)
    sampling_state.pause(row.pk, "The spending cap is reached.")
    client.force_login(row.owner)
    sweep_samplings()
    row.refresh_from_db()
    goes = sampling_state.key_goes_at(row)
    assert goes is not None
    assert f"The key is kept until {date_text(goes)}" in client.get(f"/sample/{row.pk}/").text
    Sampling.objects.update(paused_at=F("paused_at") - sampling_state.PAUSED_KEY_KEPT)
    sweep_samplings()
    row.refresh_from_db()
    assert (row.status, row.secret, sampling_state.key_goes_at(row)) == ("paused", "", None)
    assert "The key was deleted and has to be given again." in client.get(f"/sample/{row.pk}/").text
    with pytest.raises(SamplingRefused, match="The key was deleted"):
        sampling.resume(row)
    sampling.resume(row, Key(CANARY))
    assert (row.status, row.paused_at) == ("drawing", None)
    assert draw_all(row).status == "done"


def test_an_end_of_patience_is_a_pause_with_a_date(model_server: TinyProcess, settings: Any) -> None:
    settings.SAMPLING_PATIENCE_SECONDS = 0.0
    row = started(model_server, problems=1, key=CANARY)
    sampling_state.note_trouble(row.pk, Trouble("Come back later.", retry_after=60.0))
    row.refresh_from_db()
    assert (row.status, row.paused_at is None) == ("paused", False)
