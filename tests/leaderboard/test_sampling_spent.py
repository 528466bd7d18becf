"""Tokens that brought no sample count all the same: of dry runs, of useless answers, of late ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client

from evaluator.sampling.records import Completion
from leaderboard.models import Sampling
from leaderboard.services import sampling, sampling_drawing, sampling_dry_run
from leaderboard.services.sampling_drawing import CAP_REACHED
from leaderboard.services.sampling_spent import spent_on, tokens_used
from tests.leaderboard.sampling_data import asker, draw_all, order_for, sampler, started
from tests.leaderboard.workers import wait_until
from tests.tiny_model.process import TinyProcess

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_patience", "empty_queue")]

USELESS = json.dumps({"choices": [], "usage": {"prompt_tokens": 40, "completion_tokens": 2}})


def other(row: Sampling) -> tuple[int, int]:
    row.refresh_from_db()
    return row.other_prompt_tokens, row.other_completion_tokens


def test_a_dry_run_counts_and_leaves_less_of_the_cap(model_server: TinyProcess, client: Client) -> None:
    order = order_for(model_server.base_url, prompt_price=1.0, token_cap=500)
    row = sampling.dry_run(*asker(3), order)
    sampling_dry_run.try_out(row.pk)
    row.refresh_from_db()
    tried = [(one["prompt_tokens"], one["completion_tokens"]) for one in row.dry_run["answers"]]
    assert other(row) == tuple(map(sum, zip(*tried, strict=True)))
    sampling.try_again(row)
    sampling_dry_run.try_out(row.pk)
    spent = sum(other(row))
    assert spent == tokens_used(row.pk) >= 2 * sum(prompt for prompt, _ in tried)
    sampling.begin(row)
    Sampling.objects.update(order=row.order | {"token_cap": spent + 1})
    draw_all(row)
    assert (row.status, row.said) == ("paused", CAP_REACHED)
    client.force_login(row.owner)
    page = client.get(f"/sample/{row.pk}/").text
    assert f"{spent} tokens went into the dry run and into answers that were not kept" in page


@pytest.mark.parametrize(
    "fault", [{"kind": "raw"}, {"kind": "status", "status": 503}, {"kind": "status", "status": 418}]
)
def test_a_useless_answer_counts_by_what_the_server_says(
    model_server: TinyProcess, fault: dict[str, object]
) -> None:
    row = started(model_server, problems=1)
    model_server.fault(text=USELESS, **fault)
    sampling_drawing.draw_next(row.pk)
    assert other(row) == (40, 2)
    assert tokens_used(row.pk) == 42


def test_an_answer_that_comes_too_late_counts(model_server: TinyProcess, tmp_path: Path) -> None:
    model_server.fault("slow", seconds=6.0, times=1)
    row = sampling.start(*asker(1), order_for(model_server.base_url, parallel=1))
    with sampler(tmp_path / "log"):
        wait_until(lambda: row.draws.filter(reserved__gt=0).exists(), "an open request")
        sampling.cancel(row)
        wait_until(lambda: min(other(row)) > 0, "the late answer's tokens")
    assert row.draws.get().completion_tokens == 0


def test_what_a_server_does_not_count_is_guessed() -> None:
    counted = Completion("abc", "stop", prompt_tokens=7, completion_tokens=2)
    further = Completion("abcd", "stop", prompt_tokens=0, completion_tokens=3)
    assert spent_on([counted, further], 99).prompt == 7
    assert spent_on([counted, further], 99).completion == 5
    silent = spent_on([counted, Completion("abcd", "stop")], 99)
    assert (silent.prompt, silent.completion, silent.estimated) == (7, 4, True)
    assert spent_on([Completion("abcd", "stop")], 99).prompt == 99
