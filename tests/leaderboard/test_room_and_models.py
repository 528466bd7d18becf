"""What one account can't do to others: fill the disk, take every thread, write on a model's page unseen."""

from __future__ import annotations

import json
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from leaderboard.errors import SiteBusy, TooManyUploads
from leaderboard.models import Model, Upload
from leaderboard.services import partial_uploads, reading_slots, uploads
from leaderboard.services.models import ModelFacts, model_for
from tests.leaderboard.board_data import member
from tests.leaderboard.run_data import scored_run, toy_benchmark

pytestmark = pytest.mark.django_db


def test_uploads_that_wait_are_counted_whichever_way_they_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_WAITING", 1)
    benchmark, owner = toy_benchmark(), member("ann")
    line = json.dumps({"task_id": benchmark.problems.all()[0].task_id, "completion": "    return 1"})
    file = SimpleUploadedFile("a.jsonl", line.encode())
    first = uploads.receive(owner, file, benchmark)
    with pytest.raises(TooManyUploads, match="Confirm or discard"):
        uploads.receive(owner, file, benchmark)
    with pytest.raises(TooManyUploads):
        partial_uploads.begin(owner, benchmark, "a.jsonl", 10)
    uploads.receive(member("ben"), SimpleUploadedFile("a.jsonl", line.encode()), benchmark)
    uploads.discard(first)
    partial_uploads.begin(owner, benchmark, "a.jsonl", 10)
    assert Upload.objects.filter(owner=owner).count() == 1


def test_a_file_waits_for_its_turn_where_others_are_read_and_keeps_its_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    impatient = partial(reading_slots.reading_slot, 0.01)
    monkeypatch.setattr(uploads, "reading_slot", impatient)
    benchmark, owner = toy_benchmark(), member("ann")
    line = json.dumps({"task_id": benchmark.problems.all()[0].task_id, "completion": "    return 1"}).encode()
    begun = partial_uploads.begin(owner, benchmark, "a.jsonl", len(line))
    partial_uploads.append(begun, 0, [line])
    with ExitStack() as others:
        for _ in range(reading_slots.SLOTS):
            others.enter_context(reading_slots.reading_slot())
        with pytest.raises(SiteBusy, match="in a minute"):
            partial_uploads.complete(begun)
        with pytest.raises(SiteBusy):
            uploads.receive(owner, SimpleUploadedFile("b.jsonl", line), benchmark)
    assert partial_uploads.complete(begun).ready
    assert Upload.objects.filter(owner=owner).count() == 1


def test_a_private_run_fills_no_gap_of_a_public_model(tmp_path: Path) -> None:
    run = scored_run(tmp_path, toy_benchmark(), model="Seen by all")
    Model.objects.filter(pk=run.model_id).update(organisation="", parameters=None)
    assert model_for("seen by all", ModelFacts("Hidden Inc.", 7), None, public=False).pk == run.model_id
    assert Model.objects.filter(pk=run.model_id, organisation="", parameters=None).exists()
    found = model_for("seen by all", ModelFacts("Open Inc.", 7), None)
    assert (found.organisation, found.parameters) == ("Open Inc.", 7)


def test_a_private_run_says_what_it_knows_of_a_model_that_is_its_own() -> None:
    made = model_for("Not yet public", ModelFacts(), None, public=False)
    said = model_for("Not yet public", ModelFacts("Hidden Inc.", 7), None, public=False)
    assert said.organisation == "Hidden Inc."
    assert Model.objects.get().pk == made.pk
