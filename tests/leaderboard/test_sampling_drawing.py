"""Drawing from a real server: what is stored, scored and counted, at which pace."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone

from evaluator.sampling.records import Kind
from leaderboard.cell_blob import unpack
from leaderboard.errors import LeaseLost
from leaderboard.models import Cell, Draw, Sampling
from leaderboard.services import (
    doorbell,
    sampling_bell,
    sampling_claims,
    sampling_drawing,
)
from leaderboard.services.sampling_server import asked_of
from tests.factories import score_by_hand
from tests.leaderboard.sampling_data import draw_all, go_on, kept_of, started
from tests.tiny_model.process import TinyProcess
from tests.tiny_model.word_model import tokens_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_patience")]


def test_every_problem_gets_exactly_n_samples_and_its_cell_becomes_due(model_server: TinyProcess) -> None:
    row = draw_all(started(model_server, temperatures=(0.2, 0.8)))
    assert row.status == "done"
    first, second = row.runs.order_by("pk")
    assert (first.temperature, second.temperature) == (0.2, 0.8)
    assert (first.source, first.n_min, first.n_max, first.samples) == ("sampled", 3, 3, 9)
    for cell in Cell.objects.all():
        content = unpack(cell.blob)
        assert (cell.status, cell.n, len(content.samples)) == ("queued", 3, 3)
        assert cell.programs == len(content.programs)
        assert all(set(one.rankers) == {"mean_logprob", "sum_logprob"} for one in content.samples)
    assert not row.draws.filter(batches__isnull=False).exists()
    assert score_by_hand(first).status == "done"
    assert "1" in first.figures
    assert first.reranked  # by the mean log-probability of each sample


def test_a_server_that_gives_one_choice_only_is_asked_for_each_sample(model_server: TinyProcess) -> None:
    model_server.speak(ignores_n=True)
    row = draw_all(started(model_server, problems=1, n=4, per_request=4))
    assert row.status == "done"
    assert Cell.objects.get().n == 4
    assert row.draws.get().requests == 4


def test_what_a_request_brought_is_stored_before_the_next_one(model_server: TinyProcess) -> None:
    row = started(model_server, problems=1, n=5)
    model_server.fault("status", status=503, after=1, times=1)
    draw_all(row)
    draw = row.draws.get()
    assert (draw.drawn, kept_of(draw), draw.status, draw.lease_token) == (2, 2, "queued", "")
    assert "HTTP 503" in Sampling.objects.get().said
    assert go_on(row).status == "done"
    assert (Cell.objects.get().n, row.said, row.failures) == (5, "", 0)


def test_a_worker_whose_lease_ran_out_stores_nothing(model_server: TinyProcess) -> None:
    row = started(model_server, problems=1)
    stale = sampling_claims.claim(row.pk)
    assert stale is not None
    Draw.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    ours = sampling_claims.claim(row.pk)
    assert ours is not None
    request = ours.order.decoding.request("def f():\n", 0.5, 2)
    completions = asked_of(row).draw(request)
    with pytest.raises(LeaseLost):
        sampling_claims.store(stale, completions)
    assert row.draws.get().drawn == 0
    assert sampling_claims.store(ours, completions) == 1
    assert sampling_claims.store(ours, completions) == 0  # one was missing: the other is left out
    assert Cell.objects.get().n == 3


def test_no_more_draws_are_given_out_than_requests_may_be_open(model_server: TinyProcess) -> None:
    row = started(model_server, parallel=2)
    claims = [sampling_claims.claim(row.pk) for _ in range(3)]
    assert [claim is not None for claim in claims] == [True, True, False]
    assert claims[0] is not None
    sampling_claims.give_back(claims[0])
    assert sampling_claims.claim(row.pk) is not None


def test_requests_take_their_places_in_the_rate_one_after_the_other(model_server: TinyProcess) -> None:
    row = started(model_server, parallel=3, per_minute=60)
    places = []
    for _ in range(3):
        claim = sampling_claims.claim(row.pk)
        assert claim is not None
        turn = sampling_claims.admit(claim)
        assert turn is not None
        places.append(turn.at)
    gaps = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(places)]
    assert gaps == [pytest.approx(1.0), pytest.approx(1.0)]


def test_a_rate_is_kept_over_the_whole_sampling(model_server: TinyProcess) -> None:
    began = timezone.now()
    row = draw_all(started(model_server, problems=2, n=2, per_request=1, per_minute=240))
    requests = sum(row.draws.values_list("requests", flat=True))
    assert (row.status, requests) == ("done", 4)
    assert (timezone.now() - began).total_seconds() >= 3 * 60 / 240


def test_a_server_that_is_busy_is_left_alone_for_as_long_as_it_says(model_server: TinyProcess) -> None:
    row = started(model_server, problems=1)
    model_server.fault("status", status=429, headers=[("Retry-After", "90")])
    before = timezone.now()
    draw_all(row)
    assert row.not_before is not None
    assert 90 <= (row.not_before - before).total_seconds() < 120
    asked = model_server.count()
    sampling_drawing.draw_next(row.pk)
    assert model_server.count() == asked  # not asked again before that
    assert go_on(row).status == "done"


def test_waits_grow_while_a_server_stays_silent(model_server: TinyProcess) -> None:
    row = started(model_server, problems=1)
    model_server.kill()
    waits = []
    for _ in range(5):
        before = timezone.now()
        go_on(row)
        assert row.not_before is not None
        waits.append((row.not_before - before).total_seconds())
    assert row.failures == 5
    assert waits[4] > waits[2] > waits[0]


def test_tokens_are_those_that_the_server_counts(model_server: TinyProcess) -> None:
    row = draw_all(started(model_server, problems=1, n=2))
    (asked,) = model_server.asked()
    draw = row.draws.get()
    assert draw.prompt_tokens == len(tokens_of(asked["body"]["prompt"]))
    assert 2 <= draw.completion_tokens <= 48
    assert not draw.estimated


def test_what_nobody_draws_is_rung_for(model_server: TinyProcess, empty_queue: None) -> None:
    started(model_server, problems=5, parallel=3)
    assert doorbell.waiting("sampling") == 3
    assert sampling_bell.ring_due() == 3  # those messages might be lost
    assert doorbell.waiting("sampling") == 6
    Sampling.objects.update(not_before=timezone.now() + timedelta(seconds=60))
    assert sampling_bell.ring_due() == 0


def test_chat_answers_become_programs_and_stay_as_they_are_where_that_is_wanted(
    model_server: TinyProcess,
) -> None:
    said = "Sure:\\n```python\\ndef add_0(a):\\n    return a\\n```\\n"
    answer = f'{{"choices": [{{"message": {{"content": "{said}"}}, "finish_reason": "stop"}}]}}'
    sources = []
    for clean in (True, False):
        row = started(model_server, problems=1, n=1, kind=Kind.CHAT, stop=(), clean=clean)
        model_server.fault("raw", text=answer)
        assert draw_all(row).status == "done"
        content = unpack(Cell.objects.get(run__sampling=row).blob)
        assert row.runs.get().changes.get("Markdown fence removed", 0) == int(clean)
        sources.append((content.programs[0].source, content.samples[0].changes))
        assert row.draws.get().estimated  # this server counts no tokens
    (cleaned, changes), (as_it_stands, none) = sources
    assert cleaned.endswith("def add_0(a):\n    return a\n")
    assert "Markdown fence removed" in changes
    assert "```" in as_it_stands
    assert not none
