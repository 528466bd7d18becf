"""What is known of a model is its owner's word: who fills gaps, what is kept with a run, who changes it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client

from leaderboard.errors import Refused
from leaderboard.forms.model_facts import ModelFactsForm
from leaderboard.models import AuditEntry, Benchmark, Model, Run
from leaderboard.services import models as service
from leaderboard.services.models import ModelFacts, model_for, said_apart
from tests.leaderboard.board_data import benchmark, member, published_row, scored_run  # noqa: F401

NOTHING, SAID = ModelFacts(), ModelFacts("Acme", 7 * 10**9)
Brings = Callable[..., Run]


@pytest.fixture
def people(db: None) -> dict[str, User]:
    return {name: member(name, is_staff=name == "root") for name in ("ada", "eve", "ben", "root")}


@pytest.fixture
def brings(benchmark: Benchmark, people: dict[str, User]) -> Brings:  # noqa: F811
    """Somebody's scored run of the model “Tern”, with what they say of it, as an upload makes it."""

    def bring(
        name: str | None, facts: ModelFacts = NOTHING, visibility: str = "public", model: str = "Tern"
    ) -> Run:
        owner = people[name] if name else None
        known = model_for(model, facts, owner, public=visibility == "public")
        run = scored_run(benchmark, model, [4, 2, 1, 0], owner=owner, visibility=visibility)
        Run.objects.filter(pk=run.pk).update(model=known, said_of_model=said_apart(known, facts))
        run.refresh_from_db()
        return run

    return bring


def known() -> tuple[str, int | None]:
    model = Model.objects.get()
    return (model.organisation, model.parameters)


def test_the_first_run_says_what_is_known_and_its_owner_owns_the_model(brings: Brings) -> None:
    run = brings("ada", SAID)
    assert known() == ("Acme", 7 * 10**9)
    assert (run.model.owner, run.said_of_model) == (run.owner, {})


def test_somebody_elses_word_stays_with_their_run(brings: Brings, client: Client) -> None:
    brings("ada", ModelFacts(parameters=7 * 10**9))
    run = brings("eve", ModelFacts("Eve's", 13 * 10**9))
    assert known() == ("", 7 * 10**9)
    assert run.said_of_model == {"organisation": "Eve's", "parameters": 13 * 10**9}
    html = client.get(f"/runs/{run.pk}/").content.decode()
    assert "said of the model" in html
    assert "organisation: Eve&#x27;s; parameters: 13B" in html
    assert "Eve&#x27;s" not in client.get(f"/models/{run.model.slug}/").content.decode()
    assert not AuditEntry.objects.filter(action="model-changed").exists()


@pytest.mark.parametrize("name", ["ada", "root", None])
def test_owner_staff_and_the_site_fill_gaps_and_it_is_noted(
    brings: Brings, people: dict[str, User], name: str | None
) -> None:
    brings("ada")
    assert brings(name, SAID).said_of_model == {}
    assert known() == ("Acme", 7 * 10**9)
    entry = AuditEntry.objects.get(action="model-changed")
    assert (entry.actor, entry.model_name) == (people[name] if name else None, "Tern")
    assert entry.detail == "organisation: – → Acme, parameters: – → 7000000000"
    assert entry.on_board
    brings(name, ModelFacts("Other", 1))  # what is known stays
    assert known() == ("Acme", 7 * 10**9)


def test_a_model_of_a_paper_is_the_sites(brings: Brings, benchmark: Benchmark) -> None:  # noqa: F811
    published_row(benchmark, "Tern", {"1": "28.81"})
    brings("eve", SAID)
    assert known() == ("", None)
    assert Model.objects.get().owner is None


def page(run: Run) -> str:
    return f"/models/{run.model.slug}/facts/"


def form(**values: Any) -> dict[str, str]:
    return {"organisation": "", "parameters": "", "released": "", "url": ""} | values


