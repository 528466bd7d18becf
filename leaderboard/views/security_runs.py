"""The runs of a benchmark by their findings: one row each, compared with the most secure one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.urls import reverse

from evaluator.metrics.counts import FloatArray
from evaluator.metrics.paired import difference_bounds
from leaderboard.formatting import FigureText, columns_aligned, percent
from leaderboard.models import Run
from leaderboard.tables import Value, in_order
from leaderboard.views.security_choice import SecurityChoice
from leaderboard.views.security_rows import figure, run_name

_MINUS = "\N{MINUS SIGN}"
# {problem position: (n, samples that pass and are clean)} of one run
ProblemCounts = Mapping[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Against:
    """How far a run's secure-pass@1 is from the most secure run's, on the problems of both; fractions."""

    value: float
    low: float
    high: float


def run_records(runs: Sequence[Run], counts: Mapping[int, ProblemCounts]) -> list[dict[str, Any]]:
    """Every scanned run with raw values, the most secure first; `difference` is against that one."""
    rows = sorted((_record(run) for run in runs if run.security), key=lambda row: -row["secure-pass@1"])
    if not rows:
        return []
    best = rows[0]["run"]
    differences = against(best, counts)
    for row in rows:
        difference = differences.get(row["run"])
        row["difference"] = difference.value if difference else None
        row["difference_low"] = difference.low if difference else None
        row["difference_high"] = difference.high if difference else None
    return rows


def in_choice(rows: Sequence[dict[str, Any]], choice: SecurityChoice) -> list[dict[str, Any]]:
    """The rows in the order of the choice."""
    return in_order(rows, choice.run_order, _value, tie=lambda row: (row["model"].casefold(), row["run"]))


def run_texts(rows: Sequence[Mapping[str, Any]], runs: Sequence[Run]) -> list[dict[str, Any]]:
    """What the table of runs prints."""
    shown = runs_of(rows, runs)
    figures = columns_aligned([_figures(run) for run in shown])
    return [_text(row, run, texts) for row, run, texts in zip(rows, shown, figures, strict=True)]


def runs_of(rows: Sequence[Mapping[str, Any]], runs: Sequence[Run]) -> list[Run]:
    """The runs of these rows, in their order."""
    by_id = {run.pk: run for run in runs}
    return [by_id[row["run"]] for row in rows]


def against(best: int, counts: Mapping[int, ProblemCounts]) -> dict[int, Against]:
    """The paired difference of each other run from this one, on the problems that both have samples of."""
    base = counts.get(best, {})
    alike: dict[frozenset[int], list[int]] = defaultdict(list)
    for run_id, problems in counts.items():
        if run_id != best and (shared := frozenset(base.keys() & problems.keys())):
            alike[shared].append(run_id)
    found: dict[int, Against] = {}
    for shared, run_ids in alike.items():
        positions = sorted(shared)
        own = _rates(base, positions)
        table = np.column_stack([_rates(counts[run_id], positions) - own for run_id in run_ids])
        bounds = difference_bounds(table)
        for column, run_id in enumerate(run_ids):
            value = float(table[:, column].mean())
            found[run_id] = Against(value, float(bounds.low[column]), float(bounds.high[column]))
    return found


def _rates(counts: ProblemCounts, positions: Sequence[int]) -> FloatArray:
    """secure-pass@1 of each problem: with k = 1 the estimate is the plain share."""
    table = np.array([counts[position] for position in positions], dtype=np.float64)
    return np.asarray(table[:, 1] / table[:, 0])


def _record(run: Run) -> dict[str, Any]:
    pass1, secure = run.figures.get("1", {}), run.security["secure"].get("1", {})
    record: dict[str, Any] = {
        "run": run.pk,
        "model": run.model.name,
        "temperature": run.temperature,
        "synthetic": run.synthetic,
    }
    stored = {
        "pass@1": pass1,
        "secure-pass@1": secure,
        "passed_flagged_share": run.security["passed_flagged"] or {},
        "flagged_share": run.security["flagged"] or {},
    }
    for name, known in stored.items():
        record |= {
            name: known.get("value"),
            f"{name}_low": known.get("low"),
            f"{name}_high": known.get("high"),
        }
    return record


def _figures(run: Run) -> list[FigureText]:
    stored = run.security
    known = (run.figures.get("1"), stored["secure"].get("1"), stored["passed_flagged"], stored["flagged"])
    return [figure(one) for one in known]


def _text(row: Mapping[str, Any], run: Run, figures: Sequence[FigureText]) -> dict[str, Any]:
    pass1, secure, passed_flagged, flagged = figures
    return {
        "name": run_name(run),
        "synthetic": run.synthetic,
        "address": reverse("run-security", args=[run.pk]),
        "pass1": pass1,
        "secure": secure,
        "bar": f"{100 * (row['secure-pass@1'] or 0):.2f}",
        "difference": _difference_text(row),
        "passed_flagged": passed_flagged,
        "flagged": flagged,
    }


def _difference_text(row: Mapping[str, Any]) -> dict[str, Any]:
    if row["difference"] is None:
        return {}
    low, high = row["difference_low"], row["difference_high"]
    return {
        "value": _signed(row["difference"]),
        "interval": f"{_signed(low)} to {_signed(high)}",
        "clear": low > 0 or high < 0,
    }


def _signed(fraction: float) -> str:
    return f"{_MINUS if fraction < 0 else '+'}{percent(abs(fraction))}"


def _value(row: Mapping[str, Any], key: str) -> Value:
    values: Mapping[str, Value] = {
        "model": row["model"].casefold(),
        "pass1": row["pass@1"],
        "secure": row["secure-pass@1"],
        "difference": row["difference"],
        "passed_flagged": row["passed_flagged_share"],
        "flagged": row["flagged_share"],
    }
    return values[key]
