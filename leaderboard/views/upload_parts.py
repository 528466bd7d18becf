"""A sample file in pieces: the core of the tus protocol 1.0 (creation, termination), for a signed-in page.

The script of the upload page speaks it, and so may any tus client that sends the session and its token.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from leaderboard.errors import (
    OffsetMismatch,
    Refused,
    SiteBusy,
    StorageFull,
    TooLarge,
    TooManyUploads,
    UploadGone,
)
from leaderboard.forms.upload_parts import announced, whole_number
from leaderboard.models import Upload
from leaderboard.queries.runs import upload_of
from leaderboard.services import partial_uploads, uploads
from leaderboard.views.upload_answers import refused

VERSION = "1.0.0"
_CONTENT_TYPE = "application/offset+octet-stream"
_READ_BYTES = 1 << 16
_STATUS = {TooLarge: 413, OffsetMismatch: 409, UploadGone: 404, TooManyUploads: 429, SiteBusy: 503}
_STATUS |= {StorageFull: 507}
View = Callable[..., HttpResponse]


def _speaks_tus(view: View) -> View:
    """Checks sender and version; answers what is refused as one line of text with its status."""

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            if not request.user.is_authenticated:
                response = _said(401, "You are signed out. Sign in, then choose the same file again.")
            elif request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
                response = _said(412, f"The header Tus-Resumable has to be {VERSION}.")
                response["Tus-Version"] = VERSION
            else:
                response = view(request, *args, **kwargs)
        except Refused as refusal:
            response = _said(_STATUS.get(type(refusal), 400), str(refusal))
            if isinstance(refusal, OffsetMismatch):
                response["Upload-Offset"] = str(refusal.received)
        response["Tus-Resumable"] = VERSION
        response["Cache-Control"] = "no-store"
        return response

    return answered


@_speaks_tus
@require_http_methods(["OPTIONS", "POST"])
def parts(request: HttpRequest) -> HttpResponse:
    """Begins an upload: 201 with its address. OPTIONS says what is spoken here."""
    if request.method == "OPTIONS":
        response = HttpResponse(status=204)
        response["Tus-Version"] = VERSION
        response["Tus-Extension"] = "creation,termination"
        response["Tus-Max-Size"] = str(settings.MAX_UPLOAD_BYTES)
        return response
    said = announced(request.headers)
    row = partial_uploads.begin(request.user, said.benchmark, said.file_name, said.size, said.sha256)
    partial_uploads.read_as(row, said.options)
    response = HttpResponse(status=201)
    response["Location"] = reverse("upload-part", args=[row.pk])
    return response


@_speaks_tus
@require_http_methods(["HEAD", "PATCH", "DELETE"])
def part(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where an upload stands (HEAD), its next bytes (PATCH), and its end (DELETE)."""
    row = _found(request, pk)
    response = HttpResponse(status=200 if request.method == "HEAD" else 204)
    if request.method == "DELETE":
        uploads.discard(row)
        return response
    if request.method == "PATCH":
        if request.content_type != _CONTENT_TYPE:
            return _said(415, f"The bytes of a file come as {_CONTENT_TYPE}.")
        offset = whole_number(request.headers, "Upload-Offset")
        _check_length(request, row, offset)
        partial_uploads.append(row, offset, _chunks(request))
    response["Upload-Offset"] = str(row.received)
    response["Upload-Length"] = str(row.size)
    return response


@login_required
@require_POST
def finish(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Looks at a file that has come as a whole, and leads to what it holds."""
    try:
        row = partial_uploads.complete(_found(request, pk))
    except Refused as refusal:
        return refused(request, refusal)
    return redirect("preview", row.pk)


def _found(request: HttpRequest, pk: UUID) -> Upload:
    row = upload_of(request.user, pk)
    if row is None:
        raise UploadGone
    return row


def _check_length(request: HttpRequest, row: Upload, offset: int) -> None:
    """Refuses too many bytes before the first of them is read."""
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if offset + length > row.size:
        raise TooLarge(f"{row.file_name}: more bytes were sent than the {row.size:,} announced.")


def _chunks(request: HttpRequest) -> Iterator[bytes]:
    """The body as it comes in. Where the connection breaks it ends: what came is kept."""
    try:
        while chunk := request.read(_READ_BYTES):
            yield chunk
    except UnreadablePostError:
        return


def _said(status: int, text: str) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
