"""What a sampling worker does: takes a draw, asks the server for it, stores what comes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from evaluator.errors import EndpointBusy, EndpointRefused, SamplingError, WeightsUnusable
from evaluator.sampling.records import Completion, SamplingRequest
from leaderboard.errors import LeaseLost, SecretLost
from leaderboard.models import Sampling
from leaderboard.services import sampler_beat, sampling_bell, sampling_claims, sampling_state
from leaderboard.services.sampling_claims import Claim, Turn
from leaderboard.services.sampling_server import Asked, asked_of
from leaderboard.services.sampling_spent import Account
from leaderboard.services.sampling_state import Trouble

log = logging.getLogger(__name__)

# Set when this process has to end: draws are given back with what is stored of them.
_ending = threading.Event()
# A wait that is shorter is waited for here; for others the sweep rings.
_PATIENT_SECONDS = 20.0
_LOOK_SECONDS = 1.0
CAP_REACHED = (
    "The spending cap is reached: the next request could go beyond it. Resume with a higher cap, or cancel "
    "and score what is drawn."
)
OUR_FAULT = "Something went wrong on this site, not with the server. Its operator finds it in the log."


def draw_next(sampling_id: int) -> None:
    """Draws the samples of one problem, if any is due; then asks for the next one."""
    claim = sampling_claims.claim(sampling_id)
    if claim is None:
        sampling_state.end_where_drawn(sampling_id)
        return
    done = False
    try:
        done = _draw(claim)
    except LeaseLost as lost:
        log.info("Stopped: %s.", lost)
        return
    except Exception:
        # A mistake of ours: loud, and a trouble that leads to a pause, so that it can't go on for ever.
        sampling_state.note_trouble(sampling_id, Trouble(OUR_FAULT))
        raise
    finally:
        if not done:
            sampling_claims.give_back(claim)
    if not sampling_state.end_where_drawn(sampling_id):
        sampling_bell.ring(sampling_id)


def _draw(claim: Claim) -> bool:
    """Whether the draw is done. False after trouble, once the server may be asked again."""
    sampling = Sampling.objects.select_related("server_key").get(pk=claim.sampling_id)
    try:
        asked = asked_of(sampling)
    except SecretLost as lost:
        sampling_state.pause(claim.sampling_id, str(lost))
        return False
    try:
        while _request(claim, asked):
            pass
    except (EndpointRefused, WeightsUnusable) as refused:
        _account(claim).note_error(refused)
        sampling_state.pause(claim.sampling_id, asked.told(refused))
        return False
    except SamplingError as trouble:
        retry_after = trouble.retry_after if isinstance(trouble, EndpointBusy) else None
        _account(claim).note_error(trouble)
        sampling_claims.give_back(claim)
        pause = sampling_state.note_trouble(claim.sampling_id, Trouble(asked.told(trouble), retry_after))
        _ending.wait(min(pause, _PATIENT_SECONDS))
        return False
    return True


def _request(claim: Claim, asked: Asked) -> bool:
    """One request, its answer stored. Whether more samples of the draw are wanted."""
    turn = sampling_claims.admit(claim)
    if turn is None:
        return False
    if turn.spent:
        sampling_state.pause(claim.sampling_id, CAP_REACHED)
        raise LeaseLost("the spending cap is reached")
    if turn.wait:  # what the open requests leave of the cap may be enough
        _rest(_LOOK_SECONDS)
        return True
    _wait_for_turn(claim, turn.at)
    request = _asked_for(claim, turn)
    account = _account(claim)
    completions = answer(lambda: asked.draw(request), lambda: sampling_claims.renew(claim), account)
    if not completions:
        raise EndpointBusy("The server answered without a sample.")
    sampler_beat.beat_now_and_then()
    try:
        return sampling_claims.store(claim, completions) > 0
    except LeaseLost:
        account.note(completions)
        raise


def _asked_for(claim: Claim, turn: Turn) -> SamplingRequest:
    decoding = claim.order.decoding
    seed = decoding.seed_of(claim.problem.task_id, claim.temperature, turn.place)
    return decoding.request(claim.problem.prompt, claim.temperature, turn.samples, seed)


def _account(claim: Claim) -> Account:
    return Account(claim.sampling_id, sampling_claims.most_tokens(claim, 0))


def _wait_for_turn(claim: Claim, at: datetime) -> None:
    while (left := (at - timezone.now()) / timedelta(seconds=1)) > 0:
        _rest(min(left, _LOOK_SECONDS))
        sampling_claims.renew(claim)


def end_soon() -> None:
    """Asks all draws of this process to be given back, within a second or so."""
    _ending.set()


def _rest(seconds: float) -> None:
    if _ending.wait(seconds):
        raise LeaseLost("this worker ends")


def answer(
    ask: Callable[[], list[Completion]], renew: Callable[[], None], account: Account
) -> list[Completion]:
    """What `ask` returns or raises; meanwhile `renew` is called, and what it raises ends the waiting.

    The request has a thread of its own, because nothing can call it back: where nobody wants its answer any
    more, this one leaves it to itself, and only what it takes is noted.
    """
    future: Future[list[Completion]] = Future()

    def run() -> None:
        try:
            future.set_result(ask())
        except BaseException as error:  # noqa: BLE001  (raised again by `future.result`, in the task's thread)
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    while True:
        done, _ = wait([future], timeout=min(_LOOK_SECONDS, settings.LEASE_SECONDS / 4))
        if done:
            return future.result()
        try:
            _rest(0)
            renew()
        except LeaseLost:
            future.add_done_callback(account.note_late)
            raise
        sampler_beat.beat_now_and_then()
