"""A key goes to the server in one header and nowhere else, not even where the server repeats it."""

from __future__ import annotations

import logging
import pickle
import traceback
from collections.abc import Iterator
from typing import Any

import pytest

from evaluator.errors import EndpointBusy, SamplingError
from evaluator.sampling.caller import Caller, Caps
from evaluator.sampling.client import draw
from evaluator.sampling.guard import Reach
from evaluator.sampling.records import Endpoint, SamplingRequest
from tests.tiny_model.process import TinyProcess, free_port, tiny_process

KEY = "sk-Very5ecretKey0fNobody"
OTHER = "tenant-T0ps3cretHeader"
REQUEST = SamplingRequest("def add(a, b):\n", n=2, max_tokens=8)
# What a server does, and whether it is worth another try; each answer repeats the key somewhere.
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "status", "status": 400, "text": f'{{"error": {{"message": "bad key {KEY}"}}}}'},
    {"kind": "status", "status": 500, "text": f"Traceback … headers: {{'authorization': 'Bearer {KEY}'}}"},
    {"kind": "status", "status": 429, "text": f'{{"detail": ["{KEY.upper()}"]}}'},
    {"kind": "status", "status": 403, "text": f'{{"message": "no access for {KEY[3:15]}…"}}'},
    {"kind": "status", "status": 401, "text": f"unknown tenant {OTHER}"},
    {"kind": "status", "status": 418, "text": "no", "headers": [["X-Echo", KEY], ["Set-Cookie", f"k={KEY}"]]},
    {"kind": "redirect", "headers": [["Location", f"https://example.org/?key={KEY}"]]},
    {"kind": "raw", "text": f'{{"{KEY}": 1, "{KEY}": 2}}'},
    {"kind": "raw", "text": f'{{"choices": [{{"text": 3, "echo": "{KEY}"}}]}}'},
    {"kind": "raw", "text": f'{{"choices": [], "x": "Bearer {KEY}"}}', "headers": [["X-Echo", KEY]]},
    {"kind": "status", "status": 200, "text": KEY, "headers": [["Content-Type", f"text/{KEY}"]]},
    {"kind": "cut"},
    {"kind": "empty"},
    {"kind": "garbage"},
    {"kind": "slow", "seconds": 30},
)


@pytest.fixture(scope="module")
def server() -> Iterator[TinyProcess]:
    with tiny_process("--key", KEY) as process:
        yield process


@pytest.fixture
def caller(server: TinyProcess, caplog: pytest.LogCaptureFixture) -> Iterator[Caller]:
    server.sound()
    caplog.set_level(logging.DEBUG)
    with Caller(Reach.of("127.0.0.1"), Caps(connect_seconds=3, total_seconds=1.5)) as one:
        yield one


def endpoint(base_url: str, key: str = KEY) -> Endpoint:
    return Endpoint(base_url, "tiny-words", key=key, headers=(("X-Tenant", OTHER),))


def told(error: BaseException) -> str:
    """Everything that a log, a debug page or a broker could show of an error: frames with their variables,
    what it came from, its arguments."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "".join((*shown.format(), repr(error), str(vars(error)), repr(pickle.dumps(error))))


def holds_a_secret(text: str) -> bool:
    lower = text.lower()
    return any(
        secret[at : at + 8].lower() in lower for secret in (KEY, OTHER) for at in range(len(secret) - 7)
    )


def test_the_key_reaches_the_server_and_is_in_no_repr_and_no_log(
    server: TinyProcess, caller: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    assert len(draw(endpoint(server.base_url), REQUEST, caller)) == 2
    sent = server.asked()[-1]["headers"]
    assert (sent["authorization"], sent["x-tenant"]) == (f"Bearer {KEY}", OTHER)
    assert not holds_a_secret(repr(endpoint(server.base_url)) + str(endpoint(server.base_url)))
    assert not holds_a_secret(caplog.text)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault['kind']}-{fault.get('status', '')}")
def test_the_key_is_in_no_error_traceback_or_log(
    server: TinyProcess, caller: Caller, caplog: pytest.LogCaptureFixture, fault: dict[str, Any]
) -> None:
    # Said again for every try, and there may be two: a 400 is asked again without what may be at fault.
    server.fault(**fault, times=2)
    where = endpoint(server.base_url)
    with pytest.raises(SamplingError) as raised:
        draw(where, REQUEST, caller)
    assert not holds_a_secret(told_of_ours(raised.value))
    assert not holds_a_secret(caplog.text)


def told_of_ours(error: SamplingError) -> str:
    """`told` from the evaluator's own frames on: the test's hold the key in constants of theirs."""
    while error.__traceback__ and "evaluator/sampling" not in error.__traceback__.tb_frame.f_code.co_filename:
        error.__traceback__ = error.__traceback__.tb_next
    text = told(error)
    assert "evaluator/sampling" in text
    return text


@pytest.mark.parametrize(
    "base_url",
    [
        "https://10.0.0.1/v1",
        f"https://user:{KEY}@models.example.org/v1",
        f"https://models.example.org/v1?key={KEY}",
        f"https://models.example.org/v1#{KEY}",
        f"https://[{KEY}]/v1",
        f"{KEY}",
        f"ftp://{KEY}/",
    ],
)
def test_the_key_is_in_no_refusal_of_an_address(caller: Caller, base_url: str) -> None:
    with pytest.raises(SamplingError) as raised:
        draw(endpoint(base_url), REQUEST, caller)
    assert not holds_a_secret(str(raised.value))


def test_the_key_is_in_no_refusal_that_is_made_while_connecting_or_reading(server: TinyProcess) -> None:
    caps = Caps(total_seconds=5, answer_bytes=10)
    near = Reach.of("127.0.0.1")
    with Caller(near, resolver=lambda host, port: ["10.0.0.1"]) as inside, Caller(near, caps) as small:
        for caller, base_url in ((inside, "https://models.example.org/v1"), (small, server.base_url)):
            with pytest.raises(SamplingError, match=r"private|larger") as raised:
                draw(endpoint(base_url), REQUEST, caller)
            assert not holds_a_secret(told_of_ours(raised.value))


@pytest.mark.parametrize("key", ["schlüssel-" + KEY, KEY + "\r\nX-Evil: 1", KEY + "\x00", KEY + "\n"])
def test_a_key_that_can_not_be_sent_is_refused_without_being_shown(
    server: TinyProcess, caller: Caller, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = server.count()
    with pytest.raises(SamplingError) as raised:
        draw(endpoint(server.base_url, key), REQUEST, caller)
    assert server.count() == before
    assert not holds_a_secret(told_of_ours(raised.value))
    assert not holds_a_secret(caplog.text)


def test_a_wrong_key_is_named_as_such_and_not_shown(server: TinyProcess, caller: Caller) -> None:
    wrong = "sk-another-Key-0f-s0mebody"
    with pytest.raises(SamplingError, match="key") as raised:
        draw(endpoint(server.base_url, wrong), REQUEST, caller)
    assert wrong not in str(raised.value)
    assert "not shown" in str(raised.value)


def test_errors_travel_between_processes_whole() -> None:
    error = pickle.loads(pickle.dumps(EndpointBusy("later", 429, 7.0)))
    assert (str(error), error.status, error.retry_after) == ("later", 429, 7.0)


def test_a_dead_server_tells_nothing_of_the_key(caller: Caller) -> None:
    with pytest.raises(EndpointBusy) as raised:
        draw(endpoint(f"http://127.0.0.1:{free_port()}/v1"), REQUEST, caller)
    assert not holds_a_secret(told_of_ours(raised.value))
