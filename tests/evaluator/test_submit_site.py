"""How a site's answers, refusals and failures reach who submits, from a real HTTP server."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from evaluator.errors import InputError, SiteUnreachable, SubmissionRefused
from evaluator.submit.site import Patience, Question, Site, checked_address
from tests.evaluator.replying_server import Reply, Server, serving

QUICK = Patience(tries=3, first_pause=0.01)
TOKEN = "pb_secret"
ME = Question("GET", "/me")


def ask(server: Server, question: Question = ME, **options: Any) -> Any:
    return Site(server.address, TOKEN, patience=QUICK, **options).ask(question).document


def problem(status: int, **details: Any) -> Reply:
    return Reply(status, json.dumps({"status": status, **details}).encode())


def test_a_question_carries_token_body_and_key() -> None:
    with serving(Reply(201, b'{"id": "7"}')) as server:
        found = ask(server, Question("POST", "/runs", {"n": 1}, key="k-1"))
    ((method, path, headers, body),) = server.asked
    assert (method, path, json.loads(body)) == ("POST", "/api/v1/runs", {"n": 1})
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["Idempotency-Key"] == "k-1"
    assert found == {"id": "7"}


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (problem(401, detail="This token is unknown."), ["This token is unknown.", "PASSBOARD_TOKEN"]),
        (problem(403, detail="This token lacks the scope “write”."), ["lacks the scope"]),
        (problem(404), ["no such address"]),
        (Reply(413, b"<html>too large</html>"), ["larger than the site takes", "gzip"]),
        (
            problem(
                422, detail="2 bad lines.", errors=[{"line": 3, "field": "task_id", "message": "is missing"}]
            ),
            ["2 bad lines.", "line 3, task_id: is missing"],
        ),
        (problem(422, detail=["not", "a", "text"], errors="none"), ["status 422"]),
        (
            Reply(302, b"", {"Location": "https://elsewhere.example/"}),
            ["https://elsewhere.example/", "--site"],
        ),
    ],
)
def test_a_refusal_is_told_in_the_sites_words_and_what_to_do(reply: Reply, words: list[str]) -> None:
    with serving(reply) as server, pytest.raises(SubmissionRefused) as refused:
        ask(server)
    assert refused.value.status == reply.status
    assert len(server.asked) == 1, "asking again would not help"
    for word in words:
        assert word in str(refused.value)


def test_what_a_site_says_reaches_no_terminal_as_control_characters() -> None:
    with (
        serving(problem(422, detail="\x1b[2J\u202eevil")) as server,
        pytest.raises(SubmissionRefused) as refused,
    ):
        ask(server)
    assert str(refused.value).isprintable()


def test_many_errors_are_counted_and_the_first_shown() -> None:
    errors = [{"field": f"f{number}", "message": "is wrong"} for number in range(50)]
    with (
        serving(problem(422, detail="Bad.", errors=errors)) as server,
        pytest.raises(SubmissionRefused) as refused,
    ):
        ask(server)
    assert "f19: is wrong" in str(refused.value)
    assert "f20" not in str(refused.value)
    assert "and 30 more" in str(refused.value)


@pytest.mark.parametrize(
    "first",
    [Reply(cut=True), problem(429, detail="Later."), Reply(503), Reply(502, b"<html>bad gateway")],
    ids=["cut", "429", "503", "502"],
)
def test_what_may_pass_is_tried_again_and_told(first: Reply) -> None:
    said: list[str] = []
    with serving(first, Reply(200, b'{"ok": true}')) as server:
        assert ask(server, tell=said.append) == {"ok": True}
    assert len(server.asked) == 2
    assert len(said) == 1
    assert "Trying again" in said[0]


def test_it_waits_as_long_as_the_site_says() -> None:
    said: list[str] = []
    with serving(Reply(429, b"", {"Retry-After": "0"}), Reply()) as server:
        ask(server, tell=said.append)
    assert "in 0 s" in said[0]


def test_a_request_whose_first_try_is_still_being_done_is_asked_for_again() -> None:
    busy = problem(409, detail="The request with this key is being done right now.")
    with serving(Reply(cut=True), busy, Reply(201, b'{"id": 7}')) as server:
        assert ask(server, Question("POST", "/uploads/parts", {}, key="k")) == {"id": 7}
    assert {headers["Idempotency-Key"] for _, _, headers, _ in server.asked} == {"k"}


def test_a_conflict_at_the_first_try_is_a_refusal() -> None:
    with (
        serving(problem(409, detail="Five uploads.")) as server,
        pytest.raises(SubmissionRefused, match="Five"),
    ):
        ask(server, Question("POST", "/uploads/parts", {}, key="k"))
    assert len(server.asked) == 1


def test_after_so_many_tries_it_gives_up() -> None:
    with serving(Reply(503)) as server, pytest.raises(SiteUnreachable):
        ask(server)
    assert len(server.asked) == QUICK.tries


def test_a_fault_of_the_site_is_not_repeated_and_names_what_its_operator_needs() -> None:
    with (
        serving(problem(500, detail="The site failed.", instance="a1b2")) as server,
        pytest.raises(SiteUnreachable, match="a1b2"),
    ):
        ask(server)
    assert len(server.asked) == 1


@pytest.mark.parametrize("body", [b"<html>", b"[1,", b"\xff"])
def test_an_answer_that_is_no_json_is_told_apart(body: bytes) -> None:
    with serving(Reply(200, body)) as server, pytest.raises(SiteUnreachable, match="not as Passboard"):
        ask(server)


def test_nothing_listens() -> None:
    with serving(Reply()) as server:
        address = server.address
    with pytest.raises(SiteUnreachable, match="Nothing answers"):
        Site(address, TOKEN, patience=QUICK).ask(ME)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and self-signed certificate of 127.0.0.1 in one file."""
    folder = tmp_path_factory.mktemp("tls")
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "cert.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "both.pem").write_bytes(text + made.public_bytes(Encoding.PEM))
    return folder / "both.pem"


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Path) -> None:
    with (
        serving(Reply(), certificate=certificate) as server,
        pytest.raises(SiteUnreachable, match="--ca-file"),
    ):
        ask(server)
    assert not server.asked, "no token may travel"


def test_a_certificate_of_ones_own_authority_is_accepted(certificate: Path) -> None:
    with serving(Reply(200, b"[]"), certificate=certificate) as server:
        assert ask(server, ca_file=certificate.with_name("cert.pem")) == []


def test_https_where_http_is_spoken_is_told() -> None:
    with serving(Reply()) as server, pytest.raises(SiteUnreachable, match="Is it really https"):
        Site(server.address.replace("http", "https"), TOKEN, patience=QUICK).ask(ME)


@pytest.mark.parametrize(
    "text", ["", "board.example.org", "ftp://x", "https://", "https://u:p@x", "http://x:99999", "https://x?y"]
)
def test_what_is_no_sites_address_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="--site"):
        checked_address(text)


@pytest.mark.parametrize(
    "text", ["https://x.org/", "https://x.org", "https://x.org/api/v1/", "https://x.org/api/v1"]
)
def test_an_address_may_end_as_people_copy_it(text: str) -> None:
    assert checked_address(text) == "https://x.org"


@pytest.mark.parametrize(
    ("address", "open_text"),
    [("http://board.example.org", True), ("http://127.0.0.1:8000", False), ("https://x", False)],
)
def test_it_knows_where_a_token_would_travel_unencrypted(address: str, open_text: bool) -> None:
    assert Site(address, TOKEN).is_open_text is open_text
