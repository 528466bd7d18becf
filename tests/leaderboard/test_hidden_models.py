"""A model without a public run is there for those alone who have a run of it, or share one."""

# ruff: noqa: F811

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from leaderboard.models import Model, Run
from leaderboard.services import models as service
from leaderboard.services import organisations, sharing
from leaderboard.services.models import ModelFacts
from tests.leaderboard.board_data import benchmark  # noqa: F401
from tests.leaderboard.test_model_facts import NOTHING, SAID, Brings, brings, known, people  # noqa: F401


def test_what_nobody_sees_does_not_come_out_by_another_run_of_that_name(
    brings: Brings, people: dict[str, User], client: Client
) -> None:
    hidden = brings("ada", ModelFacts("Hush Inc.", 1_234_000_000), "private")
    service.change(
        hidden.model, people["ada"], ModelFacts("Hush Inc.", 1_234_000_000, url="https://hush.example/")
    )
    run = brings("eve", ModelFacts("Eve's"))
    assert known() == ("Eve's", None)
    assert Model.objects.get().owner == people["eve"]
    hidden.refresh_from_db()
    assert hidden.said_of_model == {
        "organisation": "Hush Inc.", "parameters": 1_234_000_000, "url": "https://hush.example/"
    }  # fmt: skip
    for address in (f"/models/{run.model.slug}/", f"/runs/{run.pk}/", "/benchmarks/small/"):
        assert "hush" not in client.get(address).content.decode().lower()
    client.force_login(people["eve"])
    assert "Hush" not in client.get(f"/models/{run.model.slug}/facts/").content.decode()


def test_nor_when_a_run_of_somebody_else_becomes_public(brings: Brings, people: dict[str, User]) -> None:
    brings("ada", ModelFacts("Hush Inc."), "private")
    run = brings("eve", ModelFacts("Eve's"), "private")
    assert Model.objects.count() == 2
    sharing.share(run, people["eve"], "public", None)
    assert known() == ("Eve's", None)


@pytest.mark.parametrize("name", ["eve", "ben"])
def test_a_private_run_that_names_a_hidden_model_learns_nothing_of_it(
    brings: Brings, people: dict[str, User], client: Client, name: str
) -> None:
    """Neither what is known of it, nor how its owner writes its name, nor that it is there."""
    alone = addresses(brings, people, client, name)
    Run.objects.all().delete()
    Model.objects.all().delete()
    hidden = brings("ada", ModelFacts("Hush Inc.", 1_234_000_000), "private")
    assert addresses(brings, people, client, name) == alone
    service.change(hidden.model, people["ada"], ModelFacts("Hush Labs", 4_321_000_000))
    assert Model.objects.get(owner=people["ada"]).parameters == 4_321_000_000
    assert Model.objects.get(owner=people[name]).parameters is None


def addresses(brings: Brings, people: dict[str, User], client: Client, name: str) -> list[str]:
    """What somebody's private run shows them, but for numbers that are new with every run."""
    run = brings(name, NOTHING, "private", model="TERN")
    client.force_login(people[name])
    paths = ("/benchmarks/small/", f"/runs/{run.pk}/", f"/models/{run.model.slug}/", f"/api/v1/runs/{run.pk}")
    texts = [client.get(path).content.decode() for path in (*paths, "/api/v1/models")]
    assert not any("Hush" in text or "1234000000" in text or "Tern" in text for text in texts)
    return [re.sub(r"-[0-9a-f]{8}\b", "", run.model.slug)]


def test_a_members_run_is_of_the_model_that_the_organisation_shares(
    brings: Brings, people: dict[str, User]
) -> None:
    hidden = brings("ada", SAID, "private")
    lab = organisations.make(people["ada"], "Lab")
    organisations.accept(organisations.invite(lab, people["ada"], "eve", "member"))
    assert brings("eve", NOTHING, "private").model != hidden.model
    sharing.share(hidden, people["ada"], "private", lab)
    assert brings("ben", NOTHING, "private").model != hidden.model
    Run.objects.filter(owner=people["eve"]).delete()
    Model.objects.filter(owner=people["eve"]).delete()
    assert brings("eve", NOTHING, "private").model == hidden.model


def test_hidden_models_of_a_name_become_one_when_it_is_public(
    brings: Brings, people: dict[str, User], client: Client
) -> None:
    hidden, other = brings("ada", SAID, "private"), brings("ben", ModelFacts("Ben's"), "private")
    assert {run.model.slug for run in (hidden, other)}.isdisjoint({"tern", "tern-2"})
    shown = brings("eve", NOTHING, "private")
    sharing.share(shown, people["eve"], "public", None)
    model = Model.objects.get()
    assert (model.owner, model.slug, known()) == (people["eve"], "tern", ("", None))
    for run, said in ((hidden, "Acme"), (other, "Ben's")):
        run.refresh_from_db()
        assert (run.model, run.said_of_model["organisation"]) == (model, said)
    sharing.share(hidden, people["ada"], "public", None)
    sharing.share(shown, people["eve"], "private", None)
    assert (Model.objects.get().slug, known()) == ("tern", ("", None))


@pytest.mark.django_db(transaction=True)
def test_of_two_hidden_models_that_become_public_at_once_one_is_left(
    brings: Brings, people: dict[str, User]
) -> None:
    for _ in range(3):
        runs, together = [brings(name, NOTHING, "private") for name in ("ada", "ben")], Barrier(2)
        assert Model.objects.count() == 2

        def show(run: Run, together: Barrier = together) -> None:
            together.wait(timeout=60)
            try:
                sharing.share(run, people["ada"], "public", None)
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(show, runs))
        assert [run.model.slug for run in Run.objects.all()] == ["tern", "tern"]
        assert Model.objects.count() == 1
        Run.objects.all().delete()
        Model.objects.all().delete()


def test_a_public_run_of_a_name_takes_hidden_ones_in(brings: Brings) -> None:
    hidden = brings("ada", SAID, "private")
    run = brings("eve")
    hidden.refresh_from_db()
    assert hidden.model == run.model == Model.objects.get()
    assert run.model.slug == "tern"


def test_the_owners_own_words_stay_when_their_run_becomes_public(
    brings: Brings, people: dict[str, User]
) -> None:
    run = brings("ada", SAID, "private")
    sharing.share(run, people["ada"], "public", None)
    assert known() == ("Acme", 7 * 10**9)
    assert Model.objects.get().owner == people["ada"]
