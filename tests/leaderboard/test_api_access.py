"""Each operation of the API × each kind of caller: what is not for somebody is not there for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse

from leaderboard.api.document import document
from leaderboard.models import (
    ApiToken,
    Benchmark,
    FindingMark,
    Membership,
    Model,
    Run,
    Sampling,
    ServerKey,
    Upload,
)
from leaderboard.services import organisations, partial_uploads, sampling, secrets, uploads
from leaderboard.services.sampling_order import SamplingOrder, Server
from tests.leaderboard.api_callers import CALLERS, Callers, made_callers
from tests.leaderboard.board_data import PASSWORD, member
from tests.leaderboard.run_data import MIXED, queued_run, scored_run, toy_benchmark

pytestmark = pytest.mark.django_db

# Answers to anonymous, other, owner, a read-only token of the owner, an expired and a revoked one, staff.
PUBLIC = (200, 200, 200, 200, 401, 401, 200)
OWN = (401, 200, 200, 200, 401, 401, 200)  # everybody sees what is theirs
HIDDEN_OWN = (401, 404, 200, 200, 401, 401, 200)  # only its owner and staff see it
HIDDEN = (404, 404, 200, 200, 401, 401, 200)


def changes(done: int, missing: int = 404) -> tuple[int, ...]:
    """Of something that only its owner and staff see."""
    return (401, missing, done, 403, 401, 401, done)


def mine(done: int) -> tuple[int, ...]:
    """Of something that is its owner's alone: staff have no business with it."""
    return (401, 404, done, 403, 401, 401, 404)


def sends(done: int) -> tuple[int, ...]:
    """Of what everybody may do to what is their own."""
    return (401, done, done, 403, 401, 401, done)


SENT = sends(201)
FILE = b'{"task_id": "Toy/0", "completion": "    return a + b\\n"}\n'


@dataclass(frozen=True)
class Case:
    """`address` may name parts of the `World`."""

    answers: tuple[int, ...]
    address: str
    method: str = "get"
    body: Mapping[str, Any] | bytes = field(default_factory=dict)


@dataclass(frozen=True)
class World:
    """Things of the owner, all of them private; made anew for every request."""

    callers: Callers
    names: Mapping[str, object]


