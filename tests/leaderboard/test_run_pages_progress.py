"""The run page while its run is being scored."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from leaderboard.models import Cell, Run
from leaderboard.queries import progress
from leaderboard.queries.progress import progress_of
from leaderboard.services import heartbeat
from tests.leaderboard.run_data import MIXED, queued_run, score, toy_benchmark

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_asked_before() -> None:
    progress._rates.clear()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return queued_run(tmp_path, toy_benchmark(), MIXED)


def test_a_waiting_run_is_polled_and_says_when_no_worker_is_there(client: Client, run: Run) -> None:
    html = client.get(f"/runs/{run.pk}/").content.decode()
    assert f'hx-get="/runs/{run.pk}/progress/"' in html
    assert "every 2s" in html
    assert "No worker has been heard of" in html
    assert "celery -A leaderboard worker" in html
    heartbeat.beat()
    html = client.get(f"/runs/{run.pk}/progress/").content.decode()
    assert "No worker has been heard of" not in html
    assert "Waiting for a free worker" in html


def test_progress_counts_what_is_judged_and_shows_what_is_known(client: Client, run: Run) -> None:
    heartbeat.beat()
    score(run, MIXED, cells_only=2)
    assert run.status == Run.Status.RUNNING
    Run.objects.filter(pk=run.pk).update(started_at=timezone.now() - timedelta(seconds=4))
    html = client.get(f"/runs/{run.pk}/progress/").content.decode()
    assert '<progress value="8" max="12"' in html
    assert "37.5" in html  # (0 + 3/4) / 2
    assert "on 2 of 3 problems" in html
    assert "<html" not in html


def test_rate_and_time_left_follow_from_the_time_since_the_start(run: Run) -> None:
    score(run, MIXED, cells_only=2)
    now = timezone.now()
    run.started_at = now - timedelta(seconds=4)
    found = progress_of(run, now)
    assert (found.judged, found.samples) == (8, 12)
    assert found.rate == pytest.approx(2.0)
    assert found.seconds_left == pytest.approx(2.0)


def test_the_rate_is_that_of_the_last_minute_and_not_of_a_night_of_standing_still(run: Run) -> None:
    score(run, MIXED, cells_only=1)
    now = timezone.now()
    run.started_at = now - timedelta(hours=9)
    assert progress_of(run, now).rate == pytest.approx(4 / (9 * 3600))
    score(run, MIXED, cells_only=2)
    run.started_at = now - timedelta(hours=9)
    assert progress_of(run, now + timedelta(seconds=8)).rate == pytest.approx(0.5)


def test_a_cell_in_work_counts_by_its_judged_programs(run: Run) -> None:
    cell = run.cells.get(problem__task_id="Toy/0")
    Cell.objects.filter(pk=cell.pk).update(status=Cell.Status.RUNNING, judged=1)
    assert cell.programs == 3
    assert progress_of(run).judged == 1  # 4 samples × 1 of 3 programs, rounded down


def test_progress_costs_a_constant_number_of_queries(
    client: Client, run: Run, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    score(run, MIXED, cells_only=1)
    with django_assert_num_queries(3):  # the run, its cells, the workers' signs of life
        client.get(f"/runs/{run.pk}/progress/")


def test_when_all_is_judged_the_figures_come_and_the_polling_ends(client: Client, run: Run) -> None:
    score(run, MIXED)
    html = client.get(f"/runs/{run.pk}/progress/?sort=-rate&q=Toy").content.decode()
    assert "every 2s" not in html
    assert "58.3" in html
    for part in ('id="curve" hx-swap-oob', 'id="problems" hx-swap-oob', 'id="state"'):
        assert part in html
    assert html.index(">Toy/2</a>") < html.index(">Toy/0</a>")  # the reader's own order is kept
