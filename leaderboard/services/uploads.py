"""Receives sample files, looks at them, and sweeps those that nobody confirmed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from time import time

from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, Q
from django.utils import timezone

from evaluator.errors import SampleFileError
from evaluator.sample_files import Preview, ReadOptions, preview
from evaluator.sample_files.options import DEFAULTS as DEFAULT_OPTIONS
from leaderboard.errors import TooManyUploads, UploadGone, UploadRefused
from leaderboard.models import Benchmark, Upload
from leaderboard.services.reading_slots import reading_slot
from leaderboard.services.sample_groups import bad_lines_message, file_limits, no_sample_message
from leaderboard.services.upload_example import changed_example
from leaderboard.services.upload_files import check_size, folder, full_disk_told, plain_name

KEPT = timedelta(hours=24)
MOST_WAITING = 20  # of one owner; else one account fills the disk within the day that they are kept


def receive(
    owner: User, file: UploadedFile, benchmark: Benchmark, options: ReadOptions = DEFAULT_OPTIONS
) -> Upload:
    """Stores a sample file under settings.DATA_DIR/uploads and what a look at it shows, as JSON.

    Raises UploadRefused for a file that is too large, unreadable, has bad lines or no usable sample,
    TooManyUploads where MOST_WAITING wait already, StorageFull where the disk is full, SiteBusy. Nothing is
    kept then.
    """
    check_room(owner)
    identity = uuid.uuid4()
    path = folder() / str(identity)
    upload = Upload(
        id=identity,
        owner=owner,
        benchmark=benchmark,
        file_name=plain_name(file.name),
        path=str(path),
        options=options.as_dict(),
    )
    try:
        upload.size = upload.received = _write(file, path, upload.file_name)
        look(upload)
        upload.save(force_insert=True)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return upload


def check_room(owner: User) -> None:
    """Raises TooManyUploads where the owner has MOST_WAITING uploads that wait to be confirmed."""
    if Upload.objects.filter(owner=owner, ready=True).count() >= MOST_WAITING:
        raise TooManyUploads(
            f"{MOST_WAITING} uploads of yours wait to be confirmed. Confirm or discard one of them first."
        )


def look(upload: Upload) -> None:
    """Sets the upload's preview from its file; its benchmark, too, where all its task ids are of another one.

    Raises UploadRefused where no run can come of it.
    """
    asked_for = upload.benchmark
    seen = _preview_of(upload)
    if not seen.coverage.covered and not seen.bad_line_count:
        other = _benchmark_with([task_id for task_id, _ in seen.coverage.unknown], asked_for)
        if other is not None:
            upload.benchmark = other
            seen = _preview_of(upload)
    _check_usable(upload, seen)
    upload.preview = _as_json(upload, seen)
    if upload.benchmark != asked_for:
        upload.preview["asked_for"] = asked_for.name


def look_again(upload: Upload, benchmark: Benchmark, options: ReadOptions) -> None:
    """Looks at a file once more, as its owner says that it is to be read, and stores that with it.

    Raises UploadRefused where no run can come of it like this; the upload stays as it was then.
    """
    other = Upload(
        file_name=upload.file_name, path=upload.path, benchmark=benchmark, options=options.as_dict()
    )
    seen = _preview_of(other)
    _check_usable(other, seen)
    values = {"benchmark": benchmark, "options": other.options, "preview": _as_json(other, seen)}
    if not Upload.objects.filter(pk=upload.pk, ready=True).update(**values):
        raise UploadGone
    for name, value in values.items():
        setattr(upload, name, value)


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
    for path in folder().iterdir():
        if str(path) not in known and path.stat().st_mtime < time() - KEPT.total_seconds():
            path.unlink(missing_ok=True)
            strays += 1
    return len(old) + strays


def _write(file: UploadedFile, path: Path, file_name: str) -> int:
    size = 0
    with full_disk_told(), path.open("wb") as target:
        for chunk in file.chunks():
            size += len(chunk)
            check_size(size, file_name)
            target.write(chunk)
    return size


def _preview_of(upload: Upload) -> Preview:
    """Reads the file as it is told to be read. Raises UploadRefused where that can't be done at all."""
    options = ReadOptions.from_dict(upload.options)
    record = upload.benchmark.record()
    try:
        with reading_slot():
            return preview(Path(upload.path), record, upload.file_name, file_limits(), options)
    except SampleFileError as error:
        raise UploadRefused(str(error)) from error


def _check_usable(upload: Upload, seen: Preview) -> None:
    """Raises UploadRefused where no run can come of the file."""
    if seen.bad_line_count:
        message = bad_lines_message(upload.file_name, seen.bad_line_count)
        raise UploadRefused(message, seen.bad_lines, seen.bad_line_count)
    if not seen.coverage.covered:
        task_ids = [task_id for task_id, _ in seen.coverage.unknown]
        message = no_sample_message(upload.file_name, upload.benchmark.name, task_ids, seen.samples)
        raise UploadRefused(message)


def _benchmark_with(task_ids: Sequence[str], but: Benchmark) -> Benchmark | None:
    """The newest version of the benchmark that has most of these task ids; of equals the first loaded."""
    known = Count("problems", filter=Q(problems__task_id__in=task_ids))
    rows = Benchmark.objects.exclude(slug=but.slug).annotate(known=known).filter(known__gt=0)
    best = rows.order_by("-known", "loaded_at", "pk").first()
    if best is None:
        return None
    return Benchmark.objects.filter(slug=best.slug).order_by("-loaded_at", "-pk").first()


def _as_json(upload: Upload, seen: Preview) -> dict[str, object]:
    """The preview with `example`: a sample before and after its text was changed, or None."""
    document: dict[str, object] = json.loads(json.dumps(asdict(seen)))  # tuples become lists, as stored
    document["example"] = None
    if seen.changes:
        options = ReadOptions.from_dict(upload.options)
        document["example"] = changed_example(Path(upload.path), upload.benchmark.record(), options)
    return document