DRY_RUN = {
    "answers": [{"text": "Hidden", "prompt_tokens": 90, "completion_tokens": 40}],
    "error": "",
    "seconds": 2.0,
}
MARK = {"task_id": "Toy/0", "program": 2, "rule": "S307", "line": 3, "word": "confirmed"}
ORDER = {
    "benchmark": "toy",
    "address": "https://models.example.org/v1",
    "server_model": "m",
    "model_name": "Hidden-2B",
}
NEW_PASSWORD = {"password": PASSWORD, "new_password": "a long enough one"}
KEY = {"name": "Another", "address": "https://models.example.org/v1", "key": "sk-another"}
CASES: Mapping[str, Case] = {
    "list_benchmarks": Case(PUBLIC, "/benchmarks"),
    "get_benchmark": Case(PUBLIC, "/benchmarks/toy"),
    "list_problems": Case(PUBLIC, "/benchmarks/toy/problems"),
    "get_problem": Case(PUBLIC, "/benchmarks/toy/problems/Toy/0"),
    "list_failures": Case(PUBLIC, "/benchmarks/toy/failures/Toy/0"),
    "get_leaderboard": Case(PUBLIC, "/benchmarks/toy/leaderboard"),
    "get_sizes": Case(PUBLIC, "/benchmarks/toy/sizes"),
    "list_active_runs": Case(PUBLIC, "/benchmarks/toy/active-runs"),
    "get_matrix": Case(PUBLIC, "/benchmarks/toy/matrix"),
    "get_features": Case(PUBLIC, "/benchmarks/toy/features"),
    "get_plan": Case(PUBLIC, "/benchmarks/toy/plan"),
    "list_models": Case(PUBLIC, "/models"),
    "get_model": Case(HIDDEN, "/models/{model}"),
    "get_model_facts": Case(HIDDEN_OWN, "/models/{model}/facts"),
    "change_model_facts": Case(changes(200), "/models/{model}/facts", "patch", {"organisation": "Hidden"}),
    "get_model_settings": Case(HIDDEN, "/models/{model}/settings?benchmark=toy"),
    "get_citation": Case(HIDDEN, "/citation?run={run}"),
    "list_uploads": Case(OWN, "/uploads"),
    "upload_file": Case(SENT, "/uploads?benchmark=toy", "post", FILE),
    "begin_upload": Case(SENT, "/uploads/parts", "post", {"benchmark": "toy", "file_name": "a", "size": 9}),
    "get_upload": Case((401, 404, 200, 200, 401, 401, 404), "/uploads/{upload}"),
    "append_upload": Case(mine(200), "/uploads/{begun}?offset=0", "patch", FILE),
    "complete_upload": Case(mine(200), "/uploads/{upload}/complete", "post"),
    "set_reading": Case(mine(200), "/uploads/{upload}/reading", "put", {"clean": True}),
    "confirm_upload": Case(mine(201), "/uploads/{upload}/confirm", "post", {"model_name": "Hidden-1B"}),
    "discard_upload": Case(mine(204), "/uploads/{upload}", "delete"),
    "list_runs": Case(PUBLIC, "/runs"),
    "get_run": Case(HIDDEN, "/runs/{run}"),
    "get_run_figures": Case(HIDDEN, "/runs/{run}/figures?k=2"),
    "get_run_analysis": Case(HIDDEN, "/runs/{run}/analysis"),
    "get_run_progress": Case(HIDDEN, "/runs/{run}/progress"),
    "cancel_run": Case(changes(200), "/runs/{queued}/cancel", "post"),
    "rescore_run": Case(changes(200), "/runs/{run}/rescore", "post"),
    "delete_run": Case(changes(204), "/runs/{run}", "delete"),
    "list_results": Case(HIDDEN, "/runs/{run}/problems"),
    "get_result": Case(HIDDEN, "/runs/{run}/problems/Toy/0"),
    "get_difference": Case(HIDDEN, "/runs/{run}/differences/Toy/0?program=1"),
    "list_samples": Case(HIDDEN, "/runs/{run}/samples"),
    "list_findings": Case(HIDDEN, "/runs/{run}/findings"),
    "list_run_rules": Case(HIDDEN, "/runs/{run}/rules"),
    "list_benchmark_rules": Case(PUBLIC, "/benchmarks/toy/rules"),
    "list_run_weaknesses": Case(HIDDEN, "/runs/{run}/weaknesses"),
    "list_benchmark_weaknesses": Case(PUBLIC, "/benchmarks/toy/weaknesses"),
    "list_benchmark_findings": Case(PUBLIC, "/benchmarks/toy/findings"),
    "get_benchmark_security": Case(PUBLIC, "/benchmarks/toy/security"),
    "mark_finding": Case(changes(201), "/runs/{run}/findings/marks", "post", MARK),
    "get_comparison": Case(HIDDEN, "/comparisons?run={run}&run={other}"),
    "list_compared_problems": Case(HIDDEN, "/comparisons/problems?run={run}&run={other}"),
    "compare_problem": Case(HIDDEN, "/comparisons/problems/Toy/0?run={run}&run={other}"),
    "export_leaderboard": Case(PUBLIC, "/exports/benchmarks/toy/leaderboard"),
    "export_problems": Case(PUBLIC, "/exports/benchmarks/toy/problems"),
    "export_matrix": Case(PUBLIC, "/exports/benchmarks/toy/matrix"),
    "export_features": Case(PUBLIC, "/exports/benchmarks/toy/features"),
    "export_plan": Case(PUBLIC, "/exports/benchmarks/toy/plan"),
    "export_benchmark_security": Case(PUBLIC, "/exports/benchmarks/toy/security"),
    "export_model": Case(HIDDEN, "/exports/models/{model}?benchmark=toy"),
    "export_results": Case(HIDDEN, "/exports/runs/{run}/problems"),
    "export_run_security": Case(HIDDEN, "/exports/runs/{run}/security"),
    "export_comparison": Case(HIDDEN, "/exports/comparisons?run={run}&run={other}"),
    "change_run": Case(changes(200), "/runs/{run}", "patch", {"visibility": "public"}),
    "make_run_link": Case(changes(200), "/runs/{unlisted}/link", "post"),
    "list_samplings": Case(OWN, "/samplings"),
    "start_sampling": Case((401, 201, 201, 403, 401, 401, 201), "/samplings", "post", ORDER),
    "get_sampling": Case(HIDDEN_OWN, "/samplings/{sampling}"),
    "begin_sampling": Case(changes(200), "/samplings/{sampling}/start", "post"),
    "try_sampling_again": Case(changes(200), "/samplings/{sampling}/again", "post"),
    "cancel_sampling": Case(changes(204), "/samplings/{sampling}/cancel", "post"),
    "resume_sampling": Case(changes(200), "/samplings/{paused}/resume", "post", {"token_cap": 9}),
    "score_sampling": Case(changes(409), "/samplings/{sampling}/score", "post"),
    "delete_sampling": Case(changes(204), "/samplings/{sampling}", "delete"),
    "list_server_keys": Case(OWN, "/server-keys"),
    "keep_server_key": Case(SENT, "/server-keys", "post", KEY),
    "delete_server_key": Case(mine(204), "/server-keys/{key}", "delete"),
    "list_organisations": Case(OWN, "/organisations"),
    "make_organisation": Case(SENT, "/organisations", "post", {"name": "New ones"}),
    "get_organisation": Case(HIDDEN_OWN, "/organisations/hidden"),
    "rename_organisation": Case(changes(200), "/organisations/hidden", "patch", {"name": "Hidden again"}),
    "delete_organisation": Case(changes(204), "/organisations/hidden", "delete"),
    "invite_member": Case(changes(201), "/organisations/hidden/members", "post", {"username": "guest"}),
    "set_member_role": Case(changes(200), "/organisations/hidden/members/{member}", "put", {"role": "owner"}),
    "remove_member": Case(changes(204), "/organisations/hidden/members/{member}", "delete"),
    "accept_invitation": Case(mine(200), "/invitations/{invitation}/accept", "post"),
    "decline_invitation": Case(mine(204), "/invitations/{invitation}", "delete"),
    "get_health": Case(PUBLIC, "/health"),
    "get_me": Case(OWN, "/me"),
    "get_account": Case((401, 200, 200, 403, 401, 401, 200), "/account"),
    "change_account": Case(sends(200), "/account", "patch", {"email": "", "password": PASSWORD}),
    "change_password": Case(sends(204), "/account/password", "put", NEW_PASSWORD),
    "end_account_sessions": Case(sends(200), "/account/sessions", "delete"),
    "delete_account": Case(sends(204), "/account/delete", "post", {"password": PASSWORD}),
    "list_tokens": Case(OWN, "/tokens"),
    "make_token": Case(sends(201), "/tokens", "post", {"name": "Hidden", "scopes": ["read"]}),
    "get_token": Case((401, 404, 200, 200, 401, 401, 404), "/tokens/{token}"),
    "revoke_token": Case(mine(204), "/tokens/{token}", "delete"),
    "revoke_current_token": Case((401, 204, 204, 204, 401, 401, 204), "/tokens/current", "delete"),
    "list_audit_entries": Case((401, 403, 403, 403, 401, 401, 200), "/audit"),
    "get_run_history": Case(HIDDEN_OWN, "/runs/{run}/history"),
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    callers, benchmark = made_callers(), toy_benchmark()
    private = {"owner": callers.owner, "visibility": "private", "model": "Hidden-1B"}
    run = scored_run(tmp_path, benchmark, **private)
    other = scored_run(tmp_path, benchmark, **private)
    queued = queued_run(tmp_path, benchmark, MIXED, **private)
    unlisted = scored_run(tmp_path, benchmark, **private | {"visibility": "unlisted"})
    begun = partial_uploads.begin(callers.owner, benchmark, "hidden.jsonl", len(FILE))
    upload = uploads.receive(callers.owner, SimpleUploadedFile("hidden.jsonl", FILE), benchmark)
    token = ApiToken.objects.filter(user=callers.owner).earliest("pk")
    made: dict[str, object] = {
        "model": run.model.slug,
        "upload": upload.pk,
        "begun": begun.pk,
        "unlisted": unlisted.pk,
    }
    made |= of_samplings(callers, benchmark) | of_organisations(callers)
    return World(callers, made | {"run": run.pk, "other": other.pk, "queued": queued.pk, "token": token.pk})


def of_samplings(callers: Callers, benchmark: Benchmark) -> dict[str, object]:
    order = SamplingOrder("Hidden-2B", Server("https://models.example.org/v1", "m"), visibility="private")
    tried = sampling.dry_run(callers.owner, benchmark, order)
    Sampling.objects.filter(pk=tried.pk).update(status="ready", dry_run=DRY_RUN)
    paused = sampling.start(callers.owner, benchmark, order)
    Sampling.objects.filter(pk=paused.pk).update(status="paused")
    key = secrets.keep(callers.owner, "Hidden", "sk-hidden", "https://models.example.org")
    return {"sampling": tried.pk, "paused": paused.pk, "key": key.pk}


def of_organisations(callers: Callers) -> dict[str, object]:
    member("guest")
    host = member("host")
    hidden = organisations.make(callers.owner, "Hidden")
    joined = organisations.invite(hidden, callers.owner, member("joined").username, "member")
    inviting = organisations.invite(organisations.make(host, "Hidden host"), host, "owner", "member")
    return {"member": joined.pk, "invitation": inviting.pk}


def test_the_table_knows_every_operation() -> None:
    known = {one["operationId"] for methods in document()["paths"].values() for one in methods.values()}
    assert known == CASES.keys()


@pytest.mark.parametrize("operation", [name for name, case in CASES.items() if case.method == "get"])
def test_each_caller_reads_what_is_for_them(world: World, operation: str) -> None:
    for caller in CALLERS:
        answered(world, CASES[operation], caller)


@pytest.mark.parametrize("operation", [name for name, case in CASES.items() if case.method != "get"])
def test_each_caller_changes_what_is_theirs_and_nothing_else(world: World, operation: str) -> None:
    case, before = CASES[operation], state(world)
    expected = dict(zip(CALLERS, case.answers, strict=True))
    for caller in (name for name in CALLERS if expected[name] >= 400):
        answered(world, case, caller)
        assert state(world) == before, caller
    for caller in (name for name in CALLERS if expected[name] < 400):
        with transaction.atomic():
            answered(world, case, caller)
            transaction.set_rollback(True)


def test_lists_show_nobody_else_what_is_private(world: World) -> None:
    def seen(caller: str, address: str) -> str:
        return world.callers.clients[caller].get(f"/api/v1{address}").content.decode()

    lists = [case.address for case in CASES.values() if case.answers == PUBLIC]
    assert len(lists) > 10
    for address in lists:
        assert "Hidden" not in seen("anonymous", address)
        assert "Hidden" not in seen("other", address)
    assert all("Hidden" in seen(caller, "/runs") for caller in ("owner", "staff"))


def answered(world: World, case: Case, caller: str) -> int:
    response = asked(world, case, caller)
    expected = case.answers[CALLERS.index(caller)]
    assert response.status_code == expected, (caller, response.content[:500])
    if expected >= 400:
        assert response["Content-Type"] == "application/problem+json"
        assert "Hidden" not in response.content.decode()
    return expected


def asked(world: World, case: Case, caller: str) -> HttpResponse:
    address = "/api/v1" + case.address.format(**world.names)
    client = world.callers.clients[caller]
    if case.method == "get":
        return client.get(address)
    if isinstance(case.body, bytes):
        return getattr(client, case.method)(address, case.body, content_type="application/octet-stream")
    return getattr(client, case.method)(address, case.body or None, content_type="application/json")


def state(world: World) -> list[Any]:
    runs = Run.objects.order_by("pk").values_list("pk", "status", "visibility", "finished_at")
    tokens = ApiToken.objects.order_by("pk").values_list("pk", "revoked_at")
    files = Upload.objects.order_by("pk").values_list("pk", "received", "options")
    samplings = Sampling.objects.order_by("pk").values_list("pk", "status")
    members = Membership.objects.order_by("pk").values_list("pk", "role", "accepted_at")
    models = Model.objects.order_by("pk").values_list("pk", "organisation", "parameters", "released", "url")
    counts = [FindingMark.objects.count(), ServerKey.objects.count()]
    accounts = User.objects.order_by("pk").values_list("pk", "email", "password")
    return [*runs, *models, *tokens, *files, *samplings, *members, *accounts, *counts]
