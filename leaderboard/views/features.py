"""Where models break: pass rates against what makes the problems of a benchmark long or intricate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import conditional_page, require_safe

from leaderboard.charts import ChartBox
from leaderboard.feature_chart import feature_figure
from leaderboard.formatting import counted, figure_text, plain_number
from leaderboard.models import Benchmark, Run
from leaderboard.queries.compare import chosen_runs, comparable
from leaderboard.queries.features import (
    CHAINED,
    MOST_RUNS,
    by_feature,
    candidates,
    features_of,
    usual_runs,
)
from leaderboard.run_links import run_word
from leaderboard.tables import head_cells
from leaderboard.views import exports, feature_rows
from leaderboard.views.board import found_benchmark
from leaderboard.views.choices import Box, plot_width
from leaderboard.views.compare_words import labels
from leaderboard.views.feature_choice import (
    FEATURES,
    TREND_COLUMNS,
    FeatureChoice,
    asked_runs,
    bin_columns,
    parse_choice,
)
from leaderboard.views.feature_words import interval, sentence, times, verdict
from leaderboard.views.pages import answer

_OFFERED = 40  # runs to choose from; further ones are chosen by their number in the address


@dataclass(frozen=True, slots=True)
class Shown:
    """What an address shows. `found`: for each run its features."""

    benchmark: Benchmark
    choice: FeatureChoice
    runs: list[Run]
    offered: list[Run]
    found: feature_rows.ByFeature

    @property
    def columns(self) -> Any:
        return bin_columns(self.runs, FEATURES[self.choice.feature])

    @property
    def of_feature(self) -> list[Any]:
        return [one[self.choice.feature] for one in self.found if self.choice.feature in one]


@require_safe
@conditional_page
def features(request: HttpRequest, slug: str) -> HttpResponse:
    """The page; `?format=…` answers with the bins as a file, with `table=trends` with the trends."""
    shown = _shown(request, found_benchmark(slug))
    if form := request.GET.get("format"):
        return _file(form, shown, request.GET.get("table", ""))
    context = _context(request, shown)
    return answer(request, "features", "features_part", context, shown.choice.address(request.path))


@require_safe
@conditional_page
def feature_chart(request: HttpRequest, slug: str) -> HttpResponse:
    """The chart of the feature and the runs that the query string names."""
    shown = _shown(request, found_benchmark(slug))
    if not shown.of_feature:
        raise Http404("No run is scored on a benchmark whose problems differ in this.")
    lines = feature_rows.chart_lines(shown.runs, shown.of_feature)
    figure = feature_figure(lines, FEATURES[shown.choice.feature].axis, plot_width(request.GET))
    return HttpResponse(figure, content_type="application/json")


def _shown(request: HttpRequest, benchmark: Benchmark) -> Shown:
    offered = candidates(benchmark, request.user)
    usual = usual_runs(offered)
    asked = asked_runs(request.GET)
    runs = usual if asked is None else chosen_runs(asked, request.user)
    runs = [run for run in runs if comparable(run) and run.benchmark_id == benchmark.pk]
    choice = parse_choice(request.GET, runs, usual, list(features_of(benchmark)))
    return Shown(benchmark, choice, runs, offered, by_feature(benchmark, runs))


def _file(form: str, shown: Shown, table: str) -> HttpResponse:
    if table == "trends":
        rows = feature_rows.ordered(feature_rows.trend_rows(shown.runs, shown.found), shown.choice.order)
        records = [feature_rows.trend_record(row) for row in rows]
        return exports.table(form, f"{shown.benchmark.slug}-trends", records, feature_rows.TREND_RECORD)
    name = f"{shown.benchmark.slug}-by-{shown.choice.feature.replace('_', '-')}"
    records = feature_rows.bin_records(shown.runs, shown.of_feature) if shown.of_feature else []
    return exports.table(form, name, records, () if records else ("from", "to", "problems"))


def _context(request: HttpRequest, shown: Shown) -> dict[str, Any]:
    choice, path = shown.choice, request.path
    feature = FEATURES[choice.feature]
    context: dict[str, Any] = {
        "benchmark": shown.benchmark,
        "choice": choice,
        "path": path,
        "feature": feature,
        "chained": choice.feature == CHAINED,
        "known": bool(features_of(shown.benchmark)),
        "run_boxes": _run_boxes(shown),
        "most": MOST_RUNS,
    }
    return context | _tables(shown, path) if shown.of_feature else context


def _tables(shown: Shown, path: str) -> dict[str, Any]:
    choice = shown.choice
    rows = feature_rows.trend_rows(shown.runs, shown.found)
    ordered = feature_rows.ordered(rows, choice.order)
    return {
        "synthetic": list(dict.fromkeys(run.model.name for run in shown.runs if run.synthetic)),
        "imported": [run.model.name for run in shown.runs if run.verdicts_from == Run.VerdictsFrom.IMPORTED],
        "said": [sentence(row) for row in rows if row.feature.key == choice.feature],
        "trends": [_trend_texts(row, choice, path) for row in ordered],
        "trend_head": head_cells(
            TREND_COLUMNS, choice.order, lambda order: replace(choice, order=order).address(path)
        ),
        "trends_csv": choice.address(path, table="trends", format="csv"),
        "bins": feature_rows.bin_texts(shown.runs, shown.of_feature, choice.bins_order),
        "bin_head": head_cells(
            shown.columns, choice.bins_order, lambda order: replace(choice, bins_order=order).address(path)
        ),
        "bins_csv": choice.address(path, format="csv"),
        "chart": _chart(shown),
    }


def _trend_texts(row: feature_rows.TrendRow, choice: FeatureChoice, path: str) -> dict[str, Any]:
    ratio, trend = feature_rows.odds(row), row.of_run.trend
    return {
        "feature": row.feature.label,
        "address": choice.of_feature(row.feature.key).address(path),
        "open": row.feature.key == choice.feature,
        "run": row.name,
        "run_address": reverse("run", args=[row.run.pk]),
        "odds": f"×{times(ratio[0])}" if ratio else "–",
        "interval": f"{times(ratio[1])}–{times(ratio[2])}" if ratio else "",
        "bounds": interval(*ratio[1:]) if ratio else "",
        "step": f"per {row.feature.step}" if row.feature.step > 1 else "",
        "p": feature_rows.p_or_missing(trend.p if trend else None),
        "holm": feature_rows.p_or_missing(row.holm),
        "said": verdict(row),
    }


def _chart(shown: Shown) -> ChartBox:
    feature = FEATURES[shown.choice.feature]
    address = reverse("feature-chart", args=[shown.benchmark.slug])
    decays = any(one.decay for one in shown.of_feature)
    fit = "exponential" if decays else "logistic"
    columns = ["", *(f"{name}, pass rate, %" for name in labels(shown.runs))]
    rows = [
        [feature_rows.range_text(bins[0]), *(_rate(one) for one in bins)]
        for bins in zip(*(one.bins for one in shown.of_feature), strict=True)
    ]
    return ChartBox(
        f"Pass rate by {feature.label[0].lower()}{feature.label[1:]}",
        f"means with 95 % intervals, {fit} fit with its band",
        shown.choice.address(address),
        [feature.label, *columns[1:]],
        rows,
    )


def _rate(one: Any) -> str:
    return str(figure_text(one.rate.value, one.rate.low, one.rate.high)) if one.rate else "–"


def _run_boxes(shown: Shown) -> list[Box]:
    """The runs that the form offers: the best, and the shown ones wherever they stand."""
    chosen = {run.pk for run in shown.runs}
    offered = [*shown.offered[:_OFFERED]]
    offered += [run for run in shown.runs if run.pk not in {known.pk for known in offered}]
    return [Box(run_word(run.pk), _run_label(run), run.pk in chosen) for run in offered]


def _run_label(run: Run) -> str:
    heat = "" if run.temperature is None else f", T = {plain_number(run.temperature)}"
    return f"{run.model.name}{heat}, {counted(run.n_max, 'sample')} a problem"
