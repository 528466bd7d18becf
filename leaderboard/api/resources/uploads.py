"""/uploads: a sample file, whole or in parts that go on after a lost connection; what it holds; its run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from ninja import Query, Router
from ninja.responses import Status

from evaluator.errors import SampleFileError
from evaluator.sample_files import ReadOptions, named_format
from leaderboard.api import found
from leaderboard.api.form_values import cleaned
from leaderboard.api.operations import FILE_REFUSALS, JSON, MULTIPART, RAW, reads, writes
from leaderboard.api.paging import Portion, around
from leaderboard.api.problems import CONFLICT, INVALID, ApiProblem, Wrong
from leaderboard.api.runs_out import run_detail
from leaderboard.api.schemas.runs import RunDetail
from leaderboard.api.schemas.uploads import (
    AppendQuery,
    BeginIn,
    ReadingIn,
    SettingIn,
    UploadOut,
    UploadPage,
    WholeFileQuery,
    upload_out,
)
from leaderboard.api.state import state_of
from leaderboard.errors import OffsetMismatch, Refused, UploadGone, UploadRefused, VerdictsMissing
from leaderboard.forms.uploads import RunSettingForm
from leaderboard.models import Upload
from leaderboard.queries.organisations import joined_organisations
from leaderboard.queries.runs import run_seen_by, unfinished_uploads, waiting_uploads
from leaderboard.services import partial_uploads, uploads
from leaderboard.services.ingest import ingest_upload

router = Router(tags=["Uploads"])
_FORM_BYTES = 64 << 10  # a form around a file needs some bytes of its own
_READ_BYTES = 1 << 16
_MOST = settings.MAX_UPLOAD_BYTES + _FORM_BYTES
_FORM = {
    "type": "object",
    "required": ["file"],
    "properties": {"benchmark": {"type": "string"}, "file": {"type": "string", "format": "binary"}},
}
_BYTES = {"type": "string", "format": "binary"}
_WHOLE = {MULTIPART: {"schema": _FORM}, RAW: {"schema": _BYTES}}


@router.get("/uploads", response=UploadPage, summary="Your uploads", **reads(signed_in=True))
def list_uploads(request: HttpRequest, portion: Query[Portion]) -> Any:
    """Those that are no run yet: whole ones, then those of which bytes are missing. They go after a day."""
    rows = [*waiting_uploads(request.user), *unfinished_uploads(request.user)]
    items = [upload_out(row) for row in rows[portion.slice]]
    return UploadPage(items=items, **around(request, portion, len(rows)))


@router.post(
    "/uploads",
    response={201: UploadOut},
    summary="Send a file as a whole",
    **writes(*FILE_REFUSALS, takes=(MULTIPART, RAW), body=_WHOLE, most_bytes=_MOST, repeatable=True),
)
def upload_file(request: HttpRequest, query: Query[WholeFileQuery]) -> Any:
    """As a form with `benchmark` and `file`, or as it is with both names in the query. Nothing is scored yet:
    the answer says what was found in it."""
    if request.content_type == MULTIPART:
        row = _from_form(request, query)
    else:
        benchmark = found.named_benchmark(query.benchmark, place="query")
        size = int(request.META.get("CONTENT_LENGTH") or 0)
        row = partial_uploads.begin(request.user, benchmark, query.file_name, size)  # type: ignore[arg-type]
        partial_uploads.append(row, 0, _chunks(request))
        row = partial_uploads.complete(row)
    return _made(request, row)


@router.post(
    "/uploads/parts",
    response={201: UploadOut},
    summary="Begin a file in parts",
    **writes(*FILE_REFUSALS, takes=(JSON,), repeatable=True),
)
def begin_upload(request: HttpRequest, body: BeginIn) -> Any:
    benchmark = found.named_benchmark(body.benchmark)
    owner: Any = request.user
    return _made(request, partial_uploads.begin(owner, benchmark, body.file_name, body.size, body.sha256))


@router.get("/uploads/{uuid:upload}", response=UploadOut, summary="One upload", **reads(signed_in=True))
def get_upload(request: HttpRequest, upload: UUID) -> Any:
    """How many of its bytes have come; once it is ready, what it holds."""
    return upload_out(found.upload(request, upload))


@router.patch(
    "/uploads/{uuid:upload}",
    response=UploadOut,
    summary="Send its next bytes",
    **writes(*FILE_REFUSALS, takes=(RAW,), body={RAW: {"schema": _BYTES}}, most_bytes=_MOST),
)
def append_upload(request: HttpRequest, upload: UUID, query: Query[AppendQuery]) -> Any:
    """From `offset` on. Where the upload stands elsewhere, 409 says in Upload-Offset where."""
    row = found.upload(request, upload)
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if query.offset + length > row.size:
        said = f"More bytes were sent than the {row.size:,} announced."
        raise ApiProblem(INVALID, said, [Wrong("offset", "query", said)])
    try:
        partial_uploads.append(row, query.offset, _chunks(request))
    except OffsetMismatch as error:
        raise ApiProblem(CONFLICT, str(error), headers={"Upload-Offset": str(error.received)}) from error
    return upload_out(row)


@router.post(
    "/uploads/{uuid:upload}/complete",
    response=UploadOut,
    summary="Look at it",
    **writes(*FILE_REFUSALS),
)
def complete_upload(request: HttpRequest, upload: UUID) -> Any:
    """Once all of its bytes have come. A file of which no run can come is removed. Again changes nothing."""
    return upload_out(partial_uploads.complete(found.upload(request, upload)))


@router.put(
    "/uploads/{uuid:upload}/reading",
    response=UploadOut,
    summary="Say how it is to be read",
    **writes(*FILE_REFUSALS, takes=(JSON,)),
)
def set_reading(request: HttpRequest, upload: UUID, body: ReadingIn) -> Any:
    """Where benchmark or format were guessed wrongly; also while bytes are missing, where no guess would do.
    Refused as it can't be read so, it stays as it was."""
    row = found.upload(request, upload, ready=bool(body.benchmark))
    options = _options(body)
    if row.ready:
        benchmark = found.named_benchmark(body.benchmark) if body.benchmark else row.benchmark
        uploads.look_again(row, benchmark, options)
    else:
        partial_uploads.read_as(row, options)
    return upload_out(row)


