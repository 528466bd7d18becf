"""Receives sample files, looks at them, and sweeps those that nobody confirmed."""

from __future__ import annotations

import errno
import json
import uuid
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from time import time

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from evaluator.errors import SampleFileError
from evaluator.sample_files import Preview, preview
from leaderboard.errors import Refused, UploadRefused
from leaderboard.models import Benchmark, Upload
from leaderboard.services.sample_groups import bad_lines_message, file_limits, no_sample_message

KEPT = timedelta(hours=24)
_FILE_NAME_CHARACTERS = 255


def receive(owner: User, file: UploadedFile, benchmark: Benchmark) -> Upload:
    """Stores a sample file under settings.DATA_DIR/uploads and what a look at it shows, as JSON.

    Raises UploadRefused for a file that is too large, unreadable, has bad lines or no usable sample, and
    Refused where the disk is full. Nothing is kept then.
    """
    identity = uuid.uuid4()
    path = _folder() / str(identity)
    file_name = Path(file.name or "samples.jsonl").name[-_FILE_NAME_CHARACTERS:]
    try:
        size = _write(file, path, file_name)
        seen = _looked_at(path, benchmark, file_name)
        return Upload.objects.create(
            id=identity,
            owner=owner,
            benchmark=benchmark,
            file_name=file_name,
            path=str(path),
            size=size,
            preview=seen,
        )
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def discard(upload: Upload) -> None:
    """Takes an upload and its file away."""
    upload.delete()
    Path(upload.path).unlink(missing_ok=True)


def sweep() -> int:
    """Discards uploads older than a day, and files of that age that no upload knows. Returns how many."""
    old = list(Upload.objects.filter(created_at__lt=timezone.now() - KEPT))
    for upload in old:
        discard(upload)
    strays = 0
    known = set(Upload.objects.values_list("path", flat=True))
    for path in _folder().iterdir():
        if str(path) not in known and path.stat().st_mtime < time() - KEPT.total_seconds():
            path.unlink(missing_ok=True)
            strays += 1
    return len(old) + strays


def _folder() -> Path:
    folder = settings.DATA_DIR / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write(file: UploadedFile, path: Path, file_name: str) -> int:
    size = 0
    try:
        with path.open("wb") as target:
            for chunk in file.chunks():
                size += len(chunk)
                if size > settings.MAX_UPLOAD_BYTES:
                    raise UploadRefused(
                        f"{file_name}: larger than {settings.MAX_UPLOAD_BYTES >> 20} MB, the limit of this "
                        "site (MAX_UPLOAD_MB). Send it gzipped, or in parts."
                    )
                target.write(chunk)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Refused("The disk of this site is full: nothing was stored. Tell its operator.") from error
        raise
    return size


def _looked_at(path: Path, benchmark: Benchmark, file_name: str) -> dict[str, object]:
    """The preview as JSON. Raises UploadRefused where no run can come of the file."""
    try:
        seen = preview(path, benchmark.record(), file_name, file_limits())
    except SampleFileError as error:
        raise UploadRefused(str(error)) from error
    if seen.bad_line_count:
        message = bad_lines_message(file_name, seen.bad_line_count)
        raise UploadRefused(message, seen.bad_lines, seen.bad_line_count)
    if not seen.coverage.covered:
        task_ids = [task_id for task_id, _ in seen.coverage.unknown]
        raise UploadRefused(no_sample_message(file_name, benchmark.name, task_ids, seen.samples))
    return _as_json(seen)


def _as_json(seen: Preview) -> dict[str, object]:
    document: dict[str, object] = json.loads(json.dumps(asdict(seen)))  # tuples become lists, as stored
    return document
