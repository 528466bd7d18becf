"""/samplings: samples that the site draws itself from a model server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.responses import Status

from leaderboard.api import found
from leaderboard.api.form_values import cleaned
from leaderboard.api.operations import JSON, SAMPLE, reads, writes
from leaderboard.api.problems import INVALID, NOT_FOUND, ApiProblem, Wrong
from leaderboard.api.samplings_out import sampling_detail, sampling_out
from leaderboard.api.schemas.samplings import (
    ResumeIn,
    SamplingDetail,
    SamplingIn,
    SamplingList,
)
from leaderboard.api.state import state_of
from leaderboard.errors import Refused, SamplingRefused
from leaderboard.forms.sampling import ResumeForm, SamplingForm
from leaderboard.forms.sampling_fields import escaped
from leaderboard.models import Sampling
from leaderboard.queries import sampling as queries
from leaderboard.queries.organisations import joined_organisations
from leaderboard.services import sampling as service
from leaderboard.services.sampling_order import Key

router = Router(tags=["Samplings"])


@router.get("/samplings", response=SamplingList, summary="Your newest samplings", **reads(signed_in=True))
def list_samplings(request: HttpRequest) -> Any:
    return SamplingList(items=[sampling_out(row) for row in queries.own_samplings(request.user)])


@router.post(
    "/samplings",
    response={201: SamplingDetail},
    summary="Sample a model",
    **writes(scope=SAMPLE, takes=(JSON,), repeatable=True),
)
def start_sampling(request: HttpRequest, body: SamplingIn) -> Any:
    """A dry run on three problems first; /start begins then. With `dry_run` false it begins at once."""
    benchmark = found.named_benchmark(body.benchmark)
    known = {
        "keys": queries.kept_keys(request.user),
        "organisations": joined_organisations(request.user),
    }
    form = cleaned(SamplingForm(_as_typed(body, benchmark.pk), **known))
    do = service.dry_run if body.dry_run else service.start
    try:
        row = do(request.user, benchmark, form.order(), form.key_given())  # type: ignore[arg-type]
    except SamplingRefused as refusal:
        if not refusal.field:
            raise
        raise _wrong(refusal.field, refusal) from refusal
    except Refused as refusal:
        raise _wrong("model_name", refusal) from refusal
    state_of(request).location = f"/api/v1/samplings/{row.pk}"
    return Status(201, sampling_detail(request, row))


@router.get(
    "/samplings/{int:sampling}", response=SamplingDetail, summary="One sampling", **reads(signed_in=True)
)
def get_sampling(request: HttpRequest, sampling: int) -> Any:
    """For its owner and staff: its dry run, what is drawn of it and what that took."""
    return sampling_detail(request, _own(request, sampling))


@router.post(
    "/samplings/{int:sampling}/start", response=SamplingDetail, summary="Begin", **writes(scope=SAMPLE)
)
def begin_sampling(request: HttpRequest, sampling: int) -> Any:
    """After a dry run that brought an answer."""
    return _done(request, sampling, service.begin)


@router.post(
    "/samplings/{int:sampling}/again", response=SamplingDetail, summary="Try again", **writes(scope=SAMPLE)
)
def try_sampling_again(request: HttpRequest, sampling: int) -> Any:
    """Makes the dry run anew."""
    return _done(request, sampling, service.try_again)


@router.post(
    "/samplings/{int:sampling}/cancel",
    response={200: SamplingDetail, 204: None},
    summary="Stop the drawing",
    **writes(scope=SAMPLE),
)
def cancel_sampling(request: HttpRequest, sampling: int) -> Any:
    """What is drawn stays. One that was not started goes: 204."""
    row = _own(request, sampling)
    service.cancel(row, request.user)  # type: ignore[arg-type]
    left = queries.own_sampling(request.user, sampling)
    return Status(200, sampling_detail(request, left)) if left else HttpResponse(status=204)


@router.post(
    "/samplings/{int:sampling}/resume",
    response=SamplingDetail,
    summary="Go on",
    **writes(scope=SAMPLE, takes=(JSON,)),
)
def resume_sampling(request: HttpRequest, sampling: int, body: ResumeIn) -> Any:
    """From the very sample where it stopped. A key that was deleted has to be given again."""
    row = _own(request, sampling)
    form = cleaned(ResumeForm(body.model_dump(exclude_none=True)))
    service.resume(row, Key(form.cleaned_data["key"].strip()), form.cleaned_data["token_cap"])
    return sampling_detail(request, row)


@router.post(
    "/samplings/{int:sampling}/score",
    response=SamplingDetail,
    summary="Score what is drawn",
    **writes(scope=SAMPLE),
)
def score_sampling(request: HttpRequest, sampling: int) -> Any:
    """Of a cancelled one: its problems are scored on the samples that they have."""
    return _done(request, sampling, service.score_drawn)


@router.delete("/samplings/{int:sampling}", response={204: None}, summary="Delete with its runs", **writes())
def delete_sampling(request: HttpRequest, sampling: int) -> Any:
    service.delete(_own(request, sampling), request.user)  # type: ignore[arg-type]
    return HttpResponse(status=204)


def _own(request: HttpRequest, pk: int) -> Sampling:
    row = queries.own_sampling(request.user, pk)
    if row is None:
        raise ApiProblem(NOT_FOUND, f"There is no sampling {pk} of yours.")
    return row


def _done(request: HttpRequest, pk: int, do: Callable[[Sampling], None]) -> SamplingDetail:
    row = _own(request, pk)
    do(row)
    return sampling_detail(request, row)


def _as_typed(body: SamplingIn, benchmark_pk: int) -> dict[str, Any]:
    """The values as people type them into the form, whose rules hold."""
    said = body.model_dump(exclude={"dry_run"}, exclude_none=True)
    return said | {
        "benchmark": str(benchmark_pk),
        "temperatures": ", ".join(map(str, body.temperatures)),
        "stop": "\n".join(map(escaped, body.stop)),
        "kept_key": "" if body.kept_key is None else str(body.kept_key),
    }


def _wrong(field: str, refusal: Refused) -> ApiProblem:
    return ApiProblem(INVALID, str(refusal), [Wrong(field, "body", str(refusal))])