@router.post(
    "/uploads/{uuid:upload}/confirm",
    response={201: RunDetail},
    summary="Make a run of it",
    **writes(*FILE_REFUSALS, takes=(JSON,), repeatable=True),
)
def confirm_upload(request: HttpRequest, upload: UUID, body: SettingIn) -> Any:
    """The upload is used up by it; workers begin to score at once."""
    row = found.upload(request, upload, ready=True)
    form = cleaned(RunSettingForm(body.model_dump(), organisations=joined_organisations(request.user)))
    try:
        made = ingest_upload(row, form.setting())
    except (UploadRefused, UploadGone, VerdictsMissing):
        raise
    except Refused as refusal:
        said = str(refusal)
        raise ApiProblem(INVALID, said, [Wrong("model_name", "body", said)]) from refusal
    run = run_seen_by(request.user, made.pk)
    assert run is not None
    state_of(request).location = f"/api/v1/runs/{run.pk}"
    return Status(201, run_detail(request, run))


@router.delete("/uploads/{uuid:upload}", response={204: None}, summary="Take it away", **writes())
def discard_upload(request: HttpRequest, upload: UUID) -> Any:
    uploads.discard(found.upload(request, upload))
    return HttpResponse(status=204)


def _options(body: ReadingIn) -> ReadOptions:
    try:
        if body.format is not None:
            named_format(body.format)
        return ReadOptions(**body.model_dump(exclude={"benchmark"}, exclude_none=True))
    except SampleFileError as error:
        word = str(error).partition(":")[0]
        field = word if word in ReadingIn.model_fields else "format"
        raise ApiProblem(INVALID, str(error), [Wrong(field, "body", str(error))]) from error


def _from_form(request: HttpRequest, query: WholeFileQuery) -> Upload:
    file = request.FILES.get("file")
    if file is None:
        said = "Send the file as the form's field “file”."
        raise ApiProblem(INVALID, said, [Wrong("file", "body", said)])
    benchmark = found.named_benchmark(request.POST.get("benchmark") or query.benchmark)
    return uploads.receive(request.user, file, benchmark)  # type: ignore[arg-type]


def _made(request: HttpRequest, row: Upload) -> Any:
    state_of(request).location = f"/api/v1/uploads/{row.pk}"
    return Status(201, upload_out(row))


def _chunks(request: HttpRequest) -> Iterator[bytes]:
    """The body as it comes in. Where the connection breaks it ends: what came is kept."""
    try:
        while chunk := request.read(_READ_BYTES):
            yield chunk
    except UnreadablePostError:
        return
