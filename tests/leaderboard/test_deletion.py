"""Deleting an account: nothing of it is left, in the database's file, the data folder, or the logs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from leaderboard.cell_blob import unpack
from leaderboard.errors import Refused
from leaderboard.models import ApiToken, AuditEntry, Cell, FindingMark, Model, Organisation, Run, Upload
from leaderboard.services import organisations
from leaderboard.services.deletion import NOBODY, delete_account
from tests.leaderboard.hidden_data import (
    LAB,
    PRIVATE,
    PUBLIC,
    SECRETS,
    SHARED,
    Site,
    hide_things,
    public_site,
)
from tests.leaderboard.run_data import toy_benchmark

# Real commits: what a rolled back transaction leaves in a file proves nothing.
pytestmark = pytest.mark.django_db(transaction=True)
PERSON = "canary.person"
WORDS = (*SECRETS, PUBLIC, PERSON)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = public_site(tmp_path, toy_benchmark())
    hide_things(tmp_path, made)
    ada = made.users["ada"]
    User.objects.filter(pk=ada.pk).update(
        username=PERSON, email=f"{PERSON}@example.org", first_name=PERSON, last_name=PERSON
    )
    ada.refresh_from_db()
    return made


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def kept() -> Iterator[tuple[str, bytes]]:
    """All that the site keeps: every row of every table, blobs opened, and every file of its folder."""
    for model in apps.get_models():
        rows = model._default_manager.all()
        yield model._meta.label, repr(list(rows.values_list())).encode()
    for cell in Cell.objects.all():
        yield "a cell's programs", repr(unpack(cell.blob)).encode()
    for path in Path(settings.DATA_DIR).rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()


def left(words: tuple[str, ...]) -> list[str]:
    return [f"{place}: {word}" for place, data in kept() for word in words if word.encode() in data]


def test_what_is_looked_for_is_there_before(site: Site) -> None:
    found = left(WORDS)
    assert all(any(one.endswith(word) for one in found) for word in WORDS)
    assert any("sqlite" in one for one in found) or connection.vendor != "sqlite"


def test_nothing_of_a_deleted_account_is_left(site: Site) -> None:
    ada = site.users["ada"]
    blobs = [bytes(blob) for blob in Cell.objects.filter(run__owner=ada).values_list("blob", flat=True)]
    organisations.remove(site.lab.memberships.get(user=site.users["mia"]), ada)  # type: ignore[union-attr]
    in_session(ada)
    noted_in_the_administration(site)
    delete_account(ada)
    assert left(WORDS) == []
    assert not Upload.objects.filter(owner_id=ada.pk).exists()
    assert not Organisation.objects.filter(slug=LAB).exists()
    assert not ApiToken.objects.filter(user_id=ada.pk).exists()
    files = [data for place, data in kept() if place.startswith(str(settings.DATA_DIR))]
    others = {bytes(blob) for blob in Cell.objects.values_list("blob", flat=True)}  # the same samples
    assert len(set(blobs) - others) > 5
    assert not [blob for blob in set(blobs) - others if any(blob in data for data in files)]


def in_session(user: User) -> None:
    signed_in(user).get("/account/")
    assert Session.objects.exists()


def noted_in_the_administration(site: Site) -> None:
    """As the administration notes a change: with the names of what was changed."""
    for thing in (site.users["ada"], site.runs[PRIVATE]):
        LogEntry.objects.create(
            user=site.users["root"],
            content_type=ContentType.objects.get_for_model(thing),
            object_id=str(thing.pk),
            object_repr=str(thing),
            action_flag=CHANGE,
        )


def test_others_keep_what_is_theirs(site: Site) -> None:
    eve = site.users["eve"]
    theirs = list(Run.objects.filter(owner=eve).values_list("pk", flat=True))
    client = signed_in(eve)
    organisations.remove(site.lab.memberships.get(user=site.users["mia"]), site.users["ada"])  # type: ignore[union-attr]
    delete_account(site.users["ada"])
    assert list(Run.objects.values_list("pk", flat=True)) == theirs
    assert client.get("/account/").status_code == 200
    assert User.objects.filter(username__in=("eve", "mia", "root")).count() == 3


def test_the_audit_trail_of_public_boards_stays_without_a_name(site: Site) -> None:
    number = site.runs[PUBLIC].pk
    organisations.remove(site.lab.memberships.get(user=site.users["mia"]), site.users["ada"])  # type: ignore[union-attr]
    delete_account(site.users["ada"])
    entries = AuditEntry.objects.filter(run_number=number)
    assert {"run-scored", "run-deleted"} <= set(entries.values_list("action", flat=True))
    assert {entry.about_name for entry in entries} == {NOBODY}
    assert not AuditEntry.objects.filter(run_number=site.runs[PRIVATE].pk).exists()


def test_runs_can_be_handed_to_an_organisation(site: Site) -> None:
    lab, mia = site.lab, site.users["mia"]
    assert lab is not None
    organisations.set_role(lab.memberships.get(user=mia), site.users["ada"], "owner")
    site.sampling.delete()  # type: ignore[union-attr]
    delete_account(site.users["ada"], heir=lab)
    runs = {run.pk: run for run in Run.objects.filter(organisation=lab)}
    assert set(runs) == {run.pk for word, run in site.runs.items()}
    assert all(run.owner is None for run in runs.values())
    assert left((PERSON,)) == []
    client = signed_in(mia)
    assert SHARED in client.get(f"/runs/{site.runs[SHARED].pk}/").content.decode()
    assert client.post(f"/runs/{site.runs[PRIVATE].pk}/delete/").status_code == 302
    assert not Run.objects.filter(pk=site.runs[PRIVATE].pk).exists()


def test_runs_that_are_still_sampled_are_not_handed_over(site: Site) -> None:
    organisations.set_role(
        site.lab.memberships.get(user=site.users["mia"]),  # type: ignore[union-attr]
        site.users["ada"],
        "owner",
    )
    with pytest.raises(Refused, match="still drawn"):
        delete_account(site.users["ada"], heir=site.lab)
    assert User.objects.filter(pk=site.users["ada"].pk).exists()


def test_the_last_owner_of_others_organisation_stays(site: Site) -> None:
    with pytest.raises(Refused, match="last owner"):
        delete_account(site.users["ada"])
    assert Run.objects.filter(owner=site.users["ada"]).count() == len(site.runs)


def test_marks_stay_without_name_and_words(site: Site) -> None:
    organisations.remove(site.lab.memberships.get(user=site.users["mia"]), site.users["ada"])  # type: ignore[union-attr]
    kept_run = Run.objects.get(owner=site.users["eve"])
    delete_account(site.users["ada"])
    mark = FindingMark.objects.get(run=kept_run)
    assert (mark.author, mark.comment, mark.word) == (None, "", "confirmed")


def test_deleting_ones_account_takes_the_password(site: Site) -> None:
    eve = site.users["eve"]
    client = signed_in(eve)
    assert client.post("/account/delete/", {"runs": "", "password": "wrong"}).status_code == 400
    assert User.objects.filter(pk=eve.pk).exists()
    answer = client.post("/account/delete/", {"runs": "", "password": "x"}, follow=True)
    assert "Your account was deleted" in answer.content.decode()
    assert not User.objects.filter(pk=eve.pk).exists()
    assert client.get("/account/").status_code == 302


def test_a_deleted_run_leaves_nothing_but_its_trail(site: Site) -> None:
    run = site.runs[PRIVATE]
    signed_in(site.users["ada"]).post(f"/runs/{run.pk}/delete/")
    assert not Model.objects.filter(pk=run.model_id).exists()
    places = {one.partition(":")[0] for one in left((PRIVATE,))} - {"leaderboard.AuditEntry"}
    assert {place for place in places if "/" not in place} == set()


def test_every_tie_to_an_account_is_thought_of() -> None:
    """A table that is new and belongs to accounts must go with them, or be mended in services/deletion.py."""
    ties = {
        f"{model.__name__}.{field.name}": field.remote_field.on_delete.__name__
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is User
    }
    mended = {"AuditEntry.actor", "AuditEntry.about", "FindingMark.author", "Run.owner"}
    mended |= {"Model.owner"}  # the model is the site's then: test_model_facts.py
    assert {tie for tie, how in ties.items() if how != "CASCADE"} == mended
