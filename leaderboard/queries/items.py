"""What the runs of a benchmark say about its problems: how hard, how telling, which ones look wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evaluator.metrics import item_statistics, suspects
from evaluator.metrics.counts import FloatArray
from evaluator.records import Verdict
from leaderboard.models import Problem
from leaderboard.queries.counts import CountTable
from leaderboard.verdict_words import VERDICT_WORDS

# Fewer models that agree may have one bug in common.
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
    """Models that give one same wrong answer more often than a right one; `key` is its behaviour."""

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
            models = f"{self.agreement.models} of {self.agreement.of} models"
            said.append(f"{models} give the same “wrong” answer more often than a right one")
        return said


def items_of(problems: Sequence[Problem], table: CountTable) -> dict[int, Item]:
    """Every problem by its position, over the runs of this table."""
    measured = np.flatnonzero((table.n > 0).any(axis=0))
    bounds = _statistics(table.rates[:, measured]) if measured.size else {}
    known = {int(position): bounds[place] for place, position in enumerate(measured)}
    agreements = _agreements(table)
    return {problem.position: _item(problem, known.get(problem.position), agreements) for problem in problems}


def contrast(position: int, table: CountTable) -> Contrast | None:
    """How the strong and the weak runs fare on this problem; None where the strong ones fare better."""
    rates = table.rates
    others = np.delete(rates, position, axis=1)
    known = ~np.isnan(rates[:, position]) & ~np.isnan(others).all(axis=1)
    if not known.any():
        return None
    pair = np.column_stack([rates[known, position], np.nanmean(others[known], axis=1)])
    found = next((one for one in suspects(pair) if one.problem == 0), None)
    return Contrast(found.strong_rate, found.weak_rate, found.p) if found else None


def _statistics(rates: FloatArray) -> list[tuple[Bounded, Bounded]]:
    found = item_statistics(rates)
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


def _agreements(table: CountTable) -> dict[int, Agreement]:
    """The problems on which many models prefer one same wrong answer to right ones, by position."""
    models = np.array([run.model_id for run in table.runs], dtype=np.int64)
    preferred = (table.wrong != 0) & (table.agreeing > table.c)
    found = {}
    for position in np.flatnonzero(preferred.sum(axis=0) >= LEAST_AGREEING).tolist():
        agreeing: dict[int, set[int]] = defaultdict(set)
        rows = preferred[:, position]
        for key, model in zip(table.wrong[rows, position].tolist(), models[rows].tolist(), strict=True):
            agreeing[key].add(model)
        key = max(agreeing, key=lambda key: (len(agreeing[key]), key))
        of = len(set(models[table.n[:, position] > 0].tolist()))
        count = len(agreeing[key])
        if count >= LEAST_AGREEING and count >= AGREEING_SHARE * of:
            found[position] = Agreement(key, count, of)
    return found
