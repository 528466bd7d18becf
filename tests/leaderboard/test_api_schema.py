"""Requests that the OpenAPI document allows, and such that it forbids: no fault, and no answer it denies.

What a schema allows may still be refused: it knows no benchmark of the site and no rule of a form.
schemathesis makes the requests by seed and sends them to the real WSGI application: as nobody, as a user
with runs, and as staff. `API_EXAMPLES` asks for more of them for each operation.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import sampled_from
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from leaderboard.api.document import document, operations_in
from leaderboard.wsgi import application
from tests.leaderboard.api_callers import token_of
from tests.leaderboard.board_data import member
from tests.leaderboard.run_data import MIXED, queued_run, scored_run, toy_benchmark

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("API_EXAMPLES", "3"))
_GENERATED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@cache
def described() -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


def operation_ids() -> list[str]:
    return [one["operationId"] for one in operations_in(document())]


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """The application would close the connection that the test's transaction is in."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def tokens(tmp_path: Path) -> dict[str, str]:
    """A site with runs of the user; a token for each who asks."""
    user, benchmark = member("user"), toy_benchmark()
    scored_run(tmp_path, benchmark, owner=user)
    scored_run(tmp_path, benchmark, owner=user, visibility="private", model="Toy-2B")
    queued_run(tmp_path, benchmark, MIXED, owner=user)
    return {"nobody": "", "user": token_of(user), "staff": token_of(member("staff", is_staff=True))}


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("name", operation_ids())
def test_every_answer_is_one_that_the_document_tells_of(
    name: str, mode: GenerationMode, tokens: dict[str, str], settings: Any
) -> None:
    settings.API_RATE = 0
    operation = described().find_operation_by_id(name)

    @_GENERATED
    @given(case=operation.as_strategy(generation_mode=mode), caller=sampled_from(sorted(tokens)))
    def answered(case: Case, caller: str) -> None:
        headers = {"Authorization": f"Bearer {tokens[caller]}"} if tokens[caller] else {}
        spoilt = "Authorization" in case.headers  # and mended by ours: then the request is a good one
        excluded = [positive_data_acceptance, *([negative_data_rejection] if spoilt else [])]
        identity = {"Accept-Encoding": "identity"}
        case.call_and_validate(headers=headers | identity, excluded_checks=excluded)

    try:
        answered()
    except Unsatisfiable:
        # Any text at all is good for this operation: it has nothing that could be sent wrongly.
        assert mode is GenerationMode.NEGATIVE
