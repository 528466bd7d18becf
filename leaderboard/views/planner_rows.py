"""A plan as sentences, tables, curves and files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from evaluator.metrics import Comparison, Spread, problems_needed, resolvable, samples_needed, spread
from leaderboard import formatting
from leaderboard.charts import AxisTitles, Curve
from leaderboard.forms.planner import PlanWish
from leaderboard.models import Benchmark
from leaderboard.queries.board import BoardRow
from leaderboard.queries.planner import Basis

_NS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_GRID_KS = (1, 5, 10, 100)
_ENDLESS = "∞"
TITLES = AxisTitles(x="n, samples of each problem", y="smallest difference, points", point="n = ")


@dataclass(frozen=True, slots=True)
class Resolved:
    """The smallest difference at a likeness of the middle, and of the closest and least close quarter."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Needed:
    """Samples of each problem that find the wanted difference between models of middle likeness; `few` and
    `many` between those more, and less, alike; None: no number does.

    `least`: the smallest difference with endlessly many. `problems` like the benchmark's that would do it,
    where samples don't.
    """

    few: int | None
    samples: int | None
    many: int | None
    least: Resolved
    problems: int | None


def run_name(row: BoardRow) -> str:
    """How a list of runs calls it."""
    run = row.run
    temperature = "" if run.temperature is None else f", T = {run.temperature:g}"
    n = formatting.samples_text(run.n_min, run.n_max)
    return f"{run.model.name}{temperature}, n = {n} (run {run.pk})"


def verdict(wish: PlanWish, basis: Basis) -> str:
    """How many samples it takes, or that samples do not do it and how many problems would."""
    points, k = f"{wish.difference * 100:g} points", f"pass@{wish.k}"
    power = f"{wish.power * 100:.0f} %"
    found = needed(wish, basis)
    if found.samples is not None:
        return (
            f"{formatting.counted(found.samples, 'sample')} of each problem from either model "
            f"{'finds' if found.samples == 1 else 'find'} a true difference of {points} in {k} in {power} of "
            f"comparisons{_range_said(found)}."
        )
    return (
        f"No number of samples finds a true difference of {points} in {k} in {power} of comparisons: with "
        f"endlessly many, {_points(found.least.middle)} points is the least. More problems would: about "
        f"{found.problems:,} like these {basis.problems:,}, with {problem_samples(wish)} samples of each."
    )


def needed(wish: PlanWish, basis: Basis) -> Needed:
    """What it takes to find the wanted difference."""
    like = basis.at(wish.k)
    few, samples, many = (
        samples_needed(basis.rates, wish.k, wish.difference, _plan(wish, basis, correlation))
        for correlation in (like.high, like.middle, like.low)
    )
    problems = None
    if samples is None:
        one = spread(basis.rates, problem_samples(wish), wish.k)
        problems = problems_needed(one, wish.difference, _plan(wish, basis, like.middle))
    return Needed(few, samples, many, _resolved(wish, basis, wish.k, None), problems)


def problem_samples(wish: PlanWish) -> int:
    """With so many samples of each problem `Needed.problems` are counted."""
    return max(100, wish.k)


def foundations(wish: PlanWish, basis: Basis, benchmark: Benchmark) -> list[str]:
    """What the plan takes for granted."""
    if basis.run is None:
        first = (
            f"No run on {benchmark.name} shows how pass rates are spread, which takes two samples of a "
            "problem; so a usual spread at a pass@1 of 50 % is assumed."
        )
    else:
        first = f"Two models whose pass rates are spread as those of {run_name(basis.run)}."
    if not wish.paired:
        return [first, "Their means are compared as if they were of different problems."]
    like = basis.at(wish.k)
    if not basis.pairs:
        return [first, f"Their true pass rates are assumed to correlate by {like.middle:.2f}."]
    return [
        first,
        f"Their true pass@{wish.k} correlates by {like.middle:.2f} over the problems: the median with "
        f"{formatting.counted(basis.pairs, 'run')} of other models; quartiles {like.low:.2f} and "
        f"{like.high:.2f} give the ranges.",
    ]


def grid(wish: PlanWish, basis: Basis) -> dict[str, Any]:
    """The smallest difference by n and k, as strings."""
    ks = _ks(wish)
    rows = []
    for n in (*_NS, None):
        cells = [_cell(wish, _resolved(wish, basis, k, n) if n is None or n >= k else None) for k in ks]
        rows.append({"n": _ENDLESS if n is None else f"{n:,}", "cells": cells})
    return {"ks": ks, "rows": rows}


def grid_records(wish: PlanWish, basis: Basis) -> list[dict[str, Any]]:
    """The same with raw values (fractions), for files; n is empty where it is endless."""
    return [
        {
            "n": n,
            "k": k,
            "smallest_difference": found.middle,
            "smallest_difference_low": found.low,
            "smallest_difference_high": found.high,
            "power": wish.power,
            "paired": wish.paired,
        }
        for n in (*_NS, None)
        for k in _ks(wish)
        if n is None or n >= k
        for found in [_resolved(wish, basis, k, n)]
    ]


def curves(wish: PlanWish, basis: Basis) -> list[Curve]:
    """The smallest difference against n, for each k, and a level line at the wanted one."""
    found = []
    for number, k in enumerate(_ks(wish)):
        ns = [n for n in _NS if n >= k]
        values = [_resolved(wish, basis, k, n) for n in ns]
        lows, highs = [one.low for one in values], [one.high for one in values]
        label = f"pass@{k}"
        found.append(Curve(label, ns, [one.middle for one in values], lows, highs, number))
    level = [wish.difference] * 2
    return [*found, Curve("wanted", [_NS[0], _NS[-1]], level, [None] * 2, [None] * 2, 5, guessed=True)]


def curve_table(found: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """The curves as columns and rows of strings; `found` is what `grid` gave."""
    columns = ["n", *(f"pass@{k}, points" for k in found["ks"])]
    rows = [[row["n"], *(_plain(cell) for cell in row["cells"])] for row in found["rows"]]
    return columns, rows


def _cell(wish: PlanWish, found: Resolved | None) -> dict[str, Any]:
    if found is None:
        return {"value": formatting.MISSING, "range": "", "enough": False}
    wide = wish.paired and _points(found.low) != _points(found.high)
    return {
        "value": _points(found.middle),
        "range": f"{_points(found.low)}–{_points(found.high)}" if wide else "",
        "enough": found.middle <= wish.difference,
    }


def _range_said(found: Needed) -> str:
    """How many samples it takes between models that are more, or less, alike than the middle."""
    few, many = found.few, found.many
    if few == many or few is None:
        return ""
    return f" ({few:,} to {'no number' if many is None else f'{many:,}'} as models are more or less alike)"


def _resolved(wish: PlanWish, basis: Basis, k: int, n: int | None) -> Resolved:
    one = spread(basis.rates, k if n is None else n, k)
    one = Spread(one.between, 0.0) if n is None else one
    like = basis.at(k)
    low, middle, high = (
        resolvable(one, _plan(wish, basis, correlation)) for correlation in (like.high, like.middle, like.low)
    )
    return Resolved(low, middle, high)


def _plan(wish: PlanWish, basis: Basis, correlation: float) -> Comparison:
    return Comparison(basis.problems, correlation if wish.paired else 0.0, wish.power)


def _ks(wish: PlanWish) -> list[int]:
    return sorted({*_GRID_KS, wish.k})


def _plain(cell: dict[str, Any]) -> str:
    return f"{cell['value']} {cell['range']}".strip()


def _points(fraction: float) -> str:
    return f"{fraction * 100:.1f}"
