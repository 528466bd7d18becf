"""What every request to the API goes through: methods, parameters, limits, 304, problem details."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.db import OperationalError, connection
from django.test import Client

from leaderboard.models import Run
from leaderboard.services import sampling
from leaderboard.services.runs import rescore
from leaderboard.services.sampling_order import SamplingOrder, Server
from tests.leaderboard.api_callers import token_client, with_token
from tests.leaderboard.board_data import member
from tests.leaderboard.run_data import scored_run, toy_benchmark

pytestmark = pytest.mark.django_db
BASE = "/api/v1"


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    caches["rates"].clear()


@pytest.fixture
def user() -> User:
    return member("ann")


@pytest.fixture
def run(tmp_path: Path, user: User) -> Run:
    return scored_run(tmp_path, toy_benchmark(), owner=user)


def test_a_refusal_says_what_where_and_under_which_id(client: Client, run: Run) -> None:
    response = client.get(f"{BASE}/runs?limit=0&limt=5")
    told = response.json()
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert (told["status"], told["title"]) == (400, "Unknown parameter")
    assert told["errors"] == [{"field": "limt", "place": "query", "message": "There is no such parameter."}]
    assert told["instance"] == response["X-Request-Id"]
    assert told["type"] == "/api/v1/docs#problem-unknown-parameter"
    invalid = client.get(f"{BASE}/runs?limit=0").json()
    assert (invalid["status"], invalid["errors"][0]["field"], invalid["errors"][0]["place"]) == (
        422,
        "limit",
        "query",
    )


@pytest.mark.parametrize("rest", ["%0A", "benchmarks/toy/problems/Toy%2F0%0A", "runs/1/differences/a%0D%0Ab"])
def test_addresses_with_several_lines_are_none_of_ours(client: Client, run: Run, rest: str) -> None:
    missing = client.get(f"{BASE}/{rest}")
    assert (missing.status_code, missing["Content-Type"]) == (404, "application/problem+json")


def test_addresses_that_are_none_and_methods_that_are_not_taken(client: Client, run: Run) -> None:
    missing = client.get(f"{BASE}/no/such/thing")
    assert (missing.status_code, missing["Content-Type"]) == (404, "application/problem+json")
    wrong = client.put(f"{BASE}/runs")
    assert (wrong.status_code, wrong["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert wrong.json()["status"] == 405
    options = client.options(f"{BASE}/runs/{run.pk}")
    assert (options.status_code, options["Allow"]) == (204, "DELETE, GET, HEAD, OPTIONS, PATCH")


def test_head_tells_what_get_would(client: Client, run: Run) -> None:
    head, get = client.head(f"{BASE}/runs/{run.pk}"), client.get(f"{BASE}/runs/{run.pk}")
    assert (head.status_code, head["ETag"], head.content) == (200, get["ETag"], b"")


@pytest.mark.parametrize(
    "address", ["/runs", "/runs/{run}", "/benchmarks/toy/leaderboard", "/runs/{run}/samples"]
)
def test_what_the_caller_has_already_is_not_sent_again(
    client: Client, run: Run, user: User, address: str
) -> None:
    address = BASE + address.format(run=run.pk)
    tag = client.get(address)["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    rescore(run)
    changed = client.get(address, headers={"If-None-Match": tag})
    assert changed.status_code == 200


def test_a_board_that_is_the_same_costs_two_queries(
    client: Client, run: Run, django_assert_num_queries: Any
) -> None:
    address = f"{BASE}/benchmarks/toy/leaderboard?k=1,2".replace("1,2", "1&k=2")
    tag = client.get(address)["ETag"]
    with django_assert_num_queries(1):  # the benchmark with its key
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304


def test_readers_do_not_share_tags_of_boards_that_differ(client: Client, tmp_path: Path, user: User) -> None:
    scored_run(tmp_path, toy_benchmark(), owner=user, visibility="private")
    address = f"{BASE}/benchmarks/toy/leaderboard"
    tag = client.get(address)["ETag"]
    own = token_client(user).get(address, headers={"If-None-Match": tag})
    assert (own.status_code, own.json()["count"]) == (200, 1)
    assert {"Authorization", "Cookie"} <= set(own["Vary"].split(", "))


def test_who_asks_too_often_is_told_when_to_come_back(client: Client, user: User, settings: Any) -> None:
    settings.API_RATE = 3
    left = [client.get(f"{BASE}/me")["RateLimit"].split(";")[1] for _ in range(3)]
    assert left == ["r=2", "r=1", "r=0"]
    refused = client.get(f"{BASE}/benchmarks")
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert refused["RateLimit-Policy"] == '"minute";q=3;w=60'
    assert token_client(user).get(f"{BASE}/me").status_code == 200  # a token has a count of its own


def test_guessing_tokens_is_counted_by_address(settings: Any, run: Run) -> None:
    settings.API_RATE = 2
    answers = [with_token(f"pb_{number}").get(f"{BASE}/me").status_code for number in range(3)]
    assert answers == [401, 401, 429]


def test_with_a_session_changes_need_the_sites_token(user: User, run: Run) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.get(f"{BASE}/me").json()["scopes"] is None
    address = f"{BASE}/runs/{run.pk}/rescore"
    refused = client.post(address)
    assert (refused.status_code, refused.json()["title"]) == (403, "Not allowed")
    client.get("/account/")
    token = client.cookies["csrftoken"].value
    assert client.post(address, headers={"X-CSRFToken": token}).status_code == 200


def test_a_token_goes_before_a_session_and_needs_no_other(user: User, run: Run) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(member("ben"))
    own = token_client(user)
    headers = {"Authorization": own.defaults["HTTP_AUTHORIZATION"]}
    assert client.get(f"{BASE}/me", headers=headers).json()["username"] == "ann"
    assert client.post(f"{BASE}/runs/{run.pk}/rescore", headers=headers).status_code == 200
    bad = client.get(f"{BASE}/me", headers={"Authorization": "Bearer pb_wrong"})
    assert (bad.status_code, 'error="invalid_token"' in bad["WWW-Authenticate"]) == (401, True)
    assert client.get(f"{BASE}/me", headers={"Authorization": "Basic YTpi"}).status_code == 401


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", "application/json", 400),
        ('{"visibility": NaN}', "application/json", 400),
        ('{"visibility": "\\u0000"}', "application/json", 400),
        ('{"visibility": "\\ud800"}', "application/json", 400),
        ("[" * 100_000, "application/json", 400),
        ('{"visibility": "nobody"}', "application/json", 422),
        ('{"owner": "me"}', "application/json", 422),
        ("[]", "application/json", 422),
        ("", "application/json", 415),
        ("visibility=public", "application/x-www-form-urlencoded", 415),
        (json.dumps({"visibility": "x" * (1 << 20)}), "application/json", 413),
    ],
)
def test_bodies_that_can_not_be_are_refused(user: User, run: Run, body: str, kind: str, status: int) -> None:
    response = token_client(user).patch(f"{BASE}/runs/{run.pk}", body, content_type=kind)
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    run.refresh_from_db()
    assert run.visibility == "public"


def test_nul_in_an_address_is_refused(client: Client, run: Run) -> None:
    assert client.get(f"{BASE}/models?q=%00").status_code == 400
    assert client.get(f"{BASE}/benchmarks/toy/problems/%00").status_code == 400


def test_a_fault_of_ours_is_logged_under_the_id_that_the_answer_names(
    run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    Run.objects.update(limits={"no such limit": 1})  # as a damaged row would be
    monkeypatch.setattr("leaderboard.api.site._log.propagate", True)
    response = Client(raise_request_exception=False).get(f"{BASE}/runs/{run.pk}")
    assert (response.status_code, response["Content-Type"]) == (500, "application/problem+json")
    assert response.json()["instance"] == response["X-Request-Id"]
    assert "limits" not in response.content.decode()


def test_a_fault_before_an_operation_is_a_problem_document_too(run: Run, user: User) -> None:
    client = token_client(user)
    with connection.execute_wrapper(broken):
        response = client.get(f"{BASE}/runs/{run.pk}")
    assert (response.status_code, response["Content-Type"]) == (500, "application/problem+json")


def broken(*args: Any) -> None:
    raise OperationalError("the database is away")


def test_a_token_that_may_spend_money_may_not_delete_runs(user: User, run: Run) -> None:
    order = SamplingOrder("Drawn", Server("https://models.example.org/v1", "m"))
    drawing = sampling.start(user, run.benchmark, order)
    address = f"{BASE}/samplings/{drawing.pk}"
    assert token_client(user, "sample").post(f"{address}/cancel").status_code == 200
    assert token_client(user, "sample").delete(address).status_code == 403
    assert token_client(user, "write").delete(address).status_code == 204


@pytest.mark.parametrize("as_they_stand", [False, True])
def test_an_order_says_whether_answers_are_cleaned(user: User, run: Run, as_they_stand: bool) -> None:
    order = {"benchmark": "toy", "address": "https://models.example.org/v1", "server_model": "m"}
    more = {"model_name": "Drawn", "as_they_stand": as_they_stand}
    made = token_client(user).post(f"{BASE}/samplings", order | more, content_type="application/json")
    assert made.json()["order"]["decoding"]["clean"] is not as_they_stand


def test_an_unlisted_run_opens_by_its_link_alone(client: Client, tmp_path: Path, user: User) -> None:
    run = scored_run(tmp_path, toy_benchmark(), owner=user, visibility="unlisted")
    assert client.get(f"{BASE}/runs/{run.pk}").status_code == 404
    opened = client.get(f"{BASE}/runs/{run.pk}-{run.link_key}")
    assert (opened.status_code, opened.json()["id"]) == (200, run.pk)
    assert opened.json()["page"].endswith(f"/runs/{run.pk}-{run.link_key}/")
    assert client.get(f"{BASE}/runs/{run.pk}-{'A' * 22}").status_code == 404
    assert client.get(f"{BASE}/runs").json()["count"] == 0


def test_the_docs_name_every_operation_and_obey_the_policy(client: Client, run: Run) -> None:
    page = client.get(f"{BASE}/docs")
    text = page.content.decode()
    paths = client.get(f"{BASE}/openapi.json").json()["paths"]
    assert page.status_code == 200
    for path, methods in paths.items():
        assert path in text
        for operation in methods.values():
            assert f'id="{operation["operationId"].replace("_", "-")}"' in text
    assert "style=" not in text
    assert "<script>" not in text
    assert 'href="/api/v1/docs"' in client.get("/").content.decode()
