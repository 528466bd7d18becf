"""What security pages show: rules, weaknesses and runs in tables, as ready-made strings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from evaluator.security import RULES, WEAKNESSES
from leaderboard.formatting import MISSING, FigureText, columns_aligned, counted, figure_text, percent
from leaderboard.models import Run
from leaderboard.queries.marks import Precision
from leaderboard.queries.security import RuleCount
from leaderboard.tables import Value, in_order
from leaderboard.views.security_choice import SEVERITIES, SecurityChoice

RULE_RECORD = ("rule", "title", "cwe", "severity", "asked_for", "samples", "sample_share")
RULE_RECORD += ("passed", "problems", "confirmed", "marked")
# Runs beside each other in the table of rules by model; the others are in its file.
SHOWN_RUNS = 12


@dataclass(frozen=True, slots=True)
class RuleTable:
    """Rules of some runs with all that their rows need. `samples` are all samples of the runs."""

    counts: Sequence[RuleCount]
    precisions: Mapping[str, Precision]
    samples: int

    def sorted_counts(self, choice: SecurityChoice) -> list[RuleCount]:
        """In the order of the choice; what the task asks for comes last, whatever the order."""
        ordered = in_order(self.counts, choice.order, self._value, tie=lambda row: row.rule)
        return sorted(ordered, key=lambda row: row.asked_for)

    def texts(self, choice: SecurityChoice, path: str) -> list[dict[str, Any]]:
        return [self._text(row, choice, path) for row in self.sorted_counts(choice)]

    def record(self, row: RuleCount) -> dict[str, Any]:
        """The row with raw values, for files."""
        rule, precision = RULES.get(row.rule), self.precisions.get(row.rule)
        values = (
            row.rule,
            rule.title if rule else "",
            rule.cwe if rule else None,
            rule.severity.value if rule else "",
            row.asked_for,
            row.samples,
            self._share(row),
            row.passed,
            row.problems,
            precision.confirmed if precision else 0,
            precision.marked if precision else 0,
        )
        return dict(zip(RULE_RECORD, values, strict=True))

    def _share(self, row: RuleCount) -> float:
        return row.samples / max(self.samples, 1)

    def _text(self, row: RuleCount, choice: SecurityChoice, path: str) -> dict[str, Any]:
        rule = RULES.get(row.rule)
        return {
            "id": row.rule,
            "title": rule.title if rule else "a rule that is no longer used",
            "why": rule.why if rule else "",
            "weakness": WEAKNESSES.get(rule.cwe) if rule else None,
            "severity": rule.severity.value if rule else "",
            "asked_for": row.asked_for,
            "samples": f"{row.samples:,}",
            "share": percent(self._share(row)),
            "bar": f"{100 * self._share(row):.2f}",
            "passed": f"{row.passed:,}",
            "problems": row.problems,
            "precision": precision_text(self.precisions.get(row.rule)),
            "address": narrowed(choice, path, rule=row.rule),
        }

    def _value(self, row: RuleCount, key: str) -> Value:
        rule, precision = RULES.get(row.rule), self.precisions.get(row.rule)
        values: Mapping[str, Value] = {
            "rule": row.rule,
            "cwe": rule.cwe if rule else None,
            "severity": -SEVERITIES.index(rule.severity) if rule else None,
            "samples": row.samples,
            "share": row.samples,
            "passed": row.passed,
            "problems": row.problems,
            "precision": precision.value if precision else None,
        }
        return values[key]


def narrowed(choice: SecurityChoice, path: str, **only: str) -> str:
    """The address of the same view, of one rule, weakness or run alone."""
    return choice.on_page(1).address(path, **only)


def precision_text(precision: Precision | None) -> dict[str, str]:
    """Confirmed of marked findings with Wilson's interval; empty where nobody marked any."""
    if precision is None:
        return {}
    bounds = precision.interval
    return {
        "value": percent(precision.value, 0),
        "interval": f"{percent(bounds.low, 0)}–{percent(bounds.high, 0)}",
        "of": f"{precision.confirmed} of {counted(precision.marked, 'marked finding')} confirmed",
    }


def weakness_rows(counts: Sequence[RuleCount], choice: SecurityChoice, path: str) -> list[dict[str, Any]]:
    """The CWE table: what its rules flag together; a sample counts once for each rule."""
    groups: dict[int, list[RuleCount]] = defaultdict(list)
    for row in counts:
        if row.rule in RULES and not row.asked_for:
            groups[RULES[row.rule].cwe].append(row)
    by_size = sorted(groups.items(), key=lambda item: -sum(row.samples for row in item[1]))
    return [
        {
            "weakness": WEAKNESSES.get(cwe),
            "number": cwe,
            "rules": [(row.rule, narrowed(choice, path, rule=row.rule)) for row in rows],
            "flags": f"{sum(row.samples for row in rows):,}",
            "passed": f"{sum(row.passed for row in rows):,}",
            "address": narrowed(choice, path, cwe=str(cwe)),
        }
        for cwe, rows in by_size
    ]


def model_matrix(
    samples: Mapping[tuple[str, int], int], runs: Sequence[Run], choice: SecurityChoice, path: str
) -> dict[str, Any]:
    """Rules × runs: the share of a run's samples that a rule flags. At most SHOWN_RUNS columns."""
    shown = runs[:SHOWN_RUNS]
    totals: dict[str, int] = defaultdict(int)
    for (rule, _), count in samples.items():
        totals[rule] += count
    rules = sorted(totals, key=lambda rule: (-totals[rule], rule))
    return {
        "columns": [(run_name(run), reverse("run-security", args=[run.pk])) for run in shown],
        "left_out": len(runs) - len(shown),
        "rows": [
            {
                "rule": rule,
                "title": RULES[rule].title if rule in RULES else "",
                "address": narrowed(choice, path, rule=rule),
                "cells": [_matrix_cell(samples.get((rule, run.pk), 0), run, rule) for run in shown],
            }
            for rule in rules
        ],
    }


def _matrix_cell(count: int, run: Run, rule: str) -> dict[str, str]:
    share = count / max(run.samples, 1)
    return {
        "share": percent(share) if count else "",
        "title": counted(count, "sample"),
        "address": f"{reverse('run-security', args=[run.pk])}?rule={rule}" if count else "",
        "bar": f"{100 * share:.2f}",
    }


def run_name(run: Run) -> str:
    """The model, and its temperature where it is known."""
    return run.model.name if run.temperature is None else f"{run.model.name}, T {run.temperature:g}"


def figure(stored: Mapping[str, Any] | None) -> FigureText:
    """A figure of `Run.security` or `Run.figures` as text; – where there is none."""
    known = stored or {}
    return figure_text(known.get("value"), known.get("low"), known.get("high"))


def secure_rows(run: Run) -> list[dict[str, Any]]:
    """pass@k beside secure-pass@k, for every k that the run has."""
    secure = run.security.get("secure", {})
    ks = sorted(secure, key=int)
    figures = columns_aligned([[figure(run.figures.get(k)), figure(secure[k])] for k in ks])
    return [
        {
            "k": k,
            "passing": passing,
            "secure": clean,
            "lost": percent(run.figures[k]["value"] - secure[k]["value"]) if k in run.figures else MISSING,
        }
        for k, (passing, clean) in zip(ks, figures, strict=True)
    ]
