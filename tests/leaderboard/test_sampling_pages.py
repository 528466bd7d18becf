"""The sampling pages: who sees what, what a form makes, and how many queries it takes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from evaluator.sampling.records import PAPER_STOPS, Kind
from leaderboard.forms.sampling import SamplingForm
from leaderboard.forms.sampling_fields import escaped, unescaped
from leaderboard.models import Cell, Run, Sampling, ServerKey
from leaderboard.queries.sampling import progress_of
from leaderboard.services import sampling, secrets
from leaderboard.services.sampling_dry_run import try_out
from leaderboard.services.sampling_order import Key, order_of
from tests.factories import score_by_hand, tiny_benchmark
from tests.leaderboard.sampling_data import asker, draw_all, order_for
from tests.tiny_model.process import TinyProcess

pytestmark = pytest.mark.django_db

SERVER = "https://models.example.org/v1"


@pytest.fixture
def ada(client: Client) -> Client:
    asker()
    client.force_login(User.objects.get(username="ada"))
    return client


@pytest.fixture
def eve() -> Client:
    other = Client()
    other.force_login(User.objects.create(username="eve"))
    return other


def sent(**changed: Any) -> dict[str, Any]:
    """What a browser sends of the form as it opens, with these fields filled in."""
    form = SamplingForm(keys=[], organisations=[])
    fields = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    usual = {name: value for name, value in fields.items() if value is not None}
    usual |= {"model_name": "Tiny words", "address": SERVER, "server_model": "tiny-words"}
    return usual | {"benchmark": str(tiny_benchmark().pk)} | changed


def page(row: Sampling) -> str:
    return reverse("sampling", args=[row.pk])


def test_the_form_asks_for_an_account_first(client: Client) -> None:
    assert client.get("/sample/").headers["location"] == "/account/sign-in/?next=/sample/"


def test_the_form_as_it_opens_asks_for_what_the_paper_did(ada: Client) -> None:
    answer = ada.post("/sample/", sent(key="a-key"))
    row = Sampling.objects.get()
    assert answer.headers["location"] == page(row)
    order = order_of(row)
    assert (order.decoding.stop, order.decoding.top_p) == (PAPER_STOPS, 0.95)
    assert (order.decoding.temperatures, order.decoding.template) == ((0.2, 0.8), "{prompt}")
    assert (order.server.kind, order.server.parallel) == (Kind.COMPLETIONS, 4)
    assert (row.status, secrets.decrypt(row.secret)) == ("trying", "a-key")
    assert not Run.objects.exists()  # nothing is drawn before its owner has seen the dry run


def test_chat_is_asked_for_the_whole_function_unless_told_otherwise(ada: Client) -> None:
    ada.post("/sample/", sent(kind="chat"))
    ada.post(
        "/sample/", sent(kind="chat", template="own", own_template="Write:\n{prompt}", system="Be brief.")
    )
    usual, own = map(order_of, Sampling.objects.order_by("pk"))
    assert "Answer with the whole function" in usual.decoding.template
    assert (own.decoding.template, own.decoding.system) == ("Write:\n{prompt}", "Be brief.")
    assert usual.decoding.stop == ()  # the paper's would cut an answer at its first "def"
    assert usual.decoding.clean


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"temperatures": "hot"}, "Give numbers with commas"),
        ({"temperatures": "0.2, 3"}, "from 0 to 2"),
        ({"n": "0"}, "greater than or equal to 1"),
        ({"stop": "\\x"}, "is none of"),
        ({"template": "own", "own_template": "no place"}, "Write {prompt}"),
        ({"address": "http://10.1.2.3/v1"}, "SAMPLING_ALLOWED_NETWORKS=127.0.0.0/8"),
        ({"address": "https://user:secret@example.org/v1"}, "no user name and no password"),
        ({"keep_as": "mine"}, "Type the key that is to be kept"),
    ],
)
def test_what_can_not_be_is_told_at_its_field_and_no_key_comes_back(
    ada: Client, changed: dict[str, str], said: str
) -> None:
    key = {} if "keep_as" in changed else {"key": "typed-key"}
    answer = ada.post("/sample/", sent(**key, **changed))
    html = answer.content.decode()
    assert answer.status_code == 400
    assert said.replace("'", "&#x27;") in html
    assert "typed-key" not in html
    assert not Sampling.objects.exists()


def test_a_key_can_be_kept_used_again_and_deleted_by_its_owner_alone(ada: Client, eve: Client) -> None:
    ada.post("/sample/", sent(key="a-key", keep_as="lab"))
    kept = ServerKey.objects.get()
    assert "lab" in ada.get("/sample/keys/").content.decode()
    ada.post("/sample/", sent(kept_key=str(kept.pk)))
    assert Sampling.objects.latest("pk").server_key == kept
    assert eve.post("/sample/", sent(kept_key=str(kept.pk))).status_code == 400
    assert eve.post(reverse("sample-key-delete", args=[kept.pk])).status_code == 404
    assert ada.post(reverse("sample-key-delete", args=[kept.pk])).status_code == 302
    assert not ServerKey.objects.exists()


def test_the_dry_run_is_shown_as_data_with_the_program_and_what_all_would_take(
    ada: Client, model_server: TinyProcess
) -> None:
    owner, benchmark = asker(3)
    order = order_for(model_server.base_url, n=10, per_request=5, prompt_price=2.0, token_cap=100)
    row = sampling.dry_run(owner, benchmark, order)
    model_server.fault("raw", text='{"choices": [{"text": "<b>bold</b>", "finish_reason": "length"}]}')
    try_out(row.pk)
    html = ada.get(page(row)).content.decode()
    assert "&lt;b&gt;bold&lt;/b&gt;" in html
    assert "ended at the most tokens" in html
    assert "Start: draw 30 samples" in html
    assert "the server counts none" in html
    assert model_server.count() == 3
    try_again = sampling.dry_run(owner, benchmark, order)
    try_out(try_again.pk)
    html = ada.get(page(try_again)).content.decode()
    assert "<dt>cost</dt><dd>about 0.00" in html
    assert "it will pause before its end" in html


def test_an_error_of_the_server_is_shown_with_what_to_do(ada: Client, model_server: TinyProcess) -> None:
    row = sampling.dry_run(*asker(3), order_for(model_server.base_url, model="other"))
    try_out(row.pk)
    html = ada.get(page(row)).content.decode()
    assert "The model `other` does not exist." in html
    assert "Try again" in html
    assert "Start" not in html
    assert "brought no answer" in ada.post(f"{page(row)}start/", follow=True).content.decode()
    ada.post(f"{page(row)}again/")
    row.refresh_from_db()
    assert (row.status, row.dry_run) == ("trying", {})


def test_a_sampling_is_started_drawn_scored_and_shown(
    ada: Client, model_server: TinyProcess, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    row = sampling.dry_run(*asker(3), order_for(model_server.base_url, temperatures=(0.2, 0.8)))
    try_out(row.pk)
    ada.post(f"{page(row)}start/")
    row.refresh_from_db()
    state = f"{page(row)}state/"
    assert "HX-Refresh" in ada.get(f"{state}?seen=trying-still").headers
    assert "HX-Refresh" not in ada.get(f"{state}?seen=drawing-scoring").headers
    first = row.runs.order_by("pk")[0]
    assert "0 of 9 samples drawn" in ada.get(reverse("run", args=[first.pk])).content.decode()
    task = reverse("failures", args=[first.pk, "Tiny/0"])
    assert ada.get(task).status_code == 200  # of a problem that has no sample yet
    draw_all(row)
    for run in row.runs.all():
        score_by_hand(run)
    with django_assert_max_num_queries(18):
        html = ada.get(page(row)).content.decode()
    assert html.count("9 of 9") == 2
    assert "hx-trigger" not in html.split('id="state"')[1].split(">")[0]
    run_html = ada.get(reverse("run", args=[first.pk])).content.decode()
    assert "How it was sampled" in run_html
    assert f'href="{page(row)}"' in run_html
    assert "“\\nclass”" in run_html


def test_others_see_a_public_sampling_without_address_money_and_troubles(
    ada: Client, eve: Client, client: Client, model_server: TinyProcess
) -> None:
    row = draw_all(sampling.start(*asker(1), order_for(model_server.base_url), Key("a-key")))
    Sampling.objects.update(said="odd words", status="paused")
    html = eve.get(page(row)).content.decode()
    assert "tiny-words" in html
    for hidden in (model_server.base_url, "odd words", "Resume", "Delete", "of prompts"):
        assert hidden not in html
    assert model_server.base_url in ada.get(page(row)).content.decode()
    for action in ("start", "again", "cancel", "score", "delete", "resume"):
        assert eve.post(f"{page(row)}{action}/").status_code == 403
    Run.objects.update(visibility=Run.Visibility.PRIVATE)
    assert eve.get(page(row)).status_code == 404
    assert eve.get(f"{page(row)}state/").status_code == 404
    assert eve.post(f"{page(row)}delete/").status_code == 404


def test_a_cancelled_sampling_can_be_scored_resumed_or_deleted(
    ada: Client, model_server: TinyProcess
) -> None:
    row = sampling.start(*asker(2), order_for(model_server.base_url), Key("a-key"))
    ada.post(f"{page(row)}cancel/")
    html = ada.get(page(row)).content.decode()
    assert "Score what is drawn" not in html  # nothing is
    assert "Give it again" in ada.post(f"{page(row)}resume/", {"key": ""}, follow=True).content.decode()
    ada.post(f"{page(row)}resume/", {"key": "a-key"})
    row.refresh_from_db()
    assert row.status == "drawing"
    assert "Cancel it first" in ada.post(f"{page(row)}delete/", follow=True).content.decode()
    ada.post(f"{page(row)}cancel/")
    assert ada.post(f"{page(row)}delete/").headers["location"] == "/sample/"
    assert not Sampling.objects.exists()
    assert not Cell.objects.exists()


def test_the_form_opens_as_an_earlier_sampling_of_ones_own(ada: Client, eve: Client) -> None:
    order = order_for(SERVER, n=7, temperatures=(0.1, 0.35), stop=("\n\n", "```"), template="Do {prompt}")
    row = sampling.dry_run(*asker(), order)
    html = ada.get(f"/sample/?from={row.pk}").content.decode()
    assert 'value="0.1, 0.35"' in html
    assert 'value="7"' in html
    assert "Do {prompt}" in html
    assert "\\n\\n\n```" in html
    assert 'value="0.1, 0.35"' not in eve.get(f"/sample/?from={row.pk}").content.decode()
    again = SamplingForm(
        sent(**{name: value for name, value in SamplingForm.again(row).items() if value}),
        keys=[],
        organisations=[],
    )
    assert again.is_valid(), again.errors
    assert again.order().decoding == order.decoding


def test_stop_sequences_come_back_as_they_were_typed() -> None:
    for text in ("\nclass", "\\n", "\t\\\\\n", "é"):
        assert unescaped(escaped(text)) == text


def test_a_sampling_that_nobody_starts_is_swept_with_its_key(ada: Client) -> None:
    row = sampling.dry_run(*asker(), order_for(SERVER), Key("a-key"))
    assert sampling.sweep() == 0
    Sampling.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(days=2))
    assert sampling.sweep() == 1
    assert not Sampling.objects.exists()


def test_what_is_judged_is_counted_without_a_look_at_other_runs(model_server: TinyProcess) -> None:
    row = draw_all(sampling.start(*asker(2), order_for(model_server.base_url, temperatures=(0.2, 0.8))))
    score_by_hand(row.runs.get(temperature=0.2))
    with CaptureQueriesContext(connection) as queries:
        progress = progress_of(row, row.owner)
    assert [one.judged for one in progress.runs] == [6, 0]
    # By the index of the status SQLite would go through the done cells of the whole site.
    wanted = [query["sql"].partition(" WHERE ")[2] for query in queries]
    assert len(wanted) >= 3
    assert not any('"leaderboard_cell"."status"' in where for where in wanted)
