"""What the runs of a benchmark say about its problems: how hard, how telling, which ones look wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from evaluator.metrics import item_statistics, suspects
from evaluator.metrics.counts import FloatArray, IntArray
from evaluator.records import Verdict
from leaderboard.models import Problem
from leaderboard.queries.counts import CountTable
from leaderboard.run_counts import KeyArray
from leaderboard.verdict_words import VERDICT_WORDS

# Fewer models that agree may have one bug in common. Weak models agree on many a simple bug; so it counts
# where at least this share of the stronger half does.
LEAST_AGREEING = 3
AGREEING_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Bounded:
    """A value with its 95 % interval; None where it does not exist."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many models of the stronger half give one same wrong answer more often than a right one.

    `key` is its behaviour, `of` how many models of that half have samples of the problem.
    """

    key: int
    models: int
    of: int


@dataclass(frozen=True, slots=True)
class Contrast:
    """The stronger half of the runs fares worse on a problem than the weaker half. Rates are fractions.

    p: the chance of so clear a contrast if strength did not matter.
    """

    strong: float
    weak: float
    p: float


@dataclass(frozen=True, slots=True)
class Item:
    """A problem over the runs of a table. `rate` is 1 - difficulty; both bounded over models like these."""

    rate: Bounded
    discrimination: Bounded
    inverted: bool  # the whole interval of its discrimination is negative
    agreement: Agreement | None
    reference: str  # the verdict of the reference solution where it is known and no pass

    @property
    def suspect(self) -> bool:
        return self.inverted or self.agreement is not None or bool(self.reference)

    @property
    def reasons(self) -> list[str]:
        """Why the problem, and not the models, may be wrong: sentences without a full stop."""
        said = []
        if self.reference:
            said.append(f"its reference solution fails its own test: {VERDICT_WORDS[self.reference].word}")
        if self.inverted:
            said.append("stronger runs fail it while weaker ones pass")
        if self.agreement:
            models = f"{self.agreement.models} of the {self.agreement.of} stronger models"
            said.append(f"{models} give the same “wrong” answer more often than a right one")
        return said


def items_of(problems: Sequence[Problem], table: CountTable) -> dict[int, Item]:
    """These problems by their position, over the runs of this table."""
    if len(problems) == 1:
        known = _statistics_of_one(problems[0].position, table.rates)
    else:
        measured = np.flatnonzero((table.n > 0).any(axis=0))
        found = _statistics(table.rates[:, measured]) if measured.size else []
        known = dict(zip(measured.tolist(), found, strict=True))
    agreements = _agreements(table, [problem.position for problem in problems])
    return {problem.position: _item(problem, known.get(problem.position), agreements) for problem in problems}


def contrast(position: int, table: CountTable) -> Contrast | None:
    """How the strong and the weak runs fare on this problem; None where the strong ones fare better."""
    pair = _with_strength(position, table.rates)
    if not pair.size:
        return None
    found = next((one for one in suspects(pair) if one.problem == 0), None)
    return Contrast(found.strong_rate, found.weak_rate, found.p) if found else None


def _with_strength(position: int, rates: FloatArray) -> FloatArray:
    """Rates on this problem and mean rates on all others, shape (runs, 2), of the runs that have both.

    As a board of two problems it has the same discrimination, at a hundredth of the work.
    """
    others = np.delete(rates, position, axis=1)
    known = ~np.isnan(rates[:, position]) & ~np.isnan(others).all(axis=1)
    return np.column_stack([rates[known, position], np.nanmean(others[known], axis=1)])


def _statistics_of_one(position: int, rates: FloatArray) -> dict[int, tuple[Bounded, Bounded]]:
    having = rates[~np.isnan(rates[:, position])]
    if not having.size:
        return {}
    [(rate, _)] = _statistics(having[:, [position]])
    pair = _with_strength(position, having)
    return {position: (rate, _statistics(pair)[0][1] if pair.size else Bounded(None, None, None))}


def _statistics(rates: FloatArray) -> list[tuple[Bounded, Bounded]]:
    """Bounds of pass rate and discrimination of each problem."""
    return list(_known_statistics(rates.shape, rates.tobytes()))


@lru_cache(maxsize=8)  # resampling takes most of a page's time; the rates change when a run is scored
def _known_statistics(shape: tuple[int, int], rates: bytes) -> list[tuple[Bounded, Bounded]]:
    found = item_statistics(np.frombuffer(rates).reshape(shape))
    return [
        (
            Bounded(1 - float(difficulty[0]), 1 - float(difficulty[2]), 1 - float(difficulty[1])),
            Bounded(*(None if np.isnan(value) else float(value) for value in discrimination)),
        )
        for difficulty, discrimination in zip(
            np.column_stack([found.difficulty, found.difficulty_low, found.difficulty_high]),
            np.column_stack([found.discrimination, found.discrimination_low, found.discrimination_high]),
            strict=True,
        )
    ]


def _item(
    problem: Problem, bounds: tuple[Bounded, Bounded] | None, agreements: Mapping[int, Agreement]
) -> Item:
    unknown = Bounded(None, None, None)
    rate, discrimination = bounds or (unknown, unknown)
    reference = problem.reference_verdict
    return Item(
        rate=rate,
        discrimination=discrimination,
        inverted=discrimination.high is not None and discrimination.high < 0,
        agreement=agreements.get(problem.position),
        reference="" if reference == Verdict.PASSED else reference,
    )


def _agreements(table: CountTable, wanted: Sequence[int]) -> dict[int, Agreement]:
    """Those of these problems on which many strong models prefer one same wrong answer to right ones, by
    position."""
    asked = np.isin(np.arange(table.c.shape[1]), wanted)
    models = np.array([run.model_id for run in table.runs], dtype=np.int64)
    strong = np.isin(models, _stronger_half(models, table.rates))
    rows, positions = np.nonzero((table.wrong != 0) & (table.agreeing > table.c) & strong[:, None] & asked)
    voices = _distinct(positions, table.wrong[rows, positions], models[rows])
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    for position, key in voices:
        votes[position][key] += 1
    found = {}
    for position, keys in votes.items():
        [(key, count)] = keys.most_common(1)
        of = len(np.unique(models[strong & (table.n[:, position] > 0)]))
        if count >= LEAST_AGREEING and count >= AGREEING_SHARE * of:
            found[position] = Agreement(key, count, of)
    return found


def _stronger_half(models: IntArray, rates: FloatArray) -> IntArray:
    """Ids of the models whose best run passes most, by its mean rate; of an odd number, the middle one."""
    known = ~np.isnan(rates)
    means = np.where(known, rates, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    best_first = models[np.argsort(-means, kind="stable")].tolist()
    ids = list(dict.fromkeys(best_first))
    return np.array(ids[: (len(ids) + 1) // 2], dtype=np.int64)


def _distinct(positions: NDArray[np.intp], keys: KeyArray, models: IntArray) -> list[tuple[int, int]]:
    """(position, key) once for each model: runs of one model are one voice."""
    order = np.lexsort((models, keys, positions))
    columns = (positions[order], keys[order], models[order])
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return list(zip(columns[0][first].tolist(), columns[1][first].tolist(), strict=True))
