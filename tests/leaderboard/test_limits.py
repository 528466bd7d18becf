"""The time limit of a run: chosen, stored, kept to, and said wherever runs are compared."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from evaluator.evaluate import Evaluator
from evaluator.records import Judgement, Limits, Problem, Program
from evaluator.time_limits import is_near
from leaderboard.cell_blob import unpack
from leaderboard.models import Cell, Run
from leaderboard.services import cells, scoring, warm_evaluator
from leaderboard.time_limit import fixed, limit_tag, limit_words, limits_from
from tests.factories import queued_run, sample, tiny_benchmark, write_samples
from tests.leaderboard.run_data import scored_run, toy_benchmark

pytestmark = pytest.mark.django_db

AUTO_WORDS = "50 times the reference solution's time, at least 0.1 s, at most 3 s"
# The test calls it twice.
BURN = """    import time
    start = time.process_time()
    while time.process_time() - start < {seconds}: pass
    return a + 0
"""


@pytest.mark.parametrize(
    ("text", "limits", "words"),
    [
        ("3", Limits(), "3 s of CPU time"),
        ("0.5", Limits(cpu_seconds=0.5), "0.5 s of CPU time"),
        ("auto", Limits.auto(), AUTO_WORDS),
    ],
)
def test_limits_as_people_write_and_read_them(text: str, limits: Limits, words: str) -> None:
    assert limits_from(text) == limits
    assert limit_words(limits) == words


@pytest.mark.parametrize("text", ["", "three", "0", "-3", "31", "nan", "inf"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"neither a number|between 0\.1 and 30"):
        limits_from(text)


@pytest.mark.parametrize(
    ("limits", "tag"),
    [
        (Limits(), None),
        (Limits(cpu_seconds=10), "limit 10 s"),
        (Limits.auto(), "limit auto"),
        (Limits(memory_bytes=1 << 20), "other limits"),
    ],
)
def test_limits_other_than_the_usual_ones_have_a_mark(limits: Limits, tag: str | None) -> None:
    marked = limit_tag(limits)
    assert (marked[0] if marked else None) == tag


class TestUpload:
    @pytest.fixture
    def preview(self, client: Client, settings: Settings, tmp_path: Path) -> str:
        """Address of a looked-at upload."""
        settings.DATA_DIR = tmp_path / "data"
        client.force_login(User.objects.create_user("ada"))
        row = {"task_id": "Toy/0", "completion": "    return a + b\n"}
        file = SimpleUploadedFile("samples.jsonl", json.dumps(row).encode())
        return client.post("/upload/", {"benchmark": toy_benchmark().pk, "file": file})["Location"]

    @pytest.mark.parametrize(
        ("choice", "limits"),
        [
            ({}, Limits()),
            ({"cpu_limit": "fixed", "cpu_seconds": ""}, Limits()),
            ({"cpu_limit": "fixed", "cpu_seconds": "1.5"}, Limits(cpu_seconds=1.5)),
            ({"cpu_limit": "auto", "cpu_seconds": "7"}, Limits.auto()),
        ],
    )
    def test_the_chosen_limit_is_the_runs(
        self, client: Client, preview: str, choice: dict[str, str], limits: Limits
    ) -> None:
        client.post(preview, {"model_name": "A", "visibility": "public", **choice})
        assert Limits(**Run.objects.get().limits) == limits

    def test_the_form_offers_the_harness_limit_first(self, client: Client, preview: str) -> None:
        html = client.get(preview).content.decode()
        assert 'value="fixed" id="id_cpu_limit_0" checked' in html
        assert AUTO_WORDS.replace("'", "&#x27;") in html
        assert 'name="cpu_seconds" value="3.0"' in html

    @pytest.mark.parametrize("seconds", ["0", "0.05", "31", "nan", "x"])
    def test_a_limit_out_of_bounds_is_refused(self, client: Client, preview: str, seconds: str) -> None:
        form = {"model_name": "A", "visibility": "public", "cpu_limit": "fixed", "cpu_seconds": seconds}
        response = client.post(preview, form)
        assert response.status_code == 400
        assert 'aria-invalid="true"' in response.content.decode()
        assert not Run.objects.exists()


class TestSubmit:
    def submit(self, folder: Path, *options: str) -> None:
        tiny_benchmark()
        path = write_samples(folder / "s.jsonl", [sample(0, 0, right=True)])
        call_command("submit", str(path), "--model", "A", "--benchmark", "tiny", *options, stdout=StringIO())

    @pytest.mark.parametrize(
        ("options", "limits"),
        [
            ([], Limits()),
            (["--cpu-limit", "5"], Limits(cpu_seconds=5)),
            (["--cpu-limit", "auto"], Limits.auto()),
        ],
    )
    def test_the_limit_is_an_option(self, tmp_path: Path, options: list[str], limits: Limits) -> None:
        self.submit(tmp_path, *options)
        assert Limits(**Run.objects.get().limits) == limits

    def test_a_wrong_one_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match=r"between 0\.1 and 30"):
            self.submit(tmp_path, "--cpu-limit", "100")


@pytest.mark.parametrize("stored", [{"cpu_seconds": 3.0, "memory_bytes": 1 << 30}, asdict(Limits())])
def test_rows_under_the_usual_limits_carry_no_mark(
    client: Client, tmp_path: Path, stored: dict[str, float]
) -> None:
    run = scored_run(tmp_path, toy_benchmark())
    Run.objects.filter(pk=run.pk).update(limits=stored)
    assert "Time limit:" not in client.get("/benchmarks/toy/").content.decode()


def test_pages_and_files_say_under_which_limit_a_run_was_scored(client: Client, tmp_path: Path) -> None:
    run = scored_run(tmp_path, toy_benchmark())
    Run.objects.filter(pk=run.pk).update(limits=asdict(Limits.auto()))
    escaped = AUTO_WORDS.replace("'", "&#x27;")
    title = f'title="Time limit: {escaped}. The usual one is 3 s of CPU time: compare with care"'
    for address in ("/benchmarks/toy/", f"/models/{run.model.slug}/"):
        assert f'<span class="tag" {title}>limit auto</span>' in client.get(address).content.decode()
    assert f"<dd>{escaped}</dd>" in client.get(f"/runs/{run.pk}/").content.decode()
    (row,) = json.loads(client.get("/benchmarks/toy/?format=json").content)
    assert row["time_limit"] == AUTO_WORDS


def test_a_lease_outlasts_the_longest_program(tmp_path: Path, settings: Settings) -> None:
    run = queued_run(tmp_path, [sample(0, 0, right=True)])
    Run.objects.filter(pk=run.pk).update(limits=asdict(fixed(30)))
    claim = cells.claim(run.cells.get().pk)
    assert claim is not None
    cells.renew(claim, 0)
    lease = Cell.objects.get().lease_until - timezone.now()
    assert lease > timedelta(seconds=claim.limits.wall_seconds)
    usual = queued_run(tmp_path, [sample(0, 0, right=True)])
    assert cells.claim(usual.cells.get().pk) is not None
    lease = usual.cells.get().lease_until - timezone.now()
    assert lease <= timedelta(seconds=settings.LEASE_SECONDS)


class Recording(Evaluator):
    """The evaluator, with what it was asked and what it measured written down."""

    asked: list[list[str]] = []
    measured: dict[str, list[Judgement]] = {}

    def judge(self, problem: Problem, programs: Sequence[Program]) -> Iterator[Judgement]:
        self.asked.append([program.source for program in programs])
        for program, judgement in zip(programs, super().judge(problem, programs), strict=True):
            self.measured.setdefault(program.source, []).append(judgement)
            yield judgement


@pytest.fixture
def recording(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Recording]]:
    warm_evaluator.drop_evaluator()
    monkeypatch.setattr(warm_evaluator, "Evaluator", Recording)
    monkeypatch.setattr(Recording, "asked", [])
    monkeypatch.setattr(Recording, "measured", {})
    yield Recording
    warm_evaluator.drop_evaluator()


@pytest.mark.sandbox
def test_what_comes_near_its_limit_is_judged_again_after_the_others(
    tmp_path: Path, recording: type[Recording]
) -> None:
    # The floor is the limit: the reference needs a millisecond, and a loaded machine must not move it.
    limits = Limits(auto_factor=5.0, auto_floor=0.5)
    near = {"task_id": "Tiny/0", "completion": BURN.format(seconds=0.2)}
    run = queued_run(tmp_path, [near, sample(0, 0, right=True), sample(0, 1, right=False)])
    Run.objects.filter(pk=run.pk).update(limits=asdict(limits))
    scoring.score(run.cells.get().pk)
    first, second, *_ = recording.asked  # and then the reference solution, for the problem's page
    assert len(first) == 3
    assert [source for source in second if "process_time" in source] == second != []
    twice = recording.measured[second[0]]
    assert is_near(twice[0], Limits(cpu_seconds=0.5, auto_factor=5.0))
    stored = unpack(run.cells.get().blob).programs[0].judgement
    assert stored is not None
    assert stored.cpu_seconds == pytest.approx(min(one.cpu_seconds for one in twice), abs=1e-5)
    assert run.cells.get().c == 2


@pytest.mark.sandbox
def test_under_a_fixed_limit_nothing_is_judged_twice(tmp_path: Path, recording: type[Recording]) -> None:
    near = {"task_id": "Tiny/0", "completion": BURN.format(seconds=0.2)}
    run = queued_run(tmp_path, [near, sample(0, 0, right=True)])
    Run.objects.filter(pk=run.pk).update(limits=asdict(fixed(0.5)))
    scoring.score(run.cells.get().pk)
    assert [len(one) for one in recording.measured.values()] == [1, 1]
