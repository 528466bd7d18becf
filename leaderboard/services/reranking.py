"""pass@1 where the sample of the highest mean log-probability is picked, as Chen et al. 2021 do."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evaluator.metrics.bootstrap import mean_of
from evaluator.metrics.rerank import ranked, reranked
from evaluator.records import Verdict
from leaderboard.cell_blob import CellContent

RANKER = "mean_logprob"


def reranked_rate(content: CellContent) -> float | None:
    """pass@1 of the pick from a judged cell; the mean of those that share the highest score.

    None where a sample has no score: a pick from the others would be another figure. Samples that we failed
    to judge are left out, as they are of n.
    """
    scores, passed = [], []
    for sample in content.samples:
        judgement = content.programs[sample.program].judgement
        if judgement is None or judgement.verdict is Verdict.EVALUATOR_ERROR:
            continue
        score = sample.rankers.get(RANKER)
        if score is None or not math.isfinite(score):
            return None
        scores.append(score)
        passed.append(judgement.verdict is Verdict.PASSED)
    return picked_rate(scores, passed)


def picked_rate(scores: Sequence[float], passed: Sequence[bool]) -> float | None:
    """pass@1 of the sample of the highest score; the mean of those that share it. None: no sample."""
    if not scores:
        return None
    return float(reranked(ranked(np.zeros(len(scores), dtype=np.int64), scores, passed))[0])


def reranked_figure(cells: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """`Run.reranked`: the mean over the problems and its interval; {} where a problem has none.

    Cells: `n` and `reranked` of each. Problems of which no sample was judged are not covered.
    """
    rates = [cell["reranked"] for cell in cells if cell["n"]]
    if not rates or None in rates:
        return {}
    figure = mean_of(rates)
    return {"value": figure.value, "low": figure.low, "high": figure.high}
