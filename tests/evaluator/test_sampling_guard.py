"""Ways to make a site call what lies inside of its network, each tried on a real server; none arrives."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from evaluator.errors import EndpointBusy, EndpointRefused, InputError
from evaluator.sampling.addresses import is_public
from evaluator.sampling.caller import Caller, Caps, Question
from evaluator.sampling.client import draw
from evaluator.sampling.guard import CLOSED_PORTS, Reach, Target, target_of
from evaluator.sampling.records import Endpoint, SamplingRequest
from tests.evaluator.sampling_canary import Canary, canary, connections, has_ipv6

CAPS = Caps(connect_seconds=2, total_seconds=5)
# Hosts that mean this machine or its network to somebody, with or without a name.
_HOSTS = """
127.0.0.1 127.0.0.2 127.255.255.254 127.1 127.0.1 127.0.0.01 0177.0.0.1 0x7f.0.0.1 0x7f.1
0x7F000001 2130706433 017700000001 0x7f000001 127.0.0.1. 0 0.0.0.0 00000000 localhost LocalHost localhost.
127.0.0.1.0x1 [::1] [::] [0:0:0:0:0:0:0:1] [0000::0001] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1]
[::ffff:0:127.0.0.1] [2002:7f00:1::1] [64:ff9b::127.0.0.1] [64:ff9b:1::7f00:1]
[2001:0:4136:e378:8000:63bf:80ff:fffe]
[2606:4700::5efe:127.0.0.1] [2606:4700::200:5efe:10.0.0.1] [fe80::5efe:127.0.0.1] [fe80::1] [fd00::1]
[fec0::1] [ff02::1] [::1%lo] [fe80::1%25lo] [::1%25lo] [2001:db8::1] [3fff::1] [100::1] [5f00::1] ::1
10.0.0.1 172.16.0.1 172.31.255.255 192.168.0.1 169.254.169.254 100.64.0.1 100.100.100.200 192.0.0.192
192.88.99.1 198.18.0.1 198.19.255.255 192.0.2.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1
255.255.255.255 １２７.0.0.1 ①②⑦.⓪.⓪.① 127。0。0。1 127．0．0．1 ｌｏｃａｌｈｏｓｔ ⓛⓞⓒⓐⓛⓗⓞⓢⓣ ١٢٧.0.0.1
%31%32%37.0.0.1 127%2e0%2e0%2e1 localhost%00.example.org 127.0.0.1%20 127.0.0.1%23.example.org
"""
INSIDE_HOSTS = tuple(_HOSTS.split())
# Whole addresses that are read in one way here and in another one there. {} is the canary's port.
INSIDE_URLS = (
    "http://api.example.org@127.0.0.1:{}/v1",
    "http://127.0.0.1:{}@api.example.org/v1",
    "https://api.example.org:443@127.0.0.1:{}/",
    "https://api.example.org\\@127.0.0.1:{}/",
    "https://api.example.org#@127.0.0.1:{}/",
    "https://api.example.org?@127.0.0.1:{}/",
    "http://127.0.0.1:{}#.example.org/",
    "http:\\\\127.0.0.1:{}\\v1",
    "http:/127.0.0.1:{}/",
    "http:127.0.0.1:{}",
    "http:///127.0.0.1:{}/",
    "//127.0.0.1:{}/",
    "127.0.0.1:{}/v1",
    " http://127.0.0.1:{}/",
    "http://127.0.0.1:{}/ ",
    "http://127.0.0.1\t:{}/",
    "http://127.0.0.1\n:{}/",
    "http://127.0.0.1:{}\r\nHost: example.org/",
    "ht\ntp://127.0.0.1:{}/",
    "http://local\u00adhost:{}/",
    "http://local\u200bhost:{}/",
    "http://0127.0.0.1:{}/",
    "http://[127.1]:{}/",
    "http://127.0.0.1:+{}/",
    "http://127.0.0.1:{}.0/",
    "http://127.0.0.1:{}:443/",
    "http://[::1]:{}.example.org/",
    "http://[::1]@127.0.0.1:{}/",
    "http://[127.0.0.1]:{}/",
    "gopher://127.0.0.1:{}/_POST",
    "ftp://127.0.0.1:{}/",
    "ws://127.0.0.1:{}/",
    "http+unix://127.0.0.1:{}/",
    "file:///etc/passwd#{}",
    "unix:///run/docker.sock#{}",
    "dict://127.0.0.1:{}/info",
    "jar:http://127.0.0.1:{}!/",
    "data:application/json,{{}}#{}",
    "url:http://127.0.0.1:{}/",
    "https://127.0.0.1:{}/v1/../../",
)
# What a name may resolve to, in the order of the answers.
INSIDE_ANSWERS = (
    ["127.0.0.1"],
    ["::1"],
    ["0.0.0.0"],
    ["::"],
    ["::ffff:127.0.0.1"],
    ["::ffff:7f00:1"],
    ["10.0.0.1"],
    ["169.254.169.254"],
    ["fd00::1"],
    ["fe80::1%lo"],
    ["64:ff9b::7f00:1"],
    ["2002:7f00:1::1"],
    ["93.184.215.14", "127.0.0.1"],
    ["127.0.0.1", "93.184.215.14"],
    ["2606:4700::1111", "::1"],
    ["2130706433"],
    ["0177.0.0.1"],
    ["localhost"],
    [""],
    [],
)


@pytest.fixture(scope="module")
def bird() -> Iterator[Canary]:
    with canary() as one:
        yield one


@pytest.fixture(autouse=True)
def unhurt(bird: Canary) -> None:
    bird.hits.clear()


def ask(caller: Caller, url: str) -> str:
    """The text that is drawn from a server at this address."""
    return draw(Endpoint(url, "model", key="key"), SamplingRequest("prompt", n=1), caller)[0].text


def ask_past_the_first_line(caller: Caller, scheme: str, host: str, port: int) -> None:
    """Straight to the connection, as if the address had never been looked at."""
    with pytest.raises((EndpointRefused, EndpointBusy)):
        caller.post(Target(scheme, host.strip("[]"), port, "/v1"), Question("/completions", (), b"{}"))


def test_the_list_is_long_and_the_canary_is_alive(bird: Canary) -> None:
    assert len(INSIDE_HOSTS) + len(INSIDE_URLS) + len(INSIDE_ANSWERS) >= 135
    allowed = Caller(Reach.of("127.0.0.1"), CAPS)
    with connections() as made:
        assert ask(allowed, f"http://127.0.0.1:{bird.port}/v1") == "reached"
    assert made == ["127.0.0.1"]
    assert bird.hits


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", INSIDE_HOSTS)
def test_no_spelling_of_an_inner_host_gets_through(bird: Canary, host: str, scheme: str) -> None:
    caller = Caller(Reach(), CAPS)
    with connections() as made:
        with pytest.raises(EndpointRefused):
            ask(caller, f"{scheme}://{host}:{bird.port}/v1")
        if host.isascii() and "%" not in host:
            ask_past_the_first_line(caller, scheme, host, bird.port)
    assert (made, bird.hits) == ([], [])


@pytest.mark.parametrize("url", INSIDE_URLS)
def test_no_ambiguous_address_gets_through(bird: Canary, url: str) -> None:
    # Even where the canary's own address is allowed: what can be read in two ways is not read at all.
    for reach in (Reach(), Reach.of("127.0.0.1")):
        with connections() as made, pytest.raises(EndpointRefused):
            ask(Caller(reach, CAPS), url.format(bird.port))
        assert (made, bird.hits) == ([], [])


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("answers", INSIDE_ANSWERS, ids=" ".join)
def test_no_name_that_leads_inside_gets_through(bird: Canary, answers: list[str], scheme: str) -> None:
    caller = Caller(Reach(), CAPS, resolver=lambda host, port: answers)
    with connections() as made, pytest.raises((EndpointRefused, EndpointBusy)):
        ask(caller, f"{scheme}://models.example.org:{bird.port}/v1")
    assert (made, bird.hits) == ([], [])


def test_a_name_that_changes_its_mind_is_asked_once_and_the_checked_address_is_called(bird: Canary) -> None:
    """DNS rebinding: allowed when it is checked, the canary's when it is called."""
    answers = iter([["127.0.0.2"], ["127.0.0.1"], ["127.0.0.1"]])
    caller = Caller(Reach.of("127.0.0.2"), CAPS, resolver=lambda host, port: next(answers))
    with connections() as made:
        with pytest.raises(EndpointBusy):
            ask(caller, f"http://models.example.org:{bird.port}/v1")
        with pytest.raises(EndpointRefused):
            ask(caller, f"http://models.example.org:{bird.port}/v1")
    assert (made, bird.hits) == (["127.0.0.2"], [])


