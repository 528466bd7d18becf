"""Sample files that come in pieces, and go on where they stood when a connection broke.

Bytes are held in memory up to one piece, then written with the row that counts them: one conditional UPDATE
on the offset decides whose bytes are next. A stale connection that wakes up again changes no row, and
writes nothing.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction

from evaluator.sample_files import ReadOptions
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
from leaderboard.services import uploads
from leaderboard.services.upload_files import check_size, folder, full_disk_told, plain_name

MOST_UNFINISHED = 5
_PIECE_BYTES = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")


def begin(owner: User, benchmark: Benchmark, file_name: str, size: int, sha256: str = "") -> Upload:
    """An upload of `size` bytes of which none has come. `sha256` (hex) is checked when all have.

    Raises TooLarge, TooManyUploads where the owner has MOST_UNFINISHED or too many that wait, StorageFull,
    and UploadRefused for an empty file or a hash that is none.
    """
    name = plain_name(file_name)
    check_size(size, name)
    if size <= 0:
        raise UploadRefused(f"{name}: is empty. Choose a file that holds samples.")
    if sha256 and not _SHA256.fullmatch(sha256.lower()):
        raise UploadRefused("sha256 is 64 hexadecimal digits; leave it out if it is not known.")
    if shutil.disk_usage(folder()).free < size:
        raise StorageFull
    identity = uuid.uuid4()
    path = folder() / str(identity)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=owner.pk)  # two at once must not both be the last one
        uploads.check_room(owner)
        if Upload.objects.filter(owner=owner, ready=False).count() >= MOST_UNFINISHED:
            raise TooManyUploads(
                f"You have {MOST_UNFINISHED} unfinished uploads. Finish or discard one of them first."
            )
        with full_disk_told():
            path.touch()
        return Upload.objects.create(
            id=identity,
            owner=owner,
            benchmark=benchmark,
            file_name=name,
            path=str(path),
            size=size,
            ready=False,
            sha256=sha256.lower(),
        )


def read_as(upload: Upload, options: ReadOptions) -> None:
    """Notes how an upload that is on its way is to be read."""
    upload.options = options.as_dict()
    upload.save(update_fields=["options"])


def append(upload: Upload, offset: int, chunks: Iterable[bytes]) -> int:
    """Adds bytes that begin at `offset`; returns how many of the upload have come now.

    What came before `chunks` ended or raised stays, but for less than a piece in the latter case. Raises
    OffsetMismatch where the upload doesn't stand at `offset` (any more), UploadGone, TooLarge for more
    bytes than were announced, StorageFull.
    """
    wrote = False
    for piece in _pieces(chunks):
        if offset + len(piece) > upload.size:
            raise TooLarge(f"{upload.file_name}: more bytes came than the {upload.size:,} announced.")
        _write(upload, offset, piece)
        offset += len(piece)
        wrote = True
    if not wrote:
        _require_offset(upload, offset)
    upload.received = offset
    return offset


def complete(upload: Upload) -> Upload:
    """The upload with its preview, once all its bytes have come. A second call changes nothing.

    Raises Refused while bytes are missing. Raises UploadRefused for a file of which no run can come; it is
    removed then.
    """
    if upload.ready:
        return upload
    if upload.received != upload.size:
        raise Refused(
            f"{upload.received:,} of {upload.size:,} bytes have come. Send the others, then ask again."
        )
    try:
        _check_content(upload)
        uploads.look(upload)
    except UploadRefused:
        uploads.discard(upload)
        raise
    changed = Upload.objects.filter(pk=upload.pk).update(
        ready=True, preview=upload.preview, benchmark=upload.benchmark
    )
    if not changed:
        raise UploadGone
    upload.ready = True
    return upload


def _write(upload: Upload, offset: int, piece: bytes) -> None:
    end = offset + len(piece)
    with transaction.atomic(), full_disk_told():
        wanted = Upload.objects.filter(pk=upload.pk, ready=False, received=offset)
        if not wanted.update(received=end):
            raise _misplaced(upload)
        with Path(upload.path).open("r+b") as file:
            file.seek(offset)
            file.write(piece)


def _require_offset(upload: Upload, offset: int) -> None:
    if not Upload.objects.filter(pk=upload.pk, ready=False, received=offset).exists():
        raise _misplaced(upload)


def _misplaced(upload: Upload) -> Refused:
    row = Upload.objects.filter(pk=upload.pk).first()
    return UploadGone() if row is None else OffsetMismatch(row.received)


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, in pieces of at least _PIECE_BYTES but for the last one."""
    held: list[bytes] = []
    held_bytes = 0
    for chunk in chunks:
        held.append(chunk)
        held_bytes += len(chunk)
        if held_bytes >= _PIECE_BYTES:
            yield b"".join(held)
            held, held_bytes = [], 0
    if held_bytes:
        yield b"".join(held)


def _check_content(upload: Upload) -> None:
    """Raises UploadRefused where the stored file isn't the one that was announced."""
    path = Path(upload.path)
    there = path.stat().st_size if path.exists() else 0
    if there != upload.size:
        raise UploadRefused(f"{upload.file_name}: was damaged on this site's disk. Send it again.")
    if upload.sha256:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != upload.sha256:
            raise UploadRefused(
                f"{upload.file_name}: arrived with sha256 {found}, but {upload.sha256} was announced. "
                "Send it again."
            )
