"""Draws on their way through a worker: claimed, admitted, stored, given back.

As with cells (`services.cells`) each step is one conditional write under the lease's token. What a sampling
limits over all workers (open requests, requests per minute, tokens) is decided under its row's lock.
"""

from __future__ import annotations

import secrets as random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from evaluator.records import Problem
from evaluator.sampling.records import Completion
from leaderboard.errors import LeaseLost
from leaderboard.models import Draw, DrawnSamples, Run, Sampling
from leaderboard.services import sampling_cells
from leaderboard.services.sampling_order import SamplingOrder, order_of
from leaderboard.services.sampling_spent import prompt_tokens, spent_on, tokens_used


@dataclass(frozen=True, slots=True)
class Claim:
    """A draw that this worker holds."""

    draw_id: int
    sampling_id: int
    run_id: int
    token: str
    problem: Problem
    temperature: float
    order: SamplingOrder
    n: int


@dataclass(frozen=True, slots=True)
class Turn:
    """When the next request may be sent, for how many samples, and the place of the first one, from 0.

    `wait`: not now, others are open.
    """

    at: datetime
    samples: int
    place: int = 0
    wait: bool = False
    spent: bool = False  # the token cap is reached


def due(now: datetime) -> Q:
    """Draws that nobody holds, of runs that are not cancelled."""
    free = Q(status=Draw.Status.QUEUED) | Q(status=Draw.Status.RUNNING, lease_until__lt=now)
    return free & ~Q(run__status=Run.Status.CANCELLED)


def claim(sampling_id: int) -> Claim | None:
    """Takes the sampling's next draw; None where there is none, or as many are held as it allows."""
    now = timezone.now()
    with transaction.atomic():
        sampling = locked(sampling_id)
        if sampling is None or sampling.status != Sampling.Status.DRAWING:
            return None
        if sampling.not_before and sampling.not_before > now:
            return None
        order = order_of(sampling)
        if held(sampling_id, now).count() >= order.server.parallel:
            return None
        # Whose account was closed spends nothing any more.
        wanted = sampling.draws.filter(due(now), sampling__owner__is_active=True)
        waiting = wanted.order_by("run_id", "cell__problem__position")
        draw = waiting.select_related("cell__problem", "run").first()
        if draw is None:
            return None
        token = random.token_hex(16)
        Draw.objects.filter(pk=draw.pk).update(
            status=Draw.Status.RUNNING, lease_token=token, lease_until=_lease_end(now), reserved=0
        )
    return Claim(
        draw_id=draw.pk,
        sampling_id=sampling_id,
        run_id=draw.run_id,
        token=token,
        problem=draw.cell.problem.record(),
        temperature=draw.run.temperature or 0.0,
        order=order,
        n=draw.n,
    )


def renew(claim: Claim) -> None:
    """Prolongs the lease, in a pause as well: what a request brings that is open then is not thrown away.

    Raises LeaseLost where the draw is not ours any more, or nobody wants it.
    """
    wanted = Sampling.objects.filter(status__in=(Sampling.Status.DRAWING, Sampling.Status.PAUSED))
    runs = Run.objects.exclude(status=Run.Status.CANCELLED)
    mine = _mine(claim).filter(sampling__in=wanted, run__in=runs)
    if not mine.update(lease_until=_lease_end(timezone.now())):
        raise LeaseLost(f"draw {claim.draw_id} is no longer ours")


def admit(claim: Claim) -> Turn | None:
    """The place of the draw's next request in the sampling's rate, its tokens reserved; None: all is drawn.

    Raises LeaseLost as `renew` does, and in a pause.
    """
    with transaction.atomic():
        sampling = locked(claim.sampling_id)
        if sampling is None or sampling.status != Sampling.Status.DRAWING:
            raise LeaseLost(f"sampling {claim.sampling_id} does not go on")
        renew(claim)
        drawn = Draw.objects.values_list("drawn", flat=True).get(pk=claim.draw_id)
        left = claim.n - drawn
        if not left:
            return None
        now = timezone.now()
        wanted = min(left, claim.order.server.per_request)
        samples = _affordable(claim, wanted, now)
        if not samples:
            others = held(claim.sampling_id, now).exclude(pk=claim.draw_id)
            waits = others.filter(reserved__gt=0).exists()
            return Turn(now, 0, wait=waits, spent=not waits)
        at = max(now, sampling.next_request_at or now)
        if claim.order.server.per_minute:
            sampling.next_request_at = at + timedelta(minutes=1 / claim.order.server.per_minute)
            sampling.save(update_fields=["next_request_at"])
        _mine(claim).update(reserved=most_tokens(claim, samples))
        return Turn(at, samples, place=drawn)


