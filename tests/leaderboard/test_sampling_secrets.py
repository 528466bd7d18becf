"""Keys of model servers: encrypted where they lie, shown nowhere, gone when they are not needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse

from leaderboard.errors import Refused, SecretLost
from leaderboard.models import Sampling, ServerKey
from leaderboard.services import sampling, secrets
from leaderboard.services.sampling_order import Key, Server
from leaderboard.services.sampling_server import server_of
from tests.leaderboard.sampling_data import CANARY, asker, draw_all, order_for, sampler
from tests.leaderboard.workers import scheduler, wait_until
from tests.tiny_model.process import TinyProcess, tiny_process

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_key_opens_again_and_its_cipher_text_does_not_hold_it() -> None:
    stored = secrets.encrypt(CANARY)
    assert CANARY not in stored
    assert secrets.encrypt(CANARY) != stored  # equal keys can't be told by their cipher texts
    assert secrets.decrypt(stored) == CANARY
    assert secrets.decrypt(secrets.encrypt("")) == ""


def test_a_new_secret_key_opens_what_the_old_one_closed_as_long_as_that_is_named(settings: Any) -> None:
    stored = secrets.encrypt(CANARY)
    before = settings.SECRET_KEY
    settings.SECRET_KEY = "another one"
    with pytest.raises(SecretLost, match="SECRET_KEY was changed"):
        secrets.decrypt(stored)
    settings.SECRET_KEY_FALLBACKS = [before]
    assert secrets.decrypt(stored) == CANARY
    settings.SECRET_KEY_FALLBACKS = []
    assert secrets.decrypt(secrets.encrypt("new")) == "new"


def test_a_sampling_whose_key_can_not_be_opened_pauses_and_says_why(
    model_server: TinyProcess, settings: Any
) -> None:
    row = sampling.start(*asker(1), order_for(model_server.base_url), Key(CANARY))
    settings.SECRET_KEY = "another one"
    draw_all(row)
    assert row.status == "paused"
    assert "SECRET_KEY was changed" in row.said
    sampling.resume(row, Key(CANARY))
    assert draw_all(row).status == "done"


def test_a_key_goes_with_the_end_of_its_sampling_and_a_kept_one_stays(model_server: TinyProcess) -> None:
    owner, benchmark = asker(1)
    kept = secrets.keep(owner, "my server", CANARY, server_of(model_server.base_url))
    for key in (Key(CANARY), Key(kept=kept)):
        row = sampling.start(owner, benchmark, order_for(model_server.base_url), key)
        assert draw_all(row).status == "done"
        assert (row.secret, row.server_key) == ("", None)
        assert {asked["headers"].get("authorization") for asked in model_server.asked()} == {
            f"Bearer {CANARY}"
        }
    assert secrets.decrypt(ServerKey.objects.get().secret) == CANARY


def test_a_kept_key_that_is_deleted_pauses_what_uses_it(model_server: TinyProcess) -> None:
    owner, benchmark = asker(1)
    kept = secrets.keep(owner, "my server", CANARY, server_of(model_server.base_url))
    row = sampling.start(owner, benchmark, order_for(model_server.base_url), Key(kept=kept))
    secrets.forget(kept)
    draw_all(row)
    assert (row.status, row.said) == ("paused", "The key was deleted. Give it again.")
    assert model_server.count() == 0


def test_nobody_uses_another_ones_kept_key() -> None:
    kept = secrets.keep(User.objects.create(username="eve"), "hers", CANARY, "https://models.example.org")
    with pytest.raises(Refused, match="no such key of yours"):
        sampling.start(*asker(1), order_for("https://models.example.org/v1"), Key(kept=kept))


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/v1",
        "https://models.example.org:8443/v1",
        "https://models.example.org.evil.example/v1",
        "https://evil.example/models.example.org/v1",
        "local",
    ],
)
def test_a_kept_key_is_sent_to_its_own_server_alone(address: str, settings: Any) -> None:
    settings.SAMPLING_LOCAL_MODELS = ["tiny-words"]
    owner, benchmark = asker(1)
    kept = secrets.keep(owner, "lab", CANARY, server_of("https://Models.example.org:443/v1"))
    assert kept.server == "https://models.example.org"
    for do in (sampling.dry_run, sampling.start):
        with pytest.raises(Refused, match=r"kept for https://models\.example\.org, and is sent nowhere else"):
            do(owner, benchmark, order_for(address), Key(kept=kept))
    assert not Sampling.objects.exists()
    again = order_for("https://MODELS.example.org/other/v2")
    assert sampling.dry_run(owner, benchmark, again, Key(kept=kept)).server_key == kept


def test_a_kept_key_that_knows_no_server_is_sent_to_none() -> None:
    owner, benchmark = asker(1)
    kept = ServerKey.objects.create(owner=owner, name="old", secret=secrets.encrypt(CANARY))
    with pytest.raises(Refused, match="Keep it anew"):
        sampling.dry_run(owner, benchmark, order_for("https://models.example.org/v1"), Key(kept=kept))


def test_a_name_is_kept_once_and_keys_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    owner, _ = asker()
    secrets.keep(owner, "one", CANARY, "https://models.example.org")
    with pytest.raises(Refused, match="already"):
        secrets.keep(owner, "one", "other", "https://models.example.org")
    monkeypatch.setattr(secrets, "MOST_KEYS", 1)
    with pytest.raises(Refused, match="1 keys at most"):
        secrets.keep(owner, "two", CANARY, "https://models.example.org")


def test_no_repr_holds_a_key() -> None:
    assert CANARY not in repr(Key(CANARY))
    assert CANARY not in repr(Server("https://models.example.org/v1", "m"))


def test_the_key_is_in_no_file_no_message_no_log_and_on_no_page(
    local_allowed: None, tmp_path: Path, empty_queue: None, client: Client
) -> None:
    log = tmp_path / "log"
    admin = User.objects.create_superuser("root", password="x")
    _, benchmark = asker(2)
    pages: list[bytes] = []
    with tiny_process("--key", CANARY) as server, scheduler(log), sampler(log):
        kept = secrets.keep(admin, "canary", CANARY, server_of(server.base_url))
        wrong = sampling.start(admin, benchmark, order_for(server.base_url), Key(CANARY[:-1] + "X"))
        tried = sampling.dry_run(admin, benchmark, order_for(server.base_url), Key(CANARY))
        row = sampling.start(admin, benchmark, order_for(server.base_url, n=20), Key(CANARY))
        server.fault("status", status=500, text=f"the key {CANARY} is odd", times=2)
        wait_until(lambda: Sampling.objects.get(pk=wrong.pk).status == "paused", "the wrong key's pause")
        wait_until(lambda: Sampling.objects.get(pk=tried.pk).status == "ready", "the dry run")
        client.force_login(admin)
        pages += _pages(client, [wrong, tried, row], kept)
        wait_until(lambda: Sampling.objects.get(pk=row.pk).status == "done", "the end")
        pages += _pages(client, [wrong, tried, row], kept)
        files = _files(log)
    canary = CANARY.encode()
    assert not [place for place, data in files.items() if canary in data or canary[:-1] in data]
    assert len(files) >= 3
    assert not [page for page in pages if canary in page or canary[:-1] in page]
    assert any(b"doesn&#x27;t accept the key" in page for page in pages)


def _pages(client: Client, rows: list[Sampling], kept: ServerKey) -> list[bytes]:
    addresses = [reverse("sample"), reverse("sample-keys"), reverse("account")]
    addresses.append(f"{reverse('sample')}?from={rows[0].pk}")
    addresses.append(reverse("admin:leaderboard_sampling_changelist"))
    for row in rows:
        addresses += [reverse("sampling", args=[row.pk]), reverse("sampling-state", args=[row.pk])]
        addresses.append(reverse("admin:leaderboard_sampling_change", args=[row.pk]))
        addresses += [reverse("run", args=[run.pk]) for run in row.runs.all()]
    answers = [client.get(address) for address in addresses]
    assert {answer.status_code for answer in answers} == {200}
    assert kept.name.encode() in answers[1].content
    return [answer.content for answer in answers]


def _files(log: Path) -> dict[str, bytes]:
    """The worker's log and all that lies in the data folder: database, journal, queue."""
    found = {str(path): path.read_bytes() for path in Path(site.DATA_DIR).rglob("*") if path.is_file()}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT s::text FROM leaderboard_sampling s"
                " UNION ALL SELECT k::text FROM leaderboard_serverkey k"
            )
            found["tables"] = "".join(text for (text,) in cursor.fetchall()).encode()
        found["nothing else"] = b""
    return found | {"log": log.read_bytes()}
