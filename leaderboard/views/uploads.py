"""From a sample file to a run: received, looked at, confirmed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from leaderboard.errors import Refused, UploadRefused
from leaderboard.forms.uploads import RunSettingForm, UploadForm
from leaderboard.models import Upload
from leaderboard.queries.runs import upload_of
from leaderboard.services import uploads as service
from leaderboard.services.ingest import ingest_upload
from leaderboard.views.errors import NotFound
from leaderboard.views.preview_rows import preview_strings

# A form around a file needs some bytes of its own.
_FORM_BYTES = 64 << 10


@csrf_exempt
def upload(request: HttpRequest) -> HttpResponse:
    """The upload page. A request that is too large by its own word is refused before its body is read.

    That look has to come before the CSRF check, which reads the body; the check itself follows at once.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    if request.method == "POST" and int(length) > settings.MAX_UPLOAD_BYTES + _FORM_BYTES:
        limit = settings.MAX_UPLOAD_BYTES >> 20
        message = f"The file is larger than {limit} MB, the limit of this site. Send it gzipped, or in parts."
        return render(request, "leaderboard/upload_refused.html", {"refusal": message}, status=413)
    return _upload(request)


@csrf_protect
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def _upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = service.receive(request.user, form.cleaned_data["file"], form.cleaned_data["benchmark"])
        except Refused as refusal:
            return _refused(request, refusal)
        return redirect("preview", row.pk)
    status = 200 if request.method != "POST" else 400
    context = {"form": form, "most_megabytes": settings.MAX_UPLOAD_BYTES >> 20}
    return render(request, "leaderboard/upload.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the file holds, and the form that makes a run of it."""
    row = _found_upload(request, pk)
    form = RunSettingForm(request.POST or None, initial=RunSettingForm.guessed(row.preview["guess"]))
    if request.method == "POST" and form.is_valid():
        try:
            run = ingest_upload(row, form.setting())
        except UploadRefused as refusal:
            return _refused(request, refusal)
        except Refused as refusal:
            form.add_error("model_name", str(refusal))
        else:
            return redirect("run", run.pk)
    context = {"upload": row, "form": form, "benchmark": row.benchmark, **preview_strings(row)}
    status = 400 if form.is_bound else 200
    return render(request, "leaderboard/preview.html", context, status=status)


@login_required
@require_POST
def discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Takes an upload away that its owner doesn't want to be scored."""
    service.discard(_found_upload(request, pk))
    messages.success(request, "The file was removed. Nothing of it was kept.")
    return redirect("upload")


def _found_upload(request: HttpRequest, pk: UUID) -> Upload:
    row = upload_of(request.user, pk)
    if row is None:
        raise NotFound(
            "There is no such upload of yours. It may have been confirmed already, or be older than a day.",
            [("Your runs and uploads", reverse("account")), ("Upload a file", reverse("upload"))],
        )
    return row


def _refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    message = str(refusal)
    context: dict[str, Any] = {"refusal": message, "says_kept": "othing was stored" in message}
    if isinstance(refusal, UploadRefused):
        context |= {"bad_lines": refusal.bad_lines, "bad_count": refusal.bad_count}
    return render(request, "leaderboard/upload_refused.html", context, status=422)
