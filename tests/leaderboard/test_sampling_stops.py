"""Samplings that stop: paused, resumed, cancelled, capped, refused, each against a real server."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from evaluator.sampling import client
from leaderboard.errors import LeaseLost, RunRefused, SamplingRefused
from leaderboard.models import Cell, Run, Sampling
from leaderboard.services import (
    runs,
    sampling,
    sampling_claims,
    sampling_drawing,
    sampling_dry_run,
    sampling_spent,
)
from leaderboard.services.sampling_order import Key
from tests.factories import score_by_hand
from tests.leaderboard.sampling_data import asker, draw_all, go_on, order_for, started
from tests.tiny_model.process import TinyProcess, tiny_process

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_patience")]


def test_a_long_silence_pauses_and_resuming_goes_on_where_it_stopped(
    model_server: TinyProcess, settings: Any
) -> None:
    row = started(model_server, problems=2, n=4)
    model_server.fault("cut", after=1, times=1)
    draw_all(row)
    settings.SAMPLING_PATIENCE_SECONDS = 0.0
    model_server.kill()
    go_on(row)
    assert row.status == "paused"
    assert "Resume" in row.said
    assert sum(row.draws.values_list("drawn", flat=True)) == 2
    model_server.start()
    sampling.resume(row)
    assert (row.status, row.said) == ("drawing", "")
    assert draw_all(row).status == "done"
    assert list(Cell.objects.values_list("n", flat=True)) == [4, 4]


def test_a_wrong_key_stops_at_once_and_another_one_goes_on(local_allowed: None) -> None:
    with tiny_process("--key", "right-key-1234") as server:
        row = started(server, problems=1, key="wrong-key-5678")
        draw_all(row)
        assert (row.status, server.count()) == ("paused", 1)
        assert "Resume with another key" in row.said
        assert "wrong-key" not in row.said
        sampling.resume(row, Key("right-key-1234"))
        assert draw_all(row).status == "done"


def test_the_operator_must_allow_this_machines_own_servers(settings: Any) -> None:
    settings.SAMPLING_ALLOWED_NETWORKS = []
    with pytest.raises(SamplingRefused, match="SAMPLING_ALLOWED_NETWORKS=127") as refused:
        sampling.start(*asker(), order_for("http://127.0.0.1:11434/v1"))
    assert refused.value.field == "address"
    # A name is looked up where it is called, and by nobody else.
    row = sampling.start(*asker(1), order_for("http://localhost:11434/v1"))
    draw_all(row)
    assert row.status == "paused"
    assert "SAMPLING_ALLOWED_NETWORKS=127" in row.said


def test_the_cap_is_not_gone_beyond_and_a_higher_one_goes_on(model_server: TinyProcess) -> None:
    row = started(model_server, problems=3, n=4, token_cap=150)
    draw_all(row)
    assert row.status == "paused"
    assert "spending cap" in row.said
    used = sampling_spent.tokens_used(row.pk)
    assert 0 < used <= 150
    sampling.resume(row, token_cap=100_000)
    assert draw_all(row).status == "done"
    assert sampling_spent.tokens_used(row.pk) > used


def test_cancelling_keeps_what_is_drawn_and_it_can_be_scored(model_server: TinyProcess) -> None:
    row = started(model_server, problems=3, n=4)
    model_server.fault("status", status=500, after=3, times=1)
    draw_all(row)  # one problem whole, half of the next
    sampling.cancel(row)
    run = row.runs.get()
    assert (row.status, run.status, row.secret) == ("cancelled", "cancelled", "")
    sampling_drawing.draw_next(row.pk)
    assert sum(row.draws.values_list("drawn", flat=True)) == 6
    sampling.score_drawn(row)
    run.refresh_from_db()
    assert sorted(run.cells.values_list("n", flat=True)) == [2, 4]
    assert (run.samples, run.n_min, run.n_max, run.problems_covered) == (6, 2, 4, 2)
    assert score_by_hand(run).status == "done"


def test_a_cancelled_sampling_can_be_resumed(model_server: TinyProcess) -> None:
    row = started(model_server, problems=2, n=4, key="a-key-of-mine")
    sampling_drawing.draw_next(row.pk)
    sampling.cancel(row)
    with pytest.raises(SamplingRefused, match="Give it again"):
        sampling.resume(row)
    sampling.resume(row, Key("a-key-of-mine"))
    assert draw_all(row).status == "done"
    assert [run.status for run in row.runs.all()] == ["queued"]
    assert list(Cell.objects.values_list("n", "status")) == [(4, "queued"), (4, "queued")]


def test_a_request_that_is_open_while_cancelled_stores_nothing(model_server: TinyProcess) -> None:
    row = started(model_server, problems=1)
    claim = sampling_claims.claim(row.pk)
    assert claim is not None
    sampling.cancel(row)
    with pytest.raises(LeaseLost):
        sampling_claims.renew(claim)
    assert row.draws.get().status == "queued"


def test_a_run_of_a_sweep_that_is_cancelled_or_deleted_leaves_the_others(model_server: TinyProcess) -> None:
    row = started(model_server, problems=1, temperatures=(0.2, 0.6, 0.8))
    first, second, third = row.runs.order_by("pk")
    runs.cancel(first)
    runs.delete(second)
    assert draw_all(row).status == "done"
    assert third.cells.get().n == 3
    with pytest.raises(RunRefused, match="No sample"):
        runs.rescore(first)
    assert Run.objects.get(pk=first.pk).status == "cancelled"


def test_an_order_that_no_server_can_do_names_its_field() -> None:
    usual = order_for("https://models.example.org/v1")
    wrong = {
        "n": replace(usual, decoding=replace(usual.decoding, n=0)),
        "temperatures": replace(usual, decoding=replace(usual.decoding, temperatures=(7.0,))),
        "template": replace(usual, decoding=replace(usual.decoding, template="no place for it")),
        "server_model": replace(usual, server=replace(usual.server, model=" ")),
        "address": replace(usual, server=replace(usual.server, address="file:///etc/passwd")),
        "token_cap": replace(usual, token_cap=0),
    }
    for field, order in wrong.items():
        with pytest.raises(SamplingRefused) as refused:
            sampling.start(*asker(), order)
        assert refused.value.field == field
    assert not Sampling.objects.exists()


def test_a_mistake_of_ours_is_told_and_comes_to_a_pause(
    model_server: TinyProcess, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    row = started(model_server, problems=1)
    tried = sampling.dry_run(*asker(1), order_for(model_server.base_url))
    monkeypatch.setattr(client, "_body", broken)
    settings.SAMPLING_PATIENCE_SECONDS = 0.0
    with pytest.raises(ZeroDivisionError):
        sampling_drawing.draw_next(row.pk)
    with pytest.raises(ZeroDivisionError):
        sampling_dry_run.try_out(tried.pk)
    row.refresh_from_db()
    tried.refresh_from_db()
    assert (row.status, tried.status) == ("paused", "ready")
    assert sampling_drawing.OUR_FAULT in row.said
    assert tried.dry_run["error"] == sampling_drawing.OUR_FAULT
    assert row.draws.get().status == "queued"
