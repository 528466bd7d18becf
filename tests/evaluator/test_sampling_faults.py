"""What goes wrong between us and a server, each case on a real one: when to ask again, and when not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from evaluator.errors import EndpointBusy, EndpointRefused
from evaluator.sampling.caller import Caller, Caps, shared_caller
from evaluator.sampling.client import draw
from evaluator.sampling.guard import Reach
from evaluator.sampling.records import Endpoint, SamplingRequest
from tests.evaluator.sampling_canary import canary
from tests.evaluator.sampling_certificates import certificate_for
from tests.tiny_model.process import TinyProcess, free_port, tiny_process

REACH = Reach.of("127.0.0.1")
CAPS = Caps(connect_seconds=3, total_seconds=20, answer_bytes=1 << 20)
REQUEST = SamplingRequest("def add(a, b):\n", n=1, max_tokens=8, temperature=0)
HTML = "<!doctype html><title>Sign in</title>"

BUSY = (
    ({"kind": "status", "status": 429}, "asked too often"),
    ({"kind": "status", "status": 408}, "problem of its own"),
    ({"kind": "status", "status": 500, "text": "CUDA out of memory"}, "CUDA out of memory"),
    ({"kind": "status", "status": 503, "text": '{"error": "loading model"}'}, "loading model"),
    ({"kind": "html", "status": 502}, "problem of its own"),
    ({"kind": "html", "status": 504}, "problem of its own"),
    ({"kind": "cut"}, "cut"),
    ({"kind": "empty"}, "cut"),
)
REFUSED = (
    (
        {"kind": "status", "status": 400, "text": '{"error": {"message": "prompt too long"}}'},
        "prompt too long",
    ),
    ({"kind": "status", "status": 422, "text": '{"detail": [{"loc": ["body"]}]}'}, "body"),
    ({"kind": "status", "status": 401}, "key"),
    ({"kind": "status", "status": 403, "text": "no access"}, "no access"),
    ({"kind": "status", "status": 402, "text": '{"message": "pay first"}'}, "pay first"),
    ({"kind": "html", "status": 404}, "/v1"),
    ({"kind": "status", "status": 429, "text": '{"error": {"code": "insufficient_quota"}}'}, "nothing left"),
    ({"kind": "status", "status": 501}, "refuses"),
    ({"kind": "status", "status": 204}, "refuses"),
    ({"kind": "html", "status": 200}, "HTML"),
    ({"kind": "garbage"}, "makes no sense"),
    ({"kind": "raw", "text": ""}, "makes no sense"),
    ({"kind": "raw", "text": '{"choices": [], "a": "' + "x" * (1 << 20) + '"}'}, "larger than"),
    ({"kind": "status", "status": 200, "text": "{}", "headers": [["Content-Encoding", "gzip"]]}, "packs"),
)


@pytest.fixture(scope="module")
def server() -> Iterator[TinyProcess]:
    with tiny_process() as process:
        yield process


@pytest.fixture
def caller(server: TinyProcess) -> Iterator[Caller]:
    server.sound()
    with Caller(REACH, CAPS) as one:
        yield one


def ask(server: TinyProcess, caller: Caller) -> str:
    return draw(Endpoint(server.base_url, server.model, key="a-secret-key"), REQUEST, caller)[0].text


@pytest.mark.parametrize(("fault", "said"), BUSY)
def test_what_may_pass_is_worth_another_try(
    server: TinyProcess, caller: Caller, fault: dict[str, Any], said: str
) -> None:
    server.fault(**fault)
    with pytest.raises(EndpointBusy, match=said) as busy:
        ask(server, caller)
    assert busy.value.status == (fault.get("status"))
    assert ask(server, caller), "the next question is answered"


@pytest.mark.parametrize(("fault", "said"), REFUSED)
def test_what_will_not_pass_is_not_worth_another_try(
    server: TinyProcess, caller: Caller, fault: dict[str, Any], said: str
) -> None:
    server.fault(**fault)
    with pytest.raises(EndpointRefused, match=said):
        ask(server, caller)
    assert ask(server, caller), "the next question is answered"


def in_half_an_hour() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(minutes=30), usegmt=True)


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [
        ("7", 7, 7),
        ("0.5", 0.5, 0.5),
        ("1e9", 86_400, 86_400),
        (in_half_an_hour(), 1000, 1800),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0),
    ],
    ids=["whole seconds", "half a second", "for ever", "a date", "a date that is past"],
)
def test_the_server_says_how_long_to_wait(
    server: TinyProcess, caller: Caller, header: str, low: float, high: float
) -> None:
    server.fault("status", status=429, headers=[["Retry-After", header]])
    with pytest.raises(EndpointBusy) as busy:
        ask(server, caller)
    assert busy.value.retry_after is not None
    assert low <= busy.value.retry_after <= high


@pytest.mark.parametrize("header", ["soon", "-3", "nan", "inf", "1;2", "99999999999999999999999999 GMT", ""])
def test_a_wait_that_makes_no_sense_is_none(server: TinyProcess, caller: Caller, header: str) -> None:
    server.fault("status", status=503, headers=[["Retry-After", header]])
    with pytest.raises(EndpointBusy) as busy:
        ask(server, caller)
    assert busy.value.retry_after is None


@pytest.mark.parametrize("fault", [{"kind": "slow", "seconds": 30}, {"kind": "drip", "seconds": 0.05}])
def test_a_slow_answer_is_given_up_even_if_it_never_pauses_for_long(
    server: TinyProcess, fault: dict[str, Any]
) -> None:
    server.sound()
    server.fault(**fault)
    with Caller(REACH, Caps(total_seconds=1)) as impatient, pytest.raises(EndpointBusy, match="1 seconds"):
        ask(server, impatient)


def test_a_redirect_is_refused_and_nobody_goes_there(server: TinyProcess, caller: Caller) -> None:
    with canary() as bird:
        for status in (301, 302, 303, 307, 308):
            headers = [["Location", f"http://127.0.0.1:{bird.port}/v1/completions"]]
            server.fault("status", status=status, headers=headers)
            with pytest.raises(EndpointRefused, match="redirects"):
                ask(server, caller)
        assert bird.hits == []


def test_where_nothing_listens_is_worth_another_try(caller: Caller) -> None:
    with pytest.raises(EndpointBusy, match="reached"):
        draw(Endpoint(f"http://127.0.0.1:{free_port()}/v1", "model"), REQUEST, caller)


def test_an_unknown_model_and_a_wrong_path_are_named(server: TinyProcess, caller: Caller) -> None:
    with pytest.raises(EndpointRefused, match="does not exist") as refused:
        draw(Endpoint(server.base_url, "gpt-9"), REQUEST, caller)
    assert refused.value.status == 404
    with pytest.raises(EndpointRefused, match="/v1"):
        draw(Endpoint(server.base_url.removesuffix("/v1"), server.model), REQUEST, caller)


def test_certificates_are_checked_against_the_name_and_not_the_address(tmp_path: Path) -> None:
    made = certificate_for("models.example.org", tmp_path)
    with tiny_process("--certificate", str(made.pem)) as server:
        address = f"https://models.example.org:{server.port}/v1"
        with Caller(REACH, CAPS, resolver=lambda host, port: ["127.0.0.1"], tls=made.trusting()) as caller:
            assert draw(Endpoint(address, server.model), REQUEST, caller)
            with pytest.raises(EndpointRefused, match="certificate"):
                draw(Endpoint(address.replace("models", "other"), server.model), REQUEST, caller)
        with (
            Caller(REACH, CAPS, resolver=lambda host, port: ["127.0.0.1"]) as stranger,
            pytest.raises(EndpointRefused, match="certificate"),
        ):
            draw(Endpoint(address, server.model), REQUEST, stranger)


def test_a_server_without_tls_is_told_from_one_that_is_down(server: TinyProcess, caller: Caller) -> None:
    with pytest.raises((EndpointRefused, EndpointBusy), match="TLS"):
        draw(Endpoint(server.base_url.replace("http:", "https:"), server.model), REQUEST, caller)


def test_the_name_stands_in_the_host_header(server: TinyProcess) -> None:
    with Caller(REACH, CAPS, resolver=lambda host, port: ["127.0.0.1"]) as caller:
        draw(Endpoint(f"http://models.example.org:{server.port}/v1", server.model), REQUEST, caller)
    assert server.asked()[-1]["headers"]["host"] == f"models.example.org:{server.port}"


def test_a_process_has_one_pool_for_one_reach() -> None:
    assert shared_caller(REACH) is shared_caller(Reach.of("127.0.0.1"))
    assert shared_caller(REACH) is not shared_caller(Reach())


def test_an_answer_has_no_more_room_than_its_tokens_need(server: TinyProcess) -> None:
    text = '{"choices": [{"text": "' + "y" * (1100 << 10) + '"}]}'
    with Caller(REACH) as caller:
        server.fault("raw", text=text)
        with pytest.raises(EndpointRefused, match="larger"):
            draw(Endpoint(server.base_url, server.model), REQUEST, caller)
        server.fault("raw", text=text.replace("y", "", 1 << 18))
        assert ask(server, caller)
