"""Seeds: each request has one of its own, and the same sampling brings the same samples again."""

from __future__ import annotations

import pytest

from leaderboard.cell_blob import unpack
from leaderboard.errors import SamplingRefused
from leaderboard.models import Cell, Sampling
from leaderboard.services import sampling
from leaderboard.services.sampling_order import MOST_SAMPLES, MOST_SEED, Decoding
from tests.leaderboard.sampling_data import asker, draw_all, go_on, order_for, started
from tests.tiny_model.process import TinyProcess

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_patience")]


def texts(row: Sampling) -> list[list[str]]:
    cells = Cell.objects.filter(run__sampling=row).order_by("run__temperature", "problem__position")
    contents = [unpack(cell.blob) for cell in cells]
    return [[one.programs[sample.program].source for sample in one.samples] for one in contents]


def seeds(server: TinyProcess) -> list[int | None]:
    return [asked["body"].get("seed") for asked in server.asked()]


def test_a_seed_draws_the_same_samples_again_however_often_it_was_disturbed(
    model_server: TinyProcess,
) -> None:
    order = {"seed": 7, "temperatures": (0.8, 1.3), "n": 4}
    first = draw_all(started(model_server, problems=2, **order))
    sent = seeds(model_server)
    assert len(set(sent)) == len(sent) == 8  # two requests of each problem at each temperature
    second = started(model_server, problems=2, **order)
    model_server.fault("status", status=503, after=1, times=1)
    draw_all(second)
    assert second.status == "drawing"
    assert go_on(second).status == "done"
    assert texts(second) == texts(first)
    other = draw_all(started(model_server, problems=2, **(order | {"seed": 8})))
    assert texts(other) != texts(first)
    assert [run.sampled_as["seed"] for run in first.runs.all()] == [7, 7]


def test_without_a_seed_none_is_sent(model_server: TinyProcess) -> None:
    assert draw_all(started(model_server, problems=1)).status == "done"
    assert set(seeds(model_server)) == {None}


def test_a_server_that_refuses_seeds_is_asked_without(model_server: TinyProcess) -> None:
    model_server.speak(seeds=False)
    assert draw_all(started(model_server, problems=1, n=4, seed=7)).status == "done"
    assert [seed is None for seed in seeds(model_server)] == [False, True, True]


def test_seeds_stay_within_what_servers_take() -> None:
    decoding = Decoding(seed=MOST_SEED)
    found = [decoding.seed_of(f"Tiny/{number}", 0.8, MOST_SAMPLES - 1) for number in range(2000)]
    assert all(seed is not None and 0 <= seed <= MOST_SEED for seed in found)
    assert Decoding().seed_of("Tiny/0", 0.8, 0) is None
    with pytest.raises(SamplingRefused, match="seed must be from 0"):
        sampling.start(*asker(1), order_for("https://models.example.org/v1", seed=MOST_SEED + 1))
