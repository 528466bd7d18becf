"""From judged samples to pass@k. Apart from `score`, so that scoring need not wait for numpy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from evaluator.errors import StatisticsError
from evaluator.metrics.intervals import Estimate, estimates
from evaluator.records import Judgement, Sample, Verdict


def pass_at_k(
    samples: Sequence[Sample], judgements: Sequence[Judgement], ks: Sequence[int]
) -> list[Estimate]:
    """pass@k over the problems that have samples, for those k that every problem has samples for.

    Samples whose verdict is our own fault count neither as drawn nor as passed.
    """
    drawn: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    for sample, judgement in zip(samples, judgements, strict=True):
        if judgement.verdict is not Verdict.EVALUATOR_ERROR:
            drawn[sample.task_id] += 1
            passed[sample.task_id] += judgement.verdict is Verdict.PASSED
    if not drawn:
        raise StatisticsError("no sample was judged, so there is nothing to estimate")
    n = np.array(list(drawn.values()))
    c = np.array([passed[task_id] for task_id in drawn])
    return estimates(n, c, [k for k in ks if k <= n.min()])