def store(claim: Claim, completions: Sequence[Completion]) -> int:
    """Stores and counts what a request brought, in one transaction. Returns how many are still to draw.

    What is more than was asked for is left out. With the draw's last sample its cell becomes due for
    scoring. Raises LeaseLost, having written nothing, where the claim no longer stands.
    """
    clean = claim.order.decoding.clean
    samples = sampling_cells.samples_of(claim.problem, completions, clean=clean)
    with transaction.atomic():
        sampling = locked(claim.sampling_id)  # first, always: two last draws would each wait for the other
        found = _mine(claim).select_for_update(of=("self",)).select_related("run", "cell__problem")
        draw = found.exclude(run__status=Run.Status.CANCELLED).first()
        if sampling is None or draw is None:
            raise LeaseLost(f"draw {claim.draw_id} is no longer ours")
        kept = samples[: draw.n - draw.drawn]
        if kept:
            blob = sampling_cells.pack_drawn(kept)
            DrawnSamples.objects.create(draw=draw, first=draw.drawn, blob=blob)
        _count(draw, claim, completions, len(kept))
        if draw.drawn == draw.n:
            draw.status, draw.lease_token, draw.lease_until = Draw.Status.DONE, "", None
            sampling_cells.make_due(draw)
        draw.save()
        _note_answer(sampling)
        if draw.status == Draw.Status.DONE and not _others_open(draw):
            sampling_cells.note_drawn(draw.run)
        return draw.n - draw.drawn


def give_back(claim: Claim) -> None:
    """Lets go of the draw; what is stored of it stays."""
    _mine(claim).update(status=Draw.Status.QUEUED, lease_token="", lease_until=None, reserved=0)


def most_tokens(claim: Claim, samples: int) -> int:
    """What a request for so many samples may take at most, its prompt by its length."""
    decoding = claim.order.decoding
    prompt = prompt_tokens(decoding.template, decoding.system, claim.problem.prompt)
    return prompt + samples * decoding.max_tokens


def locked(sampling_id: int) -> Sampling | None:
    """The sampling, its row locked until the transaction ends."""
    return Sampling.objects.select_for_update().filter(pk=sampling_id).first()


def held(sampling_id: int, now: datetime) -> QuerySet[Draw]:
    """Draws that a worker works on."""
    return Draw.objects.filter(sampling=sampling_id, status=Draw.Status.RUNNING, lease_until__gte=now)


def _affordable(claim: Claim, wanted: int, now: datetime) -> int:
    """As many samples as the token cap has room for, whatever the open requests will take."""
    cap = claim.order.token_cap
    if cap is None:
        return wanted
    others = held(claim.sampling_id, now).exclude(pk=claim.draw_id)
    reserved = others.aggregate(sum=Sum("reserved", default=0))["sum"]
    room = cap - tokens_used(claim.sampling_id) - reserved - most_tokens(claim, 0)
    return max(0, min(wanted, room // claim.order.decoding.max_tokens))


def _count(draw: Draw, claim: Claim, completions: Sequence[Completion], kept: int) -> None:
    """Samples, and the tokens that they took."""
    draw.drawn += kept
    draw.requests += 1
    draw.cut_short += sum(one.finish_reason == "length" for one in completions[:kept])
    draw.reserved, draw.lease_until = 0, _lease_end(timezone.now())
    spent = spent_on(completions, most_tokens(claim, 0))
    draw.prompt_tokens += spent.prompt
    draw.completion_tokens += spent.completion
    draw.estimated |= spent.estimated


def _note_answer(sampling: Sampling) -> None:
    """The server answers: whatever was wrong is over. A write only where something was."""
    if sampling.failures:
        sampling.failures, sampling.failing_since, sampling.not_before, sampling.said = 0, None, None, ""
        sampling.save(update_fields=["failures", "failing_since", "not_before", "said"])


def _others_open(draw: Draw) -> bool:
    return Draw.objects.filter(run=draw.run_id).exclude(status=Draw.Status.DONE).exists()


def _mine(claim: Claim) -> QuerySet[Draw]:
    return Draw.objects.filter(pk=claim.draw_id, status=Draw.Status.RUNNING, lease_token=claim.token)


def _lease_end(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.LEASE_SECONDS)
