"""What more samples of a run would bring: a narrower interval, and pass@k for larger k."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evaluator.metrics import Spread, spread
from evaluator.metrics.planner import MOST_SAMPLES
from leaderboard import formatting
from leaderboard.forms.planner import PlanWish
from leaderboard.queries.planner import Basis
from leaderboard.queries.runs import Figure
from leaderboard.run_analysis import ROUND_KS, Analysis
from leaderboard.run_rankers import Point

GAIN_COLUMNS = ("n", "half_width", "sample_share", "pass@n", "pass@n_low", "pass@n_high")
_ENDLESS = "∞"
_Z = 1.96  # a 95 % interval, in standard deviations


@dataclass(frozen=True, slots=True)
class Gain:
    """A run drawn with n samples (None: endlessly many). Fractions; `guess` is pass@n."""

    n: int | None
    half_width: float
    sample_share: float
    guess: Point | Figure | None
    drawn: bool = False  # what the run has


def gains(wish: PlanWish, basis: Basis, analysis: Analysis | None) -> list[Gain]:
    """What the plan's run has, and what it would have with more samples; empty where k is beyond reach."""
    assert basis.run is not None, "only for plans that rest on a run"
    least = basis.run.run.n_min
    known: dict[int, Point | Figure] = dict(basis.run.figures)
    if analysis and analysis.beyond:
        known |= {point.m: point for point in analysis.beyond.points}
    ns = [n for n in ROUND_KS if least < n <= min(10 * least, MOST_SAMPLES)]
    found = []
    for n in [least, *ns]:
        if n < wish.k:
            continue
        found.append(_gain(basis, spread(basis.rates, n, wish.k), n, known.get(n), drawn=n == least))
    if not found:
        return []
    endless = Spread(spread(basis.rates, wish.k, wish.k).between, 0.0)
    return [*found, _gain(basis, endless, None, None)]


def gain_texts(row: Gain) -> dict[str, Any]:
    found = row.guess
    guess = formatting.figure_text(found.value, found.low, found.high) if found else formatting.MISSING_FIGURE
    return {
        "n": _ENDLESS if row.n is None else f"{row.n:,}",
        "drawn": row.drawn,
        "half_width": f"±{row.half_width * 100:.1f}",
        "share": formatting.percent(row.sample_share, 0),
        "guess": guess,
    }


def gain_record(row: Gain) -> dict[str, Any]:
    found = row.guess
    guess = (found.value, found.low, found.high) if found else (None, None, None)
    return dict(zip(GAIN_COLUMNS, (row.n, row.half_width, row.sample_share, *guess), strict=True))


def gain_sentence(rows: Sequence[Gain], k: int) -> str:
    """Whether more samples would narrow the interval of pass@k."""
    now, endless = rows[0].half_width * 100, rows[-1].half_width * 100
    if not rows[0].drawn:
        return f"pass@{k} takes at least {k} samples of each problem, which the run does not have."
    if f"{now:.1f}" == f"{endless:.1f}":
        return (
            f"More samples would not narrow the interval of ±{now:.1f} points: it comes from which problems "
            "the benchmark has."
        )
    if now - endless < 0.1 * now:
        return (
            f"More samples would hardly narrow the interval: from ±{now:.1f} points to ±{endless:.1f} at "
            "best. What is left comes from which problems the benchmark has."
        )
    return f"More samples would narrow the interval from ±{now:.1f} points towards ±{endless:.1f}."


def _gain(
    basis: Basis, one: Spread, n: int | None, guess: Point | Figure | None, *, drawn: bool = False
) -> Gain:
    whole = one.between + one.within
    share = one.within / whole if whole else 0.0
    return Gain(n, _Z * one.standard_error(basis.problems), share, guess, drawn)
