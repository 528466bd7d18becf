"""From a sample file to a run: received, looked at, confirmed."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from evaluator.sample_files import FORMATS
from leaderboard.errors import Refused, TooLarge, UploadRefused, VerdictsMissing
from leaderboard.forms.reading import ReadingForm
from leaderboard.forms.uploads import RunSettingForm, UploadForm
from leaderboard.models import Upload
from leaderboard.queries.organisations import joined_organisations
from leaderboard.queries.runs import unfinished_uploads, upload_of
from leaderboard.services import uploads as service
from leaderboard.services.ingest import ingest_upload
from leaderboard.views.errors import NotFound
from leaderboard.views.preview_rows import preview_context, unfinished_rows
from leaderboard.views.upload_answers import refusal_strings, refused

_PREVIEW = "leaderboard/preview.html"
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
        return refused(request, TooLarge(message), status=413)
    return _upload(request)


@csrf_protect
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def _upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            said = form.cleaned_data
            row = service.receive(request.user, said["file"], said["benchmark"], form.options())
        except Refused as refusal:
            return refused(request, refusal)
        return redirect("preview", row.pk)
    status = 200 if request.method != "POST" else 400
    context = {
        "form": form,
        "formats": [found.title for found in FORMATS],
        "most_megabytes": settings.MAX_UPLOAD_BYTES >> 20,
        "unfinished": unfinished_rows(unfinished_uploads(request.user)),
    }
    return render(request, "leaderboard/upload.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the file holds, and the form that makes a run of it."""
    row = _found_upload(request, pk)
    if not row.ready:
        messages.info(request, f"{row.file_name} has not come as a whole. Choose it again to go on.")
        return redirect("upload")
    form = _setting_form(request, row)
    if request.method == "POST" and form.is_valid():
        try:
            run = ingest_upload(row, form.setting())
        except UploadRefused as refusal:
            return refused(request, refusal)
        except VerdictsMissing as refusal:
            form.add_error("verdicts", str(refusal))
        except Refused as refusal:
            form.add_error("model_name", str(refusal))
        else:
            return redirect("run", run.pk)
    status = 400 if form.is_bound else 200
    return render(request, _PREVIEW, preview_context(row, form, ReadingForm(row)), status=status)


@login_required
@require_POST
def reading(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Reads the file again as its owner says. htmx is given the whole page and picks its parts."""
    row = _found_upload(request, pk)
    form = ReadingForm(row, request.POST)
    refusal: Refused | None = None
    if form.is_valid():
        try:
            service.look_again(row, form.chosen(), form.options())
            form = ReadingForm(row)
        except Refused as found:
            refusal = found
    if not request.htmx and not refusal and not form.is_bound:  # type: ignore[attr-defined]
        return redirect("preview", row.pk)
    context = preview_context(row, _setting_form(request, row, said=False), form) | refusal_strings(refusal)
    status = 422 if form.is_bound and not request.htmx else 200  # type: ignore[attr-defined]
    return render(request, _PREVIEW, context, status=status)


@login_required
@require_POST
def discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Takes an upload away that its owner doesn't want to be scored."""
    service.discard(_found_upload(request, pk))
    messages.success(request, "The file was removed. Nothing of it was kept.")
    return redirect("upload")


def _setting_form(request: HttpRequest, row: Upload, *, said: bool = True) -> RunSettingForm:
    """What is asked of the run; bound where it was `said`."""
    return RunSettingForm(
        (request.POST if said else None) or None,
        initial=RunSettingForm.guessed(row.preview["guess"]),
        organisations=joined_organisations(request.user),
    )


def _found_upload(request: HttpRequest, pk: UUID) -> Upload:
    row = upload_of(request.user, pk)
    if row is None:
        raise NotFound(
            "There is no such upload of yours. It may have been confirmed already, or be older than a day.",
            [("Your runs and uploads", reverse("account")), ("Upload a file", reverse("upload"))],
        )
    return row