def test_one_closed_address_among_the_answers_closes_the_name(bird: Canary) -> None:
    for answers in (["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "127.0.0.2"]):
        caller = Caller(Reach.of("127.0.0.2"), CAPS, resolver=lambda host, port, them=answers: them)
        with connections() as made, pytest.raises(EndpointRefused):
            ask(caller, f"http://models.example.org:{bird.port}/v1")
        assert (made, bird.hits) == ([], [])


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"])
def test_a_proxy_of_the_environment_is_not_asked(
    bird: Canary, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, f"http://127.0.0.1:{bird.port}")
    caller = Caller(Reach.of("127.0.0.2"), CAPS, resolver=lambda host, port: ["127.0.0.2"])
    with connections() as made, pytest.raises(EndpointBusy):
        ask(caller, f"http://models.example.org:{bird.port}/v1")
    assert (made, bird.hits) == (["127.0.0.2"], [])


def test_a_connection_of_a_wider_reach_is_not_taken_over_by_a_narrower_one(bird: Canary) -> None:
    wide = Caller(Reach.of("127.0.0.1"), CAPS)
    assert ask(wide, f"http://127.0.0.1:{bird.port}/v1") == "reached"
    before = len(bird.hits)
    with pytest.raises(EndpointRefused):
        ask(Caller(Reach(), CAPS), f"http://127.0.0.1:{bird.port}/v1")
    assert len(bird.hits) == before


@pytest.mark.parametrize("port", [0, 22, 25, 79, 1023, 2375, 5432, 6379, 11211, 65536, 99999])
def test_ports_of_other_services_are_closed_even_in_allowed_networks(port: int) -> None:
    with connections() as made, pytest.raises(EndpointRefused, match="Port"):
        ask(Caller(Reach.of("127.0.0.1"), CAPS), f"http://127.0.0.1:{port}/v1")
    assert made == []


def test_ports_that_models_answer_on_are_open() -> None:
    assert not CLOSED_PORTS & {80, 443, 1234, 3000, 4000, 5000, 8000, 8001, 8080, 8443, 11434, 30000}


def test_plain_http_is_for_allowed_networks_only() -> None:
    caller = Caller(Reach(), CAPS, resolver=lambda host, port: ["93.184.215.14"])
    with connections() as made, pytest.raises(EndpointRefused, match="https"):
        ask(caller, "http://models.example.org/v1")
    assert made == []


def test_what_the_operator_allows_is_reached_by_address_and_by_name(bird: Canary) -> None:
    reach = Reach.of("127.0.0.0/8, ::1")
    assert ask(Caller(reach, CAPS), f"http://127.0.0.1:{bird.port}/v1") == "reached"
    assert ask(Caller(reach, CAPS), f"HTTP://localhost:{bird.port}/v1/") == "reached"
    named = Caller(reach, CAPS, resolver=lambda host, port: ["127.0.0.1"])
    assert ask(named, f"http://models.example.org:{bird.port}") == "reached"
    if has_ipv6():
        assert ask(Caller(reach, CAPS), f"http://[::1]:{bird.port}/v1") == "reached"


def test_the_next_address_is_tried_where_the_first_does_not_answer(bird: Canary) -> None:
    caller = Caller(Reach.of("127.0.0.0/8"), CAPS, resolver=lambda host, port: ["127.0.0.2", "127.0.0.1"])
    assert ask(caller, f"http://models.example.org:{bird.port}/v1") == "reached"


def test_no_refusal_repeats_the_address_or_what_a_name_resolves_to() -> None:
    caller = Caller(Reach(), CAPS, resolver=lambda host, port: ["10.11.12.13"])
    for url in ("https://secret-name.example.org/v1", "https://u:secret-name@x.example.org", "secret-name"):
        with pytest.raises(EndpointRefused) as refused:
            ask(caller, url)
        assert "secret-name" not in str(refused.value)
        assert "10.11" not in str(refused.value)


@pytest.mark.parametrize("text", ["10.0.0.1/8", "localhost", "10.0.0.0/33", "10.0.0.0-10.0.0.9", "::1%lo/"])
def test_networks_that_can_not_be_read_are_named(text: str) -> None:
    with pytest.raises(InputError, match="network"):
        Reach.of(f"127.0.0.1, {text}")


def test_ordinary_addresses_are_public_and_read_as_they_are_written() -> None:
    for text in ("8.8.8.8", "93.184.215.14", "2606:4700::1111", "2a00:1450:4001::1"):
        assert is_public(ip_address(text))
    target = target_of("https://API.example.org:8443/openai/v1/", Reach())
    assert target == Target("https", "api.example.org", 8443, "/openai/v1")
    assert target.host_header == "api.example.org:8443"
    assert target_of("https://[2606:4700::1111]", Reach()).host_header == "[2606:4700::1111]"
