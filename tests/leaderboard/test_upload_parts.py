"""A sample file in pieces: by the services, and as the upload page's script sends it."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from leaderboard.errors import (
    OffsetMismatch,
    Refused,
    StorageFull,
    TooLarge,
    TooManyUploads,
    UploadGone,
    UploadRefused,
)
from leaderboard.models import Benchmark, Upload
from leaderboard.services import partial_uploads, uploads
from tests.leaderboard.run_data import MIXED, sample_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]
PARTS = "/upload/parts/"


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    return sample_file(tmp_path, MIXED).read_bytes()


def begun(owner: User, benchmark: Benchmark, content: bytes, **said: str) -> Upload:
    return partial_uploads.begin(owner, benchmark, "toy_T0.8.jsonl", len(content), **said)


class TestServices:
    def test_pieces_make_the_file_and_its_preview(
        self, ada: User, benchmark: Benchmark, content: bytes
    ) -> None:
        upload = begun(ada, benchmark, content, sha256=hashlib.sha256(content).hexdigest())
        assert partial_uploads.append(upload, 0, [content[:7], content[7:100]]) == 100
        with pytest.raises(Refused, match=r"100 of .* bytes have come"):
            partial_uploads.complete(upload)
        again = Upload.objects.get(pk=upload.pk)  # another request
        assert partial_uploads.append(again, 100, iter([content[100:]])) == len(content)
        done = partial_uploads.complete(again)
        assert Path(done.path).read_bytes() == content
        stored = Upload.objects.get(pk=upload.pk)
        assert (stored.ready, stored.preview["samples"]) == (True, 12)
        assert partial_uploads.complete(stored).preview == done.preview

    def test_bytes_for_another_place_are_refused_and_change_nothing(
        self, ada: User, benchmark: Benchmark, content: bytes
    ) -> None:
        upload = begun(ada, benchmark, content)
        stale = Upload.objects.get(pk=upload.pk)
        partial_uploads.append(upload, 0, [content[:50]])
        for offset in (0, 51):
            with pytest.raises(OffsetMismatch) as refusal:
                partial_uploads.append(stale, offset, [b"x" * 10])
            assert refusal.value.received == 50
        with pytest.raises(OffsetMismatch):
            partial_uploads.append(stale, 0, [])
        assert Path(upload.path).read_bytes() == content[:50]

    def test_what_came_before_a_connection_broke_is_kept(
        self, ada: User, benchmark: Benchmark, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(partial_uploads, "_PIECE_BYTES", 10)
        upload = begun(ada, benchmark, b"x" * 100)

        def breaks() -> Iterator[bytes]:
            yield b"y" * 25
            raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            partial_uploads.append(upload, 0, breaks())
        assert Upload.objects.get(pk=upload.pk).received == 25

    def test_more_bytes_than_announced_are_refused(self, ada: User, benchmark: Benchmark) -> None:
        upload = begun(ada, benchmark, b"x" * 10)
        with pytest.raises(TooLarge, match="10 announced"):
            partial_uploads.append(upload, 0, [b"x" * 11])
        assert Upload.objects.get(pk=upload.pk).received == 0

    @pytest.mark.parametrize(("size", "sha256"), [(0, ""), (-1, ""), (10, "abc"), (1001, "")])
    def test_what_can_never_become_a_file_is_refused_at_once(
        self, ada: User, benchmark: Benchmark, settings: Settings, size: int, sha256: str
    ) -> None:
        settings.MAX_UPLOAD_BYTES = 1000
        with pytest.raises(UploadRefused):
            partial_uploads.begin(ada, benchmark, "s.jsonl", size, sha256)
        assert not Upload.objects.exists()

    def test_another_file_than_announced_is_refused_and_removed(
        self, ada: User, benchmark: Benchmark, content: bytes
    ) -> None:
        upload = begun(ada, benchmark, content, sha256="0" * 64)
        partial_uploads.append(upload, 0, [content])
        with pytest.raises(UploadRefused, match="arrived with sha256"):
            partial_uploads.complete(upload)
        assert not Upload.objects.exists()
        assert not Path(upload.path).exists()

    def test_a_file_with_a_bad_line_is_refused_and_removed(self, ada: User, benchmark: Benchmark) -> None:
        upload = begun(ada, benchmark, b'{"task_id": "Toy/0", "completion": 7}\n')
        partial_uploads.append(upload, 0, [b'{"task_id": "Toy/0", "completion": 7}\n'])
        with pytest.raises(UploadRefused) as refusal:
            partial_uploads.complete(upload)
        assert refusal.value.bad_count == 1
        assert not Upload.objects.exists()
        with pytest.raises(UploadGone):
            partial_uploads.append(upload, 0, [b"x"])

    def test_unfinished_uploads_are_few_and_swept_after_a_day(self, ada: User, benchmark: Benchmark) -> None:
        rows = [begun(ada, benchmark, b"x") for _ in range(partial_uploads.MOST_UNFINISHED)]
        with pytest.raises(TooManyUploads, match="unfinished"):
            begun(ada, benchmark, b"x")
        begun(User.objects.create_user("bob"), benchmark, b"x")
        Upload.objects.filter(pk=rows[0].pk).update(created_at=timezone.now() - timedelta(hours=25))
        assert uploads.sweep() == 1
        assert not Path(rows[0].path).exists()
        begun(ada, benchmark, b"x")

    def test_a_full_disk_is_told_and_counts_no_byte(self, ada: User, benchmark: Benchmark) -> None:
        upload = begun(ada, benchmark, b"x" * 10)
        Path(upload.path).unlink()
        Path(upload.path).symlink_to("/dev/full")  # the real error of a real full device
        with pytest.raises(StorageFull, match="disk of this site is full"):
            partial_uploads.append(upload, 0, [b"x" * 10])
        assert Upload.objects.get(pk=upload.pk).received == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_connections_with_the_same_bytes_one_is_heard(benchmark: Benchmark) -> None:
    upload = begun(User.objects.create_user("ada"), benchmark, b"x" * 20)
    both, heard = Barrier(2), []

    def connect(letter: bytes) -> None:
        row = Upload.objects.get(pk=upload.pk)
        both.wait()
        try:
            partial_uploads.append(row, 0, [letter * 10])
            heard.append(letter * 10)
        except OffsetMismatch:
            pass
        finally:
            connection.close()

    threads = [Thread(target=connect, args=(letter,)) for letter in (b"a", b"b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [Path(upload.path).read_bytes()] == heard


def ask(client: Client, method: str, address: str, body: bytes = b"", **headers: object) -> HttpResponse:
    said = {"HTTP_TUS_RESUMABLE": "1.0.0"}
    said |= {f"HTTP_{name.upper()}": str(value) for name, value in headers.items()}
    return client.generic(method, address, body, "application/offset+octet-stream", **said)


def create(client: Client, benchmark: Benchmark, size: int, **more: str) -> HttpResponse:
    metadata = {"filename": "toy_T0.8.jsonl", "benchmark": benchmark.slug} | more
    pairs = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in metadata.items())
    return ask(client, "POST", PARTS, upload_length=size, upload_metadata=pairs)


class TestProtocol:
    def test_a_file_goes_in_by_pieces(
        self, client: Client, ada: User, benchmark: Benchmark, content: bytes
    ) -> None:
        made = create(client, benchmark, len(content))
        assert (made.status_code, made["Tus-Resumable"]) == (201, "1.0.0")
        part = made["Location"]
        sent = ask(client, "PATCH", part, content[:90], upload_offset=0)
        assert (sent.status_code, sent["Upload-Offset"]) == (204, "90")
        stands = ask(client, "HEAD", part)
        assert (stands.status_code, stands["Upload-Offset"], stands["Upload-Length"]) == (
            200,
            "90",
            str(len(content)),
        )
        assert stands["Cache-Control"] == "no-store"
        html = client.get("/upload/").content.decode()
        assert "Unfinished uploads" in html
        assert f"0.1 KiB of {len(content) / 1024:.1f} KiB" in html
        assert client.get(part.replace("parts/", "")).status_code == 302  # no preview yet
        assert ask(client, "PATCH", part, content[90:], upload_offset=90).status_code == 204
        answer = client.post(f"{part}finish/", follow=True)
        assert answer.redirect_chain[0][0] == part.replace("parts/", "")
        assert "12 samples on Toy" in answer.content.decode()
        assert "Unfinished uploads" not in client.get("/upload/").content.decode()

    def test_mistakes_have_a_status_and_a_line_of_text(
        self, client: Client, ada: User, benchmark: Benchmark, settings: Settings
    ) -> None:
        settings.MAX_UPLOAD_BYTES = 1000
        part = create(client, benchmark, 100)["Location"]
        ask(client, "PATCH", part, b"x" * 10, upload_offset=0)
        off = ask(client, "PATCH", part, b"x", upload_offset=0)
        assert (off.status_code, off["Upload-Offset"]) == (409, "10")
        assert ask(client, "PATCH", part, b"x" * 91, upload_offset=10).status_code == 413
        assert ask(client, "PATCH", part, b"x", upload_offset="-1").status_code == 400
        assert ask(client, "PATCH", part, b"x").status_code == 400
        assert client.patch(part, b"x", HTTP_TUS_RESUMABLE="1.0.0").status_code == 415
        assert client.generic("PATCH", part, b"x").status_code == 412
        assert create(client, benchmark, 1001).status_code == 413
        assert b"no such format" in create(client, benchmark, 100, format="nope").content
        create(client, benchmark, 100, format="human-eval")
        assert Upload.objects.first().options == {"format": "human-eval"}
        bad = ask(client, "POST", PARTS, upload_length=5, upload_metadata="filename ?!")
        assert (bad.status_code, b"base64" in bad.content) == (400, True)
        assert b"benchmark" in ask(client, "POST", PARTS, upload_length=5).content
        assert client.options(PARTS)["Tus-Max-Size"] == "1000"
        assert client.get(PARTS).status_code == 412

    def test_an_upload_can_be_ended_and_is_gone_then(
        self, client: Client, ada: User, benchmark: Benchmark
    ) -> None:
        part = create(client, benchmark, 100)["Location"]
        assert ask(client, "DELETE", part).status_code == 204
        assert not Upload.objects.exists()
        assert ask(client, "HEAD", part).status_code == 404
        assert ask(client, "PATCH", part, b"x", upload_offset=0).status_code == 404

    def test_nobody_else_finds_it(self, client: Client, ada: User, benchmark: Benchmark) -> None:
        part = create(client, benchmark, 100)["Location"]
        client.force_login(User.objects.create_user("root", is_staff=True))
        for method in ("HEAD", "PATCH", "DELETE"):
            assert ask(client, method, part, upload_offset=0).status_code == 404
        assert client.post(f"{part}finish/").status_code == 422
        client.logout()
        assert ask(client, "HEAD", part).status_code == 401
        assert create(client, benchmark, 100).status_code == 401
        assert Upload.objects.get().received == 0

    def test_the_csrf_token_is_asked_for(self, ada: User, benchmark: Benchmark) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(ada)
        assert create(client, benchmark, 100).status_code == 403
        upload = begun(ada, benchmark, b"x" * 10)
        for method in ("PATCH", "DELETE"):
            assert ask(client, method, f"{PARTS}{upload.pk}/", b"x", upload_offset=0).status_code == 403
        client.get("/upload/")
        token = client.cookies["csrftoken"].value
        sent = ask(client, "PATCH", f"{PARTS}{upload.pk}/", b"x", upload_offset=0, x_csrftoken=token)
        assert sent.status_code == 204

    def test_the_refused_file_says_why_on_a_page(
        self, client: Client, ada: User, benchmark: Benchmark
    ) -> None:
        content = json.dumps({"task_id": "Toy/0", "completion": 7}).encode()
        part = create(client, benchmark, len(content))["Location"]
        ask(client, "PATCH", part, content, upload_offset=0)
        answer = client.post(f"{part}finish/")
        assert answer.status_code == 422
        assert b"1 bad line" in answer.content
        assert not Upload.objects.exists()
