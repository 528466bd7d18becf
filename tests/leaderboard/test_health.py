"""/healthz: which part of the site works, for machines, without secrets."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from leaderboard.celery import app
from leaderboard.models import Cell, Draw, Run, SamplerBeat, Sampling, WorkerBeat
from leaderboard.queries import health
from leaderboard.services import heartbeat, sampler_beat, sampling
from tests.leaderboard.run_data import MIXED, queued_run, toy_benchmark
from tests.leaderboard.sampling_data import asker, order_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker's answer is remembered for seconds: not from one test to the next."""
    monkeypatch.setattr(health, "_broker", (0.0, health.Part(False, "not asked yet")))


def ask(client: Client, status: int) -> dict[str, Any]:
    response = client.get("/healthz")
    assert response.status_code == status, response.content
    return response.json()


def test_a_site_that_works_says_so(client: Client) -> None:
    heartbeat.beat("A+")
    answer = ask(client, 200)
    assert answer["ok"]
    assert answer["database"]["ok"]
    assert answer["broker"]["ok"]
    assert answer["workers"] == {"ok": True, "state": "idle"}
    assert answer["sandbox"] == "A+"


def test_without_a_worker_only_waiting_work_is_a_fault(client: Client, tmp_path: Path) -> None:
    assert ask(client, 200)["workers"] == {"ok": True, "state": "none seen"}
    run = queued_run(tmp_path, toy_benchmark(), MIXED)
    assert ask(client, 200)["workers"]["ok"]  # it may be on its way
    Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(minutes=2))
    assert ask(client, 503)["workers"] == {"ok": False, "state": "none seen"}


def test_the_api_says_the_same_of_a_site_that_fails(client: Client, tmp_path: Path) -> None:
    run = queued_run(tmp_path, toy_benchmark(), MIXED)
    Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(minutes=2))
    told = client.get("/api/v1/health")
    assert (told.status_code, told["Content-Type"].partition(";")[0]) == (503, "application/json")
    assert told.json()["workers"] == {"ok": False, "state": "none seen"}


def test_a_worker_that_fell_silent_counts_as_gone(client: Client, tmp_path: Path) -> None:
    heartbeat.beat("A")
    run = queued_run(tmp_path, toy_benchmark(), MIXED)
    Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(minutes=9))
    cell = run.cells.first()
    assert cell is not None
    until = timezone.now() + timedelta(seconds=60)
    Cell.objects.filter(pk=cell.pk).update(status=Cell.Status.RUNNING, lease_until=until)
    assert ask(client, 200)["workers"]["state"] == "busy, 1 lease"
    WorkerBeat.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
    assert not ask(client, 503)["workers"]["ok"]


def test_a_site_without_a_sampling_worker_is_well_whatever_is_asked_of_it(client: Client) -> None:
    waiting_sampling(timedelta(hours=2))
    assert ask(client, 200)["samplers"] == {"ok": True, "state": "none seen"}


def test_a_sampling_worker_that_fell_silent_is_missed_by_waiting_samplings_only(client: Client) -> None:
    sampler_beat.beat()
    assert ask(client, 200)["samplers"] == {"ok": True, "state": "idle"}
    SamplerBeat.objects.update(seen_at=timezone.now() - timedelta(minutes=9))
    assert ask(client, 200)["samplers"] == {"ok": True, "state": "none seen"}
    row = waiting_sampling(timedelta(minutes=9))
    assert ask(client, 503)["samplers"] == {"ok": False, "state": "none seen"}
    Sampling.objects.filter(pk=row.pk).update(status=Sampling.Status.PAUSED)
    assert ask(client, 200)["samplers"]["ok"]


def test_a_busy_sampling_worker_tells_how_much_it_draws(client: Client) -> None:
    sampler_beat.beat()
    until = timezone.now() + timedelta(seconds=60)
    waiting_sampling(timedelta()).draws.update(status=Draw.Status.RUNNING, lease_until=until)
    assert ask(client, 200)["samplers"] == {"ok": True, "state": "busy, 3 leases"}


def waiting_sampling(since: timedelta) -> Sampling:
    row = sampling.start(*asker(), order_for("https://models.example.org/v1"))
    Sampling.objects.filter(pk=row.pk).update(created_at=timezone.now() - since)
    return row


def test_a_broker_that_does_not_answer_is_a_fault(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.conf, "broker_read_url", "redis://secret-user:secret-word@127.0.0.1:9/0")
    answer = ask(client, 503)
    assert not answer["broker"]["ok"]
    assert answer["database"]["ok"]
    assert "secret" not in str(answer)


def test_no_answer_names_a_path_or_a_key(client: Client) -> None:
    heartbeat.beat("A")
    text = client.get("/healthz").content.decode()
    assert settings.SECRET_KEY not in text
    assert str(settings.DATA_DIR) not in text


def test_asking_is_cheap_and_never_cached(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    heartbeat.beat("A")
    sampler_beat.beat()
    with django_assert_num_queries(6):  # two of them about sampling
        response = client.get("/healthz")
    assert "no-store" in response["Cache-Control"]
    assert client.post("/healthz").status_code == 405
