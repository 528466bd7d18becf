"""Runs that are put into an organisation as they are made: uploaded or sampled, by page and by API."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from leaderboard.errors import RunRefused, SamplingRefused
from leaderboard.forms.sampling import SamplingForm
from leaderboard.models import AuditEntry, Organisation, Run, Sampling, Upload
from leaderboard.services import organisations, sampling, uploads
from leaderboard.services.ingest import RunSetting, ingest_upload
from tests.factories import tiny_benchmark
from tests.leaderboard.api_callers import token_client
from tests.leaderboard.run_data import toy_benchmark
from tests.leaderboard.sampling_data import order_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]
SERVER = "https://models.example.org/v1"
LINE = b'{"task_id": "Toy/0", "completion": "    return a + b"}\n'
FORM = {"model_name": "Toy-1B", "visibility": "private"}
SHARED = "<dt>shared by</dt><dd>Own Lab</dd>"
FOREIGN = ("others", "asked", "nothing")


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada")


@pytest.fixture
def lab(ada: User) -> Organisation:
    """Ada's; bob is a member. Eve has one, and another one that ada is invited to."""
    eve = User.objects.create_user("eve")
    organisations.make(eve, "Others")
    organisations.invite(organisations.make(eve, "Asked"), eve, "ada", "member")
    made = organisations.make(ada, "Own Lab")
    organisations.accept(organisations.invite(made, ada, User.objects.create_user("bob").username, "member"))
    return made


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def received(owner: User) -> Upload:
    return uploads.receive(owner, SimpleUploadedFile("samples.jsonl", LINE), toy_benchmark())


def order(**changed: Any) -> dict[str, Any]:
    """What a browser sends of the sampling form."""
    form = SamplingForm(keys=[], organisations=[])
    fields = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    usual = {name: value for name, value in fields.items() if value is not None}
    usual |= {"model_name": "Tiny", "address": SERVER, "server_model": "tiny", "visibility": "private"}
    return usual | {"benchmark": str(tiny_benchmark().pk)} | changed


def detail(action: str) -> str:
    return AuditEntry.objects.get(action=action).detail


def test_who_has_no_organisation_is_not_asked(ada: User) -> None:
    client = signed_in(ada)
    for address in (f"/upload/{received(ada).pk}/", "/sample/"):
        page = client.get(address)
        assert page.status_code == 200
        assert "shared_with" not in page.content.decode()


def test_the_choice_is_between_joined_ones(ada: User, lab: Organisation) -> None:
    client = signed_in(ada)
    tiny_benchmark()
    for address in (f"/upload/{received(ada).pk}/", "/sample/"):
        page = client.get(address).content.decode()
        assert '<option value="own-lab">Own Lab</option>' in page
        assert "Others" not in page
        assert "Asked" not in page


def test_an_upload_is_made_a_run_of_an_organisation(ada: User, lab: Organisation) -> None:
    row = received(ada)
    for slug in FOREIGN:
        answer = signed_in(ada).post(f"/upload/{row.pk}/", FORM | {"shared_with": slug})
        assert answer.status_code == 400
        assert "not one of the available choices" in answer.content.decode()
    assert not Run.objects.exists()
    assert signed_in(ada).post(f"/upload/{row.pk}/", FORM | {"shared_with": "own-lab"}).status_code == 302
    run = Run.objects.get()
    assert run.organisation == lab
    assert signed_in(User.objects.get(username="bob")).get(f"/runs/{run.pk}/").status_code == 200
    assert signed_in(User.objects.get(username="eve")).get(f"/runs/{run.pk}/").status_code == 404
    assert detail("run-made") == "into an organisation"


def test_who_left_since_the_form_was_read_stores_nothing(ada: User, lab: Organisation) -> None:
    row = received(ada)
    others = Organisation.objects.get(slug="others")
    with pytest.raises(RunRefused, match="no member of Others"):
        ingest_upload(row, RunSetting("Toy-1B", shared_with=others))
    assert not Run.objects.exists()
    assert Upload.objects.filter(pk=row.pk).exists()


def test_a_samplings_runs_are_made_in_an_organisation(ada: User, lab: Organisation) -> None:
    client = signed_in(ada)
    for slug in FOREIGN:
        assert client.post("/sample/", order(shared_with=slug)).status_code == 400
    assert client.post("/sample/", order(shared_with="own-lab")).status_code == 302
    row = Sampling.objects.get()
    opened = client.get(f"/sample/?from={row.pk}").content.decode()
    assert '<option value="own-lab" selected>Own Lab</option>' in opened
    address = f"/sample/{row.pk}/"
    assert SHARED in client.get(address).text  # of a draft: where its runs will be
    Sampling.objects.update(status=Sampling.Status.READY, dry_run={"answers": [{}]})
    sampling.begin(row)
    Sampling.objects.update(dry_run={})
    assert {run.organisation for run in row.runs.all()} == {lab}
    assert SHARED in client.get(address).text
    assert SHARED in signed_in(User.objects.get(username="bob")).get(address).text
    assert signed_in(User.objects.get(username="eve")).get(address).status_code == 404
    assert {entry.detail for entry in AuditEntry.objects.filter(action="run-sampled")} == {
        "into an organisation"
    }


def test_who_left_since_the_dry_run_does_not_start_it(ada: User, lab: Organisation) -> None:
    bob = User.objects.get(username="bob")
    row = sampling.dry_run(bob, tiny_benchmark(), order_for(SERVER, shared_with="own-lab"))
    Sampling.objects.update(status=Sampling.Status.READY, dry_run={"answers": [{}]})
    organisations.remove(lab.memberships.get(user=bob), bob)
    with pytest.raises(SamplingRefused, match="no member of Own Lab"):
        sampling.begin(row)
    organisations.delete(lab, ada)
    with pytest.raises(SamplingRefused, match="no organisation “own-lab”"):
        sampling.begin(row)
    assert not Run.objects.exists()


def test_the_api_puts_runs_into_joined_organisations_only(ada: User, lab: Organisation) -> None:
    client = token_client(ada)
    confirm = f"/api/v1/uploads/{received(ada).pk}/confirm"
    ordered = {"address": SERVER, "server_model": "m", "model_name": "Tiny", "temperatures": [0.2]}
    ordered |= {"benchmark": tiny_benchmark().slug, "dry_run": False}
    for address, body in ((confirm, {"model_name": "Toy"}), ("/api/v1/samplings", ordered)):
        for slug in FOREIGN:
            wrong = client.post(address, body | {"shared_with": slug}, content_type="application/json")
            assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "shared_with")
        made = client.post(address, body | {"shared_with": "own-lab"}, content_type="application/json")
        assert made.status_code == 201, made.content
    assert [run.organisation for run in Run.objects.all()] == [lab, lab]