@pytest.mark.parametrize(("name", "status"), [("", 302), ("eve", 403), ("ada", 200), ("root", 200)])
def test_owner_and_staff_change_what_is_known_on_a_page(
    brings: Brings, people: dict[str, User], client: Client, name: str, status: int
) -> None:
    run = brings("ada")
    if name:
        client.force_login(people[name])
    assert client.get(page(run)).status_code == status
    assert (page(run) in client.get(f"/models/{run.model.slug}/").content.decode()) is (status == 200)
    said = form(
        organisation="Acme", parameters="6738415616", released="2024-05-17", url="https://example.org/m"
    )
    assert client.post(page(run), said).status_code == (302 if status == 200 else status)
    run.model.refresh_from_db()
    if status != 200:
        assert known() == ("", None)
        return
    assert known() == ("Acme", 6_738_415_616)
    assert (str(run.model.released), run.model.url) == ("2024-05-17", "https://example.org/m")
    assert 'value="6738415616"' in client.get(page(run)).content.decode()  # to the last digit
    run.model.parameters = 2_000_000_000
    assert ModelFactsForm.initial_of(run.model)["parameters"] == "2B"
    assert AuditEntry.objects.filter(action="model-changed", actor=people[name]).count() == 1
    client.post(page(run), said)
    assert AuditEntry.objects.filter(action="model-changed").count() == 1  # nothing changed


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "javascript:alert(1)"},
        {"parameters": "many"},
        {"released": "soon"},
        {"organisation": "a\u202eb"},
    ],
)
def test_what_can_not_be_is_refused(
    brings: Brings, people: dict[str, User], client: Client, wrong: dict[str, str]
) -> None:
    run = brings("ada", SAID)
    client.force_login(people["ada"])
    answer = client.post(page(run), form(**wrong))
    assert answer.status_code == 400
    assert "errorlist" in answer.content.decode()
    assert known() == ("Acme", 7 * 10**9)


def test_the_owner_takes_over_what_another_said(
    brings: Brings, people: dict[str, User], client: Client
) -> None:
    brings("ada", ModelFacts("Acme"))
    other = brings("eve", ModelFacts("<b>Eve</b>", 13 * 10**9))
    client.force_login(people["ada"])
    html = client.get(page(other)).content.decode()
    assert "What others said" in html
    assert "&lt;b&gt;Eve" in html
    assert "<b>Eve" not in html
    assert 'type="hidden" name="parameters" value="13000000000"' in html
    client.post(page(other), form(organisation="Acme", parameters="13000000000"))
    assert known() == ("Acme", 13 * 10**9)
    html = client.get(page(other)).content.decode()
    assert "parameters: 13B" not in html  # it is the owner's word, too, now
    assert "organisation: " in html


def test_a_service_refuses_who_may_not(brings: Brings, people: dict[str, User]) -> None:
    run = brings("ada")
    with pytest.raises(Refused, match="who brought its first run"):
        service.change(run.model, people["eve"], SAID)


def test_a_deleted_owner_leaves_the_model_to_the_staff(
    brings: Brings, people: dict[str, User], client: Client
) -> None:
    run = brings("ada", SAID)
    Run.objects.filter(pk=run.pk).update(owner=None)
    people["ada"].delete()
    assert known() == ("Acme", 7 * 10**9)
    client.force_login(people["eve"])
    assert client.get(page(run)).status_code == 403


def test_models_of_before_get_the_owner_of_their_first_public_run(
    brings: Brings,
    people: dict[str, User],
    benchmark: Benchmark,  # noqa: F811
) -> None:
    brings("ada", NOTHING, "private")
    brings("eve")
    published_row(benchmark, "Paper", {"1": "10.0"})
    scored_run(benchmark, "Paper", [1, 1, 1, 1], owner=people["ada"])
    Model.objects.update(owner=None)
    import_module("leaderboard.migrations.0019_whose_word_a_model_is").find_owners(apps, None)
    owners = {model.name: model.owner for model in Model.objects.all()}
    assert owners == {"Tern": people["eve"], "Paper": None}
