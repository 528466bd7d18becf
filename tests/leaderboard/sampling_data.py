"""What tests of samplings share: orders, a real model server, and real sampling workers."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from evaluator.sampling import client
from evaluator.sampling.caller import shared_caller
from evaluator.sampling.guard import Reach
from evaluator.sampling.records import Kind
from leaderboard.models import Benchmark, Draw, Sampling
from leaderboard.services import sampling, sampling_drawing
from leaderboard.services.sampling_cells import unpack_drawn
from leaderboard.services.sampling_order import Decoding, Key, SamplingOrder, Server
from tests.factories import tiny_benchmark
from tests.leaderboard.workers import celery
from tests.tiny_model.process import TinyProcess, tiny_process

LOCAL = ["127.0.0.0/8"]
CANARY = "sk-canary-7f3a9c51d2e84b60"


@pytest.fixture
def local_allowed(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process, and workers that the test starts, may call servers on this machine."""
    settings.SAMPLING_ALLOWED_NETWORKS = LOCAL
    monkeypatch.setenv("SAMPLING_ALLOWED_NETWORKS", ",".join(LOCAL))


@pytest.fixture(scope="session")
def running_server() -> Iterator[TinyProcess]:
    with tiny_process() as process:
        yield process
    shared_caller(Reach.of(",".join(LOCAL))).close()


@pytest.fixture
def model_server(running_server: TinyProcess, local_allowed: None) -> TinyProcess:
    """The tiny model's server, as it was just started; nobody knows its habits."""
    running_server.restart()
    client._known.clear()
    return running_server


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is waited for after trouble: the test says when to go on."""
    monkeypatch.setattr(sampling_drawing, "_PATIENT_SECONDS", 0.0)


def order_for(address: str, **changed: Any) -> SamplingOrder:
    """An order of three samples at one temperature; `changed` are fields of any of its parts."""
    server = Server(address, "tiny-words", Kind.COMPLETIONS, parallel=2, per_request=2)
    decoding = Decoding(n=3, temperatures=(0.8,), max_tokens=24)
    order = SamplingOrder("Tiny words", server, decoding)
    for name, value in changed.items():
        if hasattr(server, name):
            server = replace(server, **{name: value})
        elif hasattr(decoding, name):
            decoding = replace(decoding, **{name: value})
        else:
            order = replace(order, **{name: value})
    return replace(order, server=server, decoding=decoding)


def asker(problems: int = 3) -> tuple[User, Benchmark]:
    """Somebody with a benchmark."""
    return User.objects.get_or_create(username="ada")[0], tiny_benchmark(problems)


def started(server: TinyProcess, problems: int = 3, key: str = "", **changed: Any) -> Sampling:
    return sampling.start(*asker(problems), order_for(server.base_url, **changed), Key(key))


def go_on(row: Sampling) -> Sampling:
    """As if the wait after trouble were over."""
    Sampling.objects.filter(pk=row.pk).update(not_before=None)
    return draw_all(row)


def draw_all(sampling: Sampling, most: int = 200) -> Sampling:
    """Draws in this process until nothing is due any more."""
    for _ in range(most):
        before = progress(sampling)
        sampling_drawing.draw_next(sampling.pk)
        sampling.refresh_from_db()
        if sampling.status != Sampling.Status.DRAWING or progress(sampling) == before:
            return sampling
    raise AssertionError(f"not drawn after {most} turns")


def progress(sampling: Sampling) -> tuple[int, int]:
    draws = sampling.draws.values_list("drawn", "requests")
    return sum(drawn for drawn, _ in draws), sum(requests for _, requests in draws)


def kept_of(draw: Draw) -> int:
    """Samples of a draw that lie in the table where they wait for the others."""
    return sum(len(unpack_drawn("", batch.blob, batch.first)) for batch in draw.batches.all())


def sampler(log: Path, threads: int = 4) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """A sampling worker in a process of its own."""
    arguments = ("worker", "--queues", "sampling", "--pool", "threads", "--concurrency", str(threads))
    return celery(*arguments, "--hostname", "sampling@%h", "--loglevel", "INFO", log=log)
