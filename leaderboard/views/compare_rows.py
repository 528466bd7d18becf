"""The compare page's tables of runs and of pairs: strings for the page, records for files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.urls import reverse

from evaluator.metrics import Estimate
from evaluator.records import Limits
from leaderboard import formatting
from leaderboard.chart_frame import series
from leaderboard.models import Run
from leaderboard.queries.compare import Comparison, run_estimates
from leaderboard.queries.compare_pairs import FIRST, SECOND, PairResult, groups_of_pair
from leaderboard.tables import Order, Value, head_cells, in_order
from leaderboard.time_limit import limit_words
from leaderboard.verdict_svg import verdict_svg
from leaderboard.views.compare_choice import (
    CompareChoice,
    known_ks,
    pair_columns,
    run_columns,
    table_ks,
)
from leaderboard.views.compare_words import p_text, points, test_name

_PASS = "pass"  # before k, in the keys of columns
_CHART_KS = (1, 2, 5, 10, 20, 50, 100, 200)

Figures = Sequence[Mapping[int, Estimate]]  # of each run, by k


def colours(runs: Sequence[Run]) -> list[int]:
    """A series for each run: its own, as on every chart, or the next one where another run has that here."""
    taken: list[int] = []
    for run in runs:
        number = run.pk
        while series(number) in map(series, taken):
            number += 1
        taken.append(number)
    return taken


def run_figures(comparison: Comparison, k: int) -> Figures:
    """pass@k of each run on the shared problems, with intervals: at the k of table and chart, and at this."""
    found = []
    for n, c in zip(comparison.n, comparison.c, strict=True):
        ks = tuple(sorted({one for one in (*_CHART_KS, k) if one <= n.min()}))
        found.append({one.k: one for one in run_estimates(n, c, ks)})
    return found


def flag_shares(comparison: Comparison, place: int) -> list[Estimate]:
    """Share of samples with a finding, and of those that pass and have one: means over the problems."""
    n = comparison.n[place]
    return [
        run_estimates(n, counts[place], (1,))[0] for counts in (comparison.flagged, comparison.passed_flagged)
    ]


def known_shares(comparison: Comparison, place: int) -> Sequence[Estimate | None]:
    """The same; None for a run whose file held no code that could have a finding."""
    return (None, None) if comparison.runs[place].has_counts_only else flag_shares(comparison, place)


def ordered_places(comparison: Comparison, figures: Figures, choice: CompareChoice) -> list[int]:
    """Places of the runs in the order of their table."""

    def value(place: int, key: str) -> Value:
        n, c, run = comparison.n[place], comparison.c[place], comparison.runs[place]
        if key.removeprefix(_PASS).isdecimal():
            return figures[place][int(key.removeprefix(_PASS))].value
        flagged, passed_flagged = known_shares(comparison, place)
        values: dict[str, Value] = {
            "run": place,
            "temperature": run.temperature,
            "n": int(n.max()),
            "flagged": flagged.value if flagged else None,
            "passed_flagged": passed_flagged.value if passed_flagged else None,
            "mix": float(c.sum() / n.sum()),
        }
        return values[key]

    return in_order(range(len(figures)), choice.run_order, value, tie=lambda place: place)


def run_table(
    comparison: Comparison, names: Sequence[str], figures: Figures, choice: CompareChoice
) -> dict[str, Any]:
    """Every run on the shared problems, in the chosen order: figures, flags and verdicts."""
    path = reverse("compare")
    ks = table_ks(comparison, choice.k)
    estimated = [
        [*(row[k] for k in ks), *known_shares(comparison, place)] for place, row in enumerate(figures)
    ]
    texts = formatting.columns_aligned([[_figure(one) for one in row] for row in estimated])
    numbers = colours(comparison.runs)

    def sorted_by(order: Order) -> str:
        return replace(choice, run_order=order).address(path)

    return {
        "run_head": head_cells(run_columns(ks), choice.run_order, sorted_by),
        "runs": [
            _run_texts(comparison, place, choice)
            | {"name": names[place], "series": series(numbers[place]), "figures": texts[place]}
            for place in ordered_places(comparison, figures, choice)
        ],
    }


def run_record(comparison: Comparison, names: Sequence[str], figures: Figures, place: int) -> dict[str, Any]:
    """The run with raw values, over the shared problems; shares are fractions."""
    run = comparison.runs[place]
    measured = run.verdicts_from == Run.VerdictsFrom.MEASURED
    known: dict[str, Any] = {"run": run.pk, "name": names[place], "temperature": run.temperature}
    for estimate in figures[place].values():
        known[f"pass@{estimate.k}"] = estimate.value
        known[f"pass@{estimate.k}_low"] = estimate.low
        known[f"pass@{estimate.k}_high"] = estimate.high
    for name, share in zip(("flagged", "passed_flagged"), known_shares(comparison, place), strict=True):
        bounds = (share.value, share.low, share.high) if share else (None, None, None)
        known |= dict(zip((name, f"{name}_low", f"{name}_high"), bounds, strict=True))
    return known | {
        "problems": len(comparison.problems),
        "samples": int(comparison.n[place].sum()),
        "verdicts_from": run.verdicts_from,
        "time_limit": limit_words(Limits(**run.limits)) if measured else "",
        "judge": run.judge_version,
    }


def ordered_pairs(
    comparison: Comparison, pairs: Sequence[PairResult], choice: CompareChoice
) -> list[tuple[PairResult, list[str]]]:
    """The pairs in the chosen order, each with the group of every problem."""
    grouped = [(pair, groups_of_pair(comparison, pair.first, pair.second, choice.rule)) for pair in pairs]
    return in_order(grouped, choice.pair_order, _pair_value, tie=lambda one: (one[0].first, one[0].second))


def pair_table(
    ordered: Sequence[tuple[PairResult, list[str]]], names: Sequence[str], choice: CompareChoice
) -> dict[str, Any]:
    """What the table of pairs shows."""
    path = reverse("compare")

    def sorted_by(order: Order) -> str:
        return replace(choice, pair_order=order).address(path)

    return {
        "pair_head": head_cells(pair_columns(), choice.pair_order, sorted_by),
        "pairs": [_pair_texts(pair, groups, names, choice, path) for pair, groups in ordered],
    }


def pair_record(
    pair: PairResult, groups: Sequence[str], names: Sequence[str], runs: Sequence[Run]
) -> dict[str, Any]:
    """The pair with raw values; the difference is a fraction, first minus second."""
    return {
        "first_run": runs[pair.first].pk,
        "second_run": runs[pair.second].pk,
        "first": names[pair.first],
        "second": names[pair.second],
        "problems": pair.difference.problems,
        "difference": pair.difference.value,
        "low": pair.difference.low,
        "high": pair.difference.high,
        "p": pair.p,
        "p_holm": pair.holm,
        "test": test_name(pair).replace("’", "'"),
        "only_first": groups.count(FIRST),
        "only_second": groups.count(SECOND),
    }


def _run_texts(comparison: Comparison, place: int, choice: CompareChoice) -> dict[str, Any]:
    run, n = comparison.runs[place], comparison.n[place]
    others = [pk for pk in choice.runs if pk != run.pk]
    return {
        "address": reverse("run", args=[run.pk]),
        "imported": run.verdicts_from == Run.VerdictsFrom.IMPORTED,
        "temperature": formatting.plain_number(run.temperature),
        "n": formatting.samples_text(int(n.min()), int(n.max())),
        "mix": verdict_svg(comparison.verdicts[place]),
        "without": choice.with_runs(others).address(reverse("compare")),
    }


def _pair_texts(
    pair: PairResult, groups: Sequence[str], names: Sequence[str], choice: CompareChoice, path: str
) -> dict[str, Any]:
    first, second = names[pair.first], names[pair.second]
    ahead = first if pair.difference.value > 0 else second
    return {
        "first": first,
        "second": second,
        "address": choice.of_pair(pair.first, pair.second).address(path),
        "open": choice.pair == (pair.first, pair.second),
        "difference": points(pair.difference.value),
        "interval": f"{points(pair.difference.low)} to {points(pair.difference.high)}",
        "p": p_text(pair.p),
        "holm": p_text(pair.holm),
        "test": test_name(pair),
        "only_first": groups.count(FIRST),
        "only_second": groups.count(SECOND),
        "said": f"{ahead} ahead" if pair.differs else "not told apart",
    }


def _pair_value(one: tuple[PairResult, list[str]], key: str) -> Value:
    pair, groups = one
    values: dict[str, Value] = {
        "pair": (pair.first, pair.second),
        "difference": pair.difference.value,
        "p": pair.p,
        "holm": pair.holm,
        "only_first": groups.count(FIRST),
        "only_second": groups.count(SECOND),
    }
    return values[key]


def _figure(estimate: Estimate | None) -> formatting.FigureText:
    if estimate is None:
        return formatting.MISSING_FIGURE
    return formatting.figure_text(estimate.value, estimate.low, estimate.high)


def k_links(comparison: Comparison, choice: CompareChoice) -> list[dict[str, Any]]:
    """A link for every k that the runs can be compared at."""
    path = reverse("compare")
    return [
        {"k": k, "address": replace(choice, k=k).address(path), "open": k == choice.k}
        for k in known_ks(comparison)
    ]
