"""What people do with samplings: ask for one, start, cancel, resume, score what is drawn, delete.

Pages and the API call these; none needs a request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from leaderboard.cell_blob import CellContent, pack
from leaderboard.errors import Refused, SamplingRefused
from leaderboard.models import Benchmark, Cell, Draw, Organisation, Run, Sampling
from leaderboard.services import audit, runs, sampling_bell, sampling_cells, secrets
from leaderboard.services.models import ModelFacts, model_for, said_apart
from leaderboard.services.sampling_claims import locked
from leaderboard.services.sampling_order import NO_KEY, Key, SamplingOrder, checked, order_of, told_of_run
from leaderboard.services.sampling_server import check_kept, check_server
from leaderboard.services.sampling_state import NO_SECRET, open_draws
from leaderboard.services.sharing import INTO_ORGANISATION, check_member

MOST_UNFINISHED = 10
DRAFTS_KEPT = timedelta(hours=24)
_ROWS_PER_INSERT = 200
_DRAFT = (Sampling.Status.TRYING, Sampling.Status.READY)
_STARTED = (Sampling.Status.DRAWING, Sampling.Status.PAUSED)


def dry_run(owner: User, benchmark: Benchmark, order: SamplingOrder, key: Key = NO_KEY) -> Sampling:
    """A sampling that a worker tries on three problems; `begin` starts it then.

    Raises SamplingRefused, which names the field, for an order that can't be; Refused for a model's name.
    """
    sampling = _stored(owner, benchmark, order, key, Sampling.Status.TRYING)
    transaction.on_commit(partial(sampling_bell.ring_dry_run, [sampling.pk]))
    return sampling


def start(owner: User, benchmark: Benchmark, order: SamplingOrder, key: Key = NO_KEY) -> Sampling:
    """A sampling that begins at once, without a dry run. See `dry_run` for what it raises."""
    with transaction.atomic():
        sampling = _stored(owner, benchmark, order, key, Sampling.Status.READY)
        _begun(sampling)
    return sampling


def begin(sampling: Sampling) -> None:
    """Starts a sampling whose dry run brought an answer. Raises SamplingRefused for any other."""
    with transaction.atomic():
        row = _locked(sampling)
        if row.status != Sampling.Status.READY:
            raise SamplingRefused("This sampling was started already, or its dry run is not done yet.")
        if not row.dry_run.get("answers"):
            raise SamplingRefused("The dry run brought no answer, so there is nothing to start.")
        _begun(row)
    sampling.refresh_from_db()


def try_again(sampling: Sampling) -> None:
    """Makes the dry run of a sampling anew. Raises SamplingRefused once it is started."""
    again = Sampling.objects.filter(pk=sampling.pk, status=Sampling.Status.READY)
    if not again.update(status=Sampling.Status.TRYING, dry_run={}):
        raise SamplingRefused("This sampling was started already, or its dry run is not done yet.")
    transaction.on_commit(partial(sampling_bell.ring_dry_run, [sampling.pk]))
    sampling.refresh_from_db()


def cancel(sampling: Sampling, actor: User | None = None) -> None:
    """Stops the drawing; what is drawn stays and can be scored. Open requests are left to themselves.

    A sampling that was not started goes. Raises SamplingRefused for one that has ended.
    """
    with transaction.atomic():
        row = _locked(sampling)
        if row.status in _DRAFT:
            row.delete()
            return
        if row.status not in _STARTED:
            raise SamplingRefused("This sampling has ended, so there is nothing to cancel.")
        _write(row, status=Sampling.Status.CANCELLED, finished_at=timezone.now(), said="", **NO_SECRET)
        for run in row.runs.filter(status__in=runs.ACTIVE, draws__status__in=_OPEN).distinct():
            runs.cancel(run, actor)
        _let_go(row)
    sampling.refresh_from_db()


def resume(sampling: Sampling, key: Key = NO_KEY, token_cap: int | None = None) -> None:
    """Goes on with a sampling that is paused or was cancelled, from the very sample where it stopped.

    A key that was deleted has to be given again; a new cap takes the place of the old one. Raises
    SamplingRefused where there is nothing to resume.
    """
    with transaction.atomic():
        row = _locked(sampling)
        if row.status not in (Sampling.Status.PAUSED, Sampling.Status.CANCELLED):
            raise SamplingRefused("Only a sampling that is paused or cancelled can be resumed.")
        was_cancelled = row.status == Sampling.Status.CANCELLED
        left = row.draws.exclude(status=Draw.Status.DONE) if was_cancelled else open_draws(row)
        if not left.exists():
            raise SamplingRefused("Nothing is left to draw.")
        fresh = _fresh(row, key, token_cap)
        _write(row, status=Sampling.Status.DRAWING, finished_at=None, **fresh)
        if was_cancelled:  # in a pause, a run that is cancelled was cancelled by itself, and stays so
            open_runs = Run.objects.filter(sampling=row, status=Run.Status.CANCELLED)
            open_runs.filter(draws__status__in=_OPEN).update(status=Run.Status.QUEUED, finished_at=None)
        transaction.on_commit(partial(sampling_bell.ring, row.pk, order_of(row).server.parallel))
    sampling.refresh_from_db()


def score_drawn(sampling: Sampling) -> None:
    """Takes a cancelled sampling's runs for drawn: problems are scored on the samples that they have.

    Runs without a single sample go. Raises SamplingRefused where it is not cancelled, or nothing is drawn.
    """
    with transaction.atomic():
        row = _locked(sampling)
        if row.status != Sampling.Status.CANCELLED:
            raise SamplingRefused("Cancel the sampling first: then what is drawn can be scored.")
        if not row.draws.filter(drawn__gt=0).exists():
            raise SamplingRefused("Nothing was drawn, so there is nothing to score.")
        for run in row.runs.select_for_update().filter(status=Run.Status.CANCELLED):
            _score_drawn_of(run)
    sampling.refresh_from_db()


def delete(sampling: Sampling, actor: User | None = None) -> None:
    """Deletes a sampling with all its runs. Raises SamplingRefused while it draws."""
    with transaction.atomic():
        row = _locked(sampling)
        if row.status == Sampling.Status.DRAWING:
            raise SamplingRefused("This sampling is drawing. Cancel it first.")
        for run in row.runs.all():
            runs.delete(run, actor)
        row.delete()


def sweep() -> int:
    """Deletes samplings that were tried and not started within a day, keys and all. Returns how many."""
    old = Sampling.objects.filter(status__in=_DRAFT, created_at__lt=timezone.now() - DRAFTS_KEPT)
    return old.delete()[0]


_OPEN = (Draw.Status.QUEUED, Draw.Status.RUNNING)


def _stored(owner: User, benchmark: Benchmark, order: SamplingOrder, key: Key, status: str) -> Sampling:
    order = checked(order)
    check_server(order.server)
    if not order.model_name.strip():
        raise SamplingRefused("Give the model's name.", "model_name")
    _organisation_of(owner, order)
    unfinished = Sampling.objects.filter(owner=owner, status__in=(*_DRAFT, *_STARTED)).count()
    if unfinished >= MOST_UNFINISHED:
        message = f"You have {unfinished} samplings that have not ended. Cancel one, or wait for its end."
        raise SamplingRefused(message)
    given = _secret_of(owner, key, order.server.address)
    order = replace(order, has_key=bool(key.text or key.kept))
    return Sampling.objects.create(
        owner=owner, benchmark=benchmark, status=status, order=order.as_json(), **given
    )


def _organisation_of(owner: User, order: SamplingOrder) -> Organisation | None:
    """Asked for when the order comes and when its runs are made: owners may have left meanwhile."""
    if not order.shared_with:
        return None
    known = Organisation.objects.filter(slug=order.shared_with).first()
    if known is None:
        raise SamplingRefused(f"There is no organisation “{order.shared_with}”.", "shared_with")
    try:
        check_member(owner, known)
    except Refused as refusal:
        raise SamplingRefused(str(refusal), "shared_with") from refusal
    return known


def _secret_of(owner: User, key: Key, address: str) -> Mapping[str, Any]:
    if key.kept is not None:
        check_kept(key.kept, owner, address)
    return {"secret": "" if key.kept else secrets.encrypt(key.text), "server_key": key.kept}


def _fresh(row: Sampling, key: Key, token_cap: int | None) -> dict[str, Any]:
    """What is written when a sampling goes on: troubles forgotten, a new key and a new cap if given."""
    fresh: dict[str, Any] = {"failures": 0, "said": ""}
    fresh |= {"failing_since": None, "not_before": None, "paused_at": None}
    order = dict(row.order)
    if key.text or key.kept:
        fresh |= _secret_of(row.owner, key, order_of(row).server.address)
        order["has_key"] = True
    elif order["has_key"] and not (row.secret or row.server_key):
        raise SamplingRefused("The key was deleted. Give it again.", "key")
    if token_cap is not None:
        order["token_cap"] = token_cap
    return fresh | {"order": order}


def _begun(sampling: Sampling) -> None:
    """Makes the runs, their cells and draws, inside the caller's transaction."""
    order = order_of(sampling)
    organisation = _organisation_of(sampling.owner, order)
    problem_ids = list(sampling.benchmark.problems.order_by("position").values_list("pk", flat=True))
    for temperature in order.decoding.temperatures:
        run = _new_run(sampling, temperature, len(problem_ids), organisation)
        _new_draws(run, order.decoding.n, problem_ids)
        said = INTO_ORGANISATION if organisation else ""
        audit.note(sampling.owner, audit.Action.RUN_SAMPLED, run=run, detail=said)
    _write(sampling, status=Sampling.Status.DRAWING, started_at=timezone.now())
    transaction.on_commit(partial(sampling_bell.ring, sampling.pk, order.server.parallel))


