"""What the run page's templates show: ready strings and addresses, made of rows and records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from django.urls import reverse
from django.utils.http import RFC3986_SUBDELIMS

from leaderboard.charts import ChartBox, Curve
from leaderboard.formatting import (
    MISSING,
    MISSING_FIGURE,
    FigureText,
    date_text,
    figure_text,
    percent,
    plain_number,
    samples_text,
    segments,
)
from leaderboard.models import Run
from leaderboard.queries.progress import Progress
from leaderboard.queries.runs import HEADLINE_KS, Figure, ProblemRow, figures_of, first_with
from leaderboard.run_analysis import ROUND_KS, Beyond
from leaderboard.verdict_words import VERDICT_WORDS, WAITING

_ANY_TASK = "a-task"
_PATH_LETTERS = RFC3986_SUBDELIMS + "/~:@"  # those that `reverse` leaves as they are
_SOME = 0.005  # a share of problems that is worth a word


def duration(seconds: float | None) -> str:
    """75 → "1 min 15 s", 7300 → "2 h 2 min"; None → ""."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def verdict_bar(
    counts: Mapping[str, int], addresses: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """The pieces of the bar of these counts of samples, each with its word, share and way in."""
    total = sum(counts.values()) or 1
    return [
        {
            "piece": piece,
            "word": VERDICT_WORDS[piece.name],
            "share": percent(piece.count / total),
            "address": (addresses or {}).get(piece.name, ""),
        }
        for piece in segments(counts, VERDICT_WORDS)
    ]


def headline(run: Run) -> list[dict[str, Any]]:
    """pass@1, 10 and 100: the figure with its interval, or why there is none."""
    known = {figure.k: figure for figure in figures_of(run)}
    published = run.source == Run.Source.PUBLISHED
    ks = sorted(known) if published else HEADLINE_KS
    missing = f"here n is {samples_text(run.n_min, run.n_max)}"
    return [
        {"k": k, "figure": _text(known[k]) if k in known else None, "why": f"needs n ≥ {k}; {missing}"}
        for k in ks
    ]


def _text(figure: Figure) -> FigureText:
    return figure_text(figure.value, figure.low, figure.high, figure.printed)


def _interval(figure: Figure) -> str:
    return _bounds(figure.low, figure.high)


def _bounds(low: float | None, high: float | None) -> str:
    return MISSING if low is None or high is None else f"{percent(low)}–{percent(high)}"


def curve_of(run: Run) -> Curve:
    """The pass@k curve for the chart."""
    figures = figures_of(run)
    return Curve(
        label=run.model.name,
        ks=[figure.k for figure in figures],
        values=[figure.value for figure in figures],
        lows=[figure.low for figure in figures],
        highs=[figure.high for figure in figures],
        series=run.pk,
        published=run.source == Run.Source.PUBLISHED,
    )


def curve_box(run: Run, beyond: Beyond | None = None) -> ChartBox | None:
    """The chart of the curve, and its data as a table; None with fewer than two points."""
    figures = figures_of(run)
    if len(figures) < 2:
        return None
    note = "with its 95 % interval" if figures[0].low is not None else "as printed"
    guessed = [point for point in beyond.points if point.m in ROUND_KS] if beyond else []
    return ChartBox(
        title="pass@k",
        note=f"{note}; dashed: a guess beyond the samples drawn" if beyond else note,
        address=reverse("run-chart", args=[run.pk]),
        columns=("k", "pass@k, %", "95 % interval"),
        rows=[
            *((str(figure.k), percent(figure.value), _interval(figure)) for figure in figures),
            *((f"{one.m}, a guess", percent(one.value), _bounds(one.low, one.high)) for one in guessed),
        ],
    )


def beyond_curve(run: Run, beyond: Beyond) -> Curve:
    """The dashed continuation of the run's curve, from its last measured point on."""
    figures = figures_of(run)
    last = figures[-1:] if figures and figures[-1].low is not None else []
    return Curve(
        label=run.model.name,
        ks=[*(one.k for one in last), *(one.m for one in beyond.points)],
        values=[*(one.value for one in last), *(one.value for one in beyond.points)],
        lows=[*(one.low for one in last), *(one.low for one in beyond.points)],
        highs=[*(one.high for one in last), *(one.high for one in beyond.points)],
        series=run.pk,
        guessed=True,
    )


def beyond_said(beyond: Beyond) -> str:
    """How far the same guess was off where the answer is known."""
    never = ""
    if beyond.never >= _SOME:
        never = f" It takes {percent(beyond.never)} % of the problems for never solved by this model."
    return (
        f"Beyond the samples drawn the curve is a guess: pass rates are taken to follow a beta distribution "
        f"over the problems.{never} Tried where the answer is known, on random halves of the samples, it "
        f"said {percent(beyond.predicted)} % for k = {beyond.check_k} where {percent(beyond.observed)} % is "
        f"right; typically it was {beyond.error * 100:.1f} points off. Further out it is less sure than that."
    )


def problem_paths(name: str, *args: object) -> Callable[[str], str]:
    """Addresses of this page by task id, for tables of many: its route is looked up once.

    `args` are what stands in the route before the task id.
    """
    before, _, after = reverse(name, args=[*args, _ANY_TASK]).partition(_ANY_TASK)
    return lambda task_id: f"{before}{quote(task_id, safe=_PATH_LETTERS)}{after}"


def failures_address(run_id: int, task_id: str, **state: object) -> str:
    """Address of the failure browser; empty values of the state are left out."""
    query = urlencode({name: value for name, value in state.items() if value not in ("", None)})
    return reverse("failures", args=[run_id, task_id]) + (f"?{query}" if query else "")


def verdict_addresses(run: Run, rows: Sequence[ProblemRow]) -> dict[str, str]:
    """Where each verdict leads: the first problem that has it, filtered to it."""
    first = {name: first_with(rows, name) for name in VERDICT_WORDS if name != WAITING}
    return {name: failures_address(run.pk, task, verdict=name) for name, task in first.items() if task}


def progress_strings(progress: Progress) -> dict[str, Any]:
    """The progress block."""
    return {
        "judged": f"{progress.judged:,}",
        "samples": f"{progress.samples:,}",
        "share": f"{100 * progress.share:.0f}",
        "value": progress.judged,
        "most": progress.samples,
        "rate": f"{progress.rate:,.{0 if progress.rate >= 10 else 1}f}" if progress.rate else "",
        "left": duration(progress.seconds_left),
        "problems_done": progress.problems_done,
        "problems": progress.problems,
        "pass_at_1": percent(progress.pass_at_1) if progress.pass_at_1 is not None else "",
        "bar": verdict_bar(progress.verdicts),
        "worker_seen": progress.worker_seen,
    }


def account_rows(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """One's own runs in a table."""
    return [
        {
            "run": run,
            "address": reverse("run", args=[run.pk]),
            "temperature": plain_number(run.temperature),
            "n": samples_text(run.n_min, run.n_max),
            "figures": [_text(known[k]) if k in known else MISSING_FIGURE for k in HEADLINE_KS],
            "date": date_text(run.created_at),
        }
        for run in runs
        for known in [{figure.k: figure for figure in figures_of(run)}]
    ]
