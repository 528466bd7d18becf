"""Programs through an evaluator, with a word to the database now and then that somebody works on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

from django.conf import settings

from evaluator.evaluate import Evaluator
from evaluator.records import Judgement, Problem, Program
from evaluator.time_limits import faster, is_near

_RENEW_SECONDS = 5.0


class Renewal:
    """Renews a lease when it is time to: may be called after every program, writes every few seconds.

    `renew(judged)` raises LeaseLost where the work isn't ours any more.
    """

    def __init__(self, renew: Callable[[int], None]) -> None:
        self._renew = renew
        self._interval = min(_RENEW_SECONDS, settings.LEASE_SECONDS / 4)
        self._latest = monotonic()

    def __call__(self, judged: int) -> None:
        if monotonic() - self._latest > self._interval:
            self._renew(judged)
            self._latest = monotonic()


def judgements(
    evaluator: Evaluator, problem: Problem, programs: Sequence[Program], renewal: Renewal
) -> list[Judgement]:
    """The judgement of each program, in order.

    Those that came near their time limit are judged once more after the others, and the faster measurement
    counts: what else the machine does must not decide. Raises what `renewal` raises, at once.
    """
    judged: list[Judgement] = []
    for judgement in evaluator.judge(problem, programs):
        judged.append(judgement)
        renewal(len(judged))
    limits = evaluator.limits_for(problem)
    near = [index for index, judgement in enumerate(judged) if is_near(judgement, limits)]
    again = evaluator.judge(problem, [programs[index] for index in near])
    for index, judgement in zip(near, again, strict=True):
        judged[index] = faster(judged[index], judgement)
        renewal(len(judged))
    return judged
