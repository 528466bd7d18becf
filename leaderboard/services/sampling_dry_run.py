"""The dry run: one sample of three problems, before anybody pays for thousands."""

from __future__ import annotations

import secrets as random
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from evaluator import records
from evaluator.errors import SamplingError
from evaluator.sampling.records import Completion
from leaderboard.errors import LeaseLost, SecretLost
from leaderboard.models import Sampling
from leaderboard.services.sampling_cells import samples_of
from leaderboard.services.sampling_drawing import OUR_FAULT, answer
from leaderboard.services.sampling_order import SamplingOrder, order_of
from leaderboard.services.sampling_server import Asked, asked_of
from leaderboard.services.sampling_spent import Account, prompt_tokens

PROBLEMS = 3
SHOWN_CHARACTERS = 8000


@dataclass(frozen=True, slots=True)
class _Held:
    """The dry run that this worker does."""

    sampling_id: int
    token: str

    def renew(self) -> None:
        """Raises LeaseLost where nobody wants it any more."""
        if not self._row().update(lease_until=_lease_end()):
            raise LeaseLost(f"the dry run of sampling {self.sampling_id} is no longer ours")

    def finish(self, found: dict[str, Any]) -> None:
        self._row().update(status=Sampling.Status.READY, dry_run=found, lease_token="", lease_until=None)

    def _row(self) -> Any:
        return Sampling.objects.filter(
            pk=self.sampling_id, status=Sampling.Status.TRYING, lease_token=self.token
        )


def try_out(sampling_id: int) -> None:
    """Does the dry run if it is due: draws, and stores what came, what became of it, and any error."""
    now, token = timezone.now(), random.token_hex(16)
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    due = Sampling.objects.filter(free, pk=sampling_id, status=Sampling.Status.TRYING)
    if not due.update(lease_token=token, lease_until=_lease_end()):
        return
    held = _Held(sampling_id, token)
    sampling = Sampling.objects.select_related("server_key", "benchmark").get(pk=sampling_id)
    try:
        held.finish(_tried(sampling, held))
    except LeaseLost:
        return  # cancelled meanwhile: nothing is written
    except Exception:
        held.finish({"answers": [], "error": OUR_FAULT, "seconds": 0.0})
        raise


def _tried(sampling: Sampling, held: _Held) -> dict[str, Any]:
    order = order_of(sampling)
    found: dict[str, Any] = {"answers": [], "error": "", "seconds": 0.0}
    try:
        asked = asked_of(sampling)
    except SecretLost as lost:
        return found | {"error": str(lost)}
    began = monotonic()
    for problem in _some(sampling):
        decoding = order.decoding
        guess = prompt_tokens(decoding.template, decoding.system, problem.prompt)
        account = Account(sampling.pk, guess)
        try:
            completions = answer(lambda p=problem: _asked_once(asked, order, p), held.renew, account)
        except SamplingError as error:
            account.note_error(error)
            found["error"] = asked.told(error)
            break
        account.note(completions)
        found["answers"] += [_shown(problem, one, order) for one in completions[:1]]
    return found | {"seconds": monotonic() - began}


def _asked_once(asked: Asked, order: SamplingOrder, problem: records.Problem) -> list[Completion]:
    decoding, temperature = order.decoding, order.decoding.temperatures[0]
    seed = decoding.seed_of(problem.task_id, temperature, 0)
    return asked.draw(decoding.request(problem.prompt, temperature, 1, seed))


def _some(sampling: Sampling) -> list[records.Problem]:
    """Problems from the benchmark's beginning, middle and end."""
    problems = list(sampling.benchmark.problems.order_by("position"))
    last = len(problems) - 1
    places = sorted({round(step * last / (PROBLEMS - 1)) for step in range(PROBLEMS)})
    return [problems[place].record() for place in places]


def _shown(problem: records.Problem, completion: Completion, order: SamplingOrder) -> dict[str, Any]:
    """An answer as the page shows it: as it came, and the program that is made of it."""
    (sample,) = samples_of(problem, [completion], clean=order.decoding.clean)
    return {
        "task_id": problem.task_id,
        "text": completion.text[:SHOWN_CHARACTERS],
        "characters": len(completion.text),
        "program": records.program_of(problem, sample).source[:SHOWN_CHARACTERS],
        "changes": list(sample.changes),
        "finish_reason": completion.finish_reason,
        "mean_logprob": completion.mean_logprob,
        "prompt_tokens": completion.prompt_tokens,
        "completion_tokens": completion.completion_tokens,
    }


def _lease_end() -> Any:
    return timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)
