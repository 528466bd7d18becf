"""Pairs of compared runs: how far apart, whether chance would do it, and who solves which problems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from evaluator.metrics import pass_at_k
from evaluator.metrics.counts import FloatArray
from evaluator.metrics.holm import holm
from evaluator.metrics.paired import McNemar, PairedDifference, mcnemar, paired_difference
from leaderboard.queries.compare import Comparison

ALPHA = 0.05
# When a run counts as solving a problem. RATE orders two runs without a threshold: who passes more often.
# The first is the usual one: with a hundred samples, most runs pass most problems once.
RULES = MAJORITY, ANY, RATE = "majority", "any", "rate"
# Problems of a pair by who solves them, in the order of the four fields of the table.
GROUPS = BOTH, FIRST, SECOND, NEITHER = "both", "first", "second", "neither"

# Two seeded resamplings of every pair cost tens of milliseconds, and the same pages are looked at again.
_REMEMBERED_PAIRS = 1024


@dataclass(frozen=True, slots=True)
class PairResult:
    """Run `first` minus run `second` (places in the comparison) at pass@k, on the shared problems.

    `mcnemar` where both have one sample per problem, else None: then the sign-flip permutation test
    speaks. `holm` is p adjusted for all pairs of the page.
    """

    first: int
    second: int
    difference: PairedDifference
    mcnemar: McNemar | None
    holm: float

    @property
    def p(self) -> float:
        return self.mcnemar.p if self.mcnemar else self.difference.p

    @property
    def differs(self) -> bool:
        """Whether chance is ruled out at the 5 % level, with all pairs of the page counted."""
        return self.holm <= ALPHA


def pair_results(comparison: Comparison, k: int) -> list[PairResult]:
    """Every pair of runs at this k; empty where the runs share no problem. 1 <= k <= comparison.n_min."""
    if not comparison.problems:
        return []
    scores = pass_at_k(comparison.n, comparison.c, k)
    pairs = [
        _pair(comparison, scores, first, second)
        for first, second in combinations(range(len(comparison.runs)), 2)
    ]
    adjusted = holm([pair.p for pair in pairs])
    return [replace(pair, holm=float(value)) for pair, value in zip(pairs, adjusted, strict=True)]


def groups_of_pair(comparison: Comparison, first: int, second: int, rule: str) -> list[str]:
    """Who solves each shared problem, as one of GROUPS, in the problems' order.

    `rule`: ANY, at least one sample passes; MAJORITY, more than half do; RATE, `first` and `second` are
    where the one passes more often, `both` where both pass equally often, `neither` where none does.
    """
    rates = comparison.rates
    a, b = rates[first], rates[second]
    if rule == RATE:
        ahead = np.select([a > b, b > a, a > 0], [FIRST, SECOND, BOTH], NEITHER)
        return [str(group) for group in ahead]
    solved, other = _solved(a, rule), _solved(b, rule)
    found = np.select([solved & other, solved, other], [BOTH, FIRST, SECOND], NEITHER)
    return [str(group) for group in found]


def single_sample(comparison: Comparison, places: Sequence[int]) -> bool:
    """Whether each of these runs has one sample of every shared problem."""
    return bool((comparison.n[list(places)] == 1).all())


def _solved(rates: FloatArray, rule: str) -> NDArray[np.bool_]:
    return np.asarray(rates > (0.5 if rule == MAJORITY else 0.0))


def _pair(comparison: Comparison, scores: FloatArray, first: int, second: int) -> PairResult:
    one_each = single_sample(comparison, (first, second))
    passed = comparison.c
    return PairResult(
        first=first,
        second=second,
        difference=_remembered(scores[first].tobytes(), scores[second].tobytes()),
        mcnemar=mcnemar(passed[first], passed[second]) if one_each else None,
        holm=1.0,
    )


@lru_cache(maxsize=_REMEMBERED_PAIRS)
def _remembered(first: bytes, second: bytes) -> PairedDifference:
    """The seeded resamplings give the same answer to the same figures, float64 per problem."""
    return paired_difference(np.frombuffer(first), np.frombuffer(second))