def _new_run(sampling: Sampling, temperature: float, problems: int, organisation: Organisation | None) -> Run:
    order = order_of(sampling)
    n, public = order.decoding.n, order.visibility == Run.Visibility.PUBLIC
    facts = ModelFacts(order.organisation, order.parameters)
    model = model_for(order.model_name, facts, sampling.owner, public=public)
    return Run.objects.create(
        benchmark=sampling.benchmark,
        model=model,
        said_of_model=said_apart(model, facts),
        owner=sampling.owner,
        organisation=organisation,
        source=Run.Source.SAMPLED,
        visibility=order.visibility,
        temperature=temperature,
        top_p=order.decoding.top_p,
        note=order.note,
        limits=asdict(order.limits),
        sampling=sampling,
        sampled_as=told_of_run(order),
        samples=n * problems,
        problems_covered=problems,
        n_min=n,
        n_max=n,
    )


def _new_draws(run: Run, n: int, problem_ids: list[int]) -> None:
    empty = pack(CellContent([], []))
    cells = Cell.objects.bulk_create(
        (
            Cell(run=run, problem_id=pk, status=Cell.Status.DRAWING, n=n, programs=n, blob=empty)
            for pk in problem_ids
        ),
        batch_size=_ROWS_PER_INSERT,
    )
    draws = (Draw(sampling_id=run.sampling_id, run=run, cell=cell, n=n) for cell in cells)
    Draw.objects.bulk_create(draws, batch_size=_ROWS_PER_INSERT)


def _score_drawn_of(run: Run) -> None:
    if not run.draws.filter(drawn__gt=0).exists():
        runs.delete(run)
        return
    sampling_cells.settle(run)
    started = Run.Status.RUNNING if run.started_at else Run.Status.QUEUED
    Run.objects.filter(pk=run.pk).update(status=started, finished_at=None)
    if not run.cells.exclude(status=Cell.Status.DONE).exists():
        runs.finish(run)


def _let_go(sampling: Sampling) -> None:
    """Takes the draws from their workers: what they bring now is not stored any more."""
    sampling.draws.filter(status=Draw.Status.RUNNING).update(
        status=Draw.Status.QUEUED, lease_token="", lease_until=None, reserved=0
    )


def _locked(sampling: Sampling) -> Sampling:
    row = locked(sampling.pk)
    if row is None:
        raise SamplingRefused("This sampling was deleted meanwhile.")
    return row


def _write(row: Sampling, **values: object) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
