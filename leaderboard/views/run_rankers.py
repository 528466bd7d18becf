"""What picking a sample by a number of the file gains: the run page's table of rankers and their charts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from evaluator.metrics import Mean, curve, default_ks, mean_of
from leaderboard import charts
from leaderboard.calibration_chart import calibration_figure
from leaderboard.formatting import (
    MISSING,
    MISSING_FIGURE,
    FigureText,
    columns_aligned,
    counted,
    figure_text,
    percent,
)
from leaderboard.models import Run
from leaderboard.queries.runs import ProblemRow, figures_of
from leaderboard.run_analysis import Analysis
from leaderboard.run_rankers import RankerResult

RANDOM, ORACLE = "random pick", "oracle"
_GREY = 5  # the neutral one of the series
_TABLE_MS = (1, 2, 5, 10, 20, 50, 100, 200)


def ranker_table(run: Run, rows: Sequence[ProblemRow], analysis: Analysis | None) -> dict[str, Any] | None:
    """Random pick, every ranker, oracle; None where each problem has one sample, and nothing is picked."""
    counted_rows = pickable(rows)
    if analysis is None or not counted_rows:
        return None
    lines = [
        _line(RANDOM, "what no ranker should fall behind", _pass_at_1(run)),
        *(
            _line(name_of(one), _auc_words(one), figure_text(one.value, one.low, one.high))
            for one in analysis.rankers
        ),
        _line(
            ORACLE, "any sample passes: the most that picking can reach", _bounds(oracle_mean(counted_rows))
        ),
    ]
    figures = columns_aligned([[line["figure"]] for line in lines])
    for line, (figure,) in zip(lines, figures, strict=True):
        line["figure"] = figure
    return {
        "lines": lines,
        "left_out": counted(analysis.left_out, "more numeric field") if analysis.left_out else "",
        "charts": ranker_boxes(run, counted_rows, analysis) if analysis.rankers else [],
    }


def pickable(rows: Sequence[ProblemRow]) -> list[ProblemRow]:
    """The scored problems; none of them where each has one sample, and nothing is picked."""
    counted_rows = [row for row in rows if row.scored and row.n]
    return counted_rows if max((row.n for row in counted_rows), default=0) > 1 else []


def oracle_mean(rows: Sequence[ProblemRow]) -> Mean:
    """The share of problems of which any sample passes."""
    return mean_of([float(row.c > 0) for row in rows])


def name_of(ranker: RankerResult) -> str:
    """What its rows and curves are called."""
    return f"{'lowest' if ranker.lowest else 'highest'} {ranker.name}"


def ranker_boxes(run: Run, rows: Sequence[ProblemRow], analysis: Analysis) -> list[charts.ChartBox]:
    """The best-of-m chart, and a calibration chart for each field."""
    curves = best_of_curves(run, rows, analysis)
    ms = [m for m in _TABLE_MS if m <= min(row.n for row in rows)]
    boxes = []
    if len(ms) > 1:
        table = [[line.label, *(_at(line, m) for m in ms)] for line in curves]
        address = reverse("run-ranker-chart", args=[run.pk])
        columns = ["picked by", *(f"m = {m}" for m in ms)]
        boxes.append(charts.ChartBox("pass@1 of the best of m samples", "", address, columns, table))
    return boxes + [_calibration_box(run, one) for one in _fields(analysis)]


def best_of_curves(run: Run, rows: Sequence[ProblemRow], analysis: Analysis) -> list[charts.Curve]:
    """pass@1 of the sample that each ranker picks among m, between a random pick and the oracle, pass@m."""
    n_min = min(row.n for row in rows)
    ms = list(default_ks(n_min))
    best = curve([row.n for row in rows], [row.c for row in rows], ms)
    return [
        _limit(ORACLE, ms, best.values),
        *(_best_of(one, run.pk + place) for place, one in enumerate(analysis.rankers)),
        _limit(RANDOM, ms, [best.values[0]] * len(ms)),  # pass@1
    ]


def calibration(analysis: Analysis, name: str, width: int) -> str | None:
    """The figure of this field's calibration; None where no ranker has this name."""
    for one in _fields(analysis):
        if one.name == name:
            return calibration_figure(one.bins, one.name, width)
    return None


def _limit(label: str, ms: Sequence[int], values: Sequence[float]) -> charts.Curve:
    """What a ranker lies between: dotted, in grey."""
    nothing = [None] * len(ms)
    return charts.Curve(label, ms, values, nothing, nothing, _GREY, published=True)


def _best_of(ranker: RankerResult, series: int) -> charts.Curve:
    points = ranker.best_of
    return charts.Curve(
        label=name_of(ranker),
        ks=[point.m for point in points],
        values=[point.value for point in points],
        lows=[point.low for point in points],
        highs=[point.high for point in points],
        series=series,
    )


def _fields(analysis: Analysis) -> list[RankerResult]:
    """One result of each field: highest and lowest share their calibration."""
    return list({one.name: one for one in analysis.rankers}.values())


def _calibration_box(run: Run, ranker: RankerResult) -> charts.ChartBox:
    query = urlencode({"ranker": ranker.name})
    return charts.ChartBox(
        title=f"Share that passes by {ranker.name}",
        note="in bins of equal counts; samples of a problem are alike, so the truth may lie further off",
        address=f"{reverse('run-calibration-chart', args=[run.pk])}?{query}",
        columns=(ranker.name, "mean", "samples", "passed, %", "95 % interval"),
        rows=[
            (
                f"{one.low:.4g} to {one.high:.4g}",
                f"{one.mean:.4g}",
                f"{one.samples:,}",
                percent(one.passed / one.samples),
                f"{percent(one.rate_low)}–{percent(one.rate_high)}",
            )
            for one in ranker.bins
        ],
    )


def _line(name: str, about: str, figure: FigureText) -> dict[str, Any]:
    return {"name": name, "about": about, "figure": figure}


def _pass_at_1(run: Run) -> FigureText:
    known = {figure.k: figure for figure in figures_of(run)}
    return figure_text(known[1].value, known[1].low, known[1].high) if 1 in known else MISSING_FIGURE


def _bounds(mean: Mean) -> FigureText:
    return figure_text(mean.value, mean.low, mean.high)


def _auc_words(ranker: RankerResult) -> str:
    if ranker.auc is None:
        return "no problem has both passing and failing samples"
    return f"a passing sample outranks a failing one of its problem in {percent(ranker.auc)} % of pairs"


def _at(line: charts.Curve, m: int) -> str:
    known = dict(zip(line.ks, zip(line.values, line.lows, line.highs, strict=True), strict=True))
    if m not in known:
        return MISSING
    return str(figure_text(*known[m]))
