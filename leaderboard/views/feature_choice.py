"""What the page on features asks: `?run=3,5&by=docstring_words&sort=-p&bins=-rate3`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict

from leaderboard.formatting import shortened
from leaderboard.models import Run
from leaderboard.queries.features import CHAINED, MOST_RUNS
from leaderboard.run_links import run_word
from leaderboard.tables import Column, Order, parse_order
from leaderboard.views import choices
from leaderboard.views.compare_words import labels

_LABEL = 24  # letters of a run's name in a header
TRENDS_ORDER = Order("feature", descending=False)
BINS_ORDER = Order("value", descending=False)
TREND_COLUMNS = (
    Column("feature", "Feature", numeric=False, falling=False),
    Column("run", "Run", numeric=False, falling=False),
    Column("odds", "Odds of passing", hint="odds"),
    Column("p", "p", falling=False, hint="p"),
    Column("holm", "p after Holm", falling=False, hint="holm"),
    Column("said", "Beyond chance", numeric=False),
)


@dataclass(frozen=True, slots=True)
class Feature:
    """What a feature is called; trends are told per `step` of it: "10 words more"."""

    key: str
    label: str
    axis: str  # of the chart
    step: int
    steps: str
    remark: str = ""


FEATURES: Mapping[str, Feature] = {
    feature.key: feature
    for feature in (
        Feature(
            CHAINED, "Chained operations", "operations that the docstring chains", 1, "each further operation"
        ),
        Feature(
            "docstring_words",
            "Docstring, words",
            "words of the docstring, examples included",
            10,
            "every 10 words more in the docstring",
        ),
        Feature(
            "docstring_characters",
            "Docstring, characters",
            "characters of the docstring, examples included",
            100,
            "every 100 characters more in the docstring",
        ),
        Feature(
            "variables",
            "Variables bound",
            "names that the reference solution binds",
            1,
            "each further variable",
            "Counted in the reference solution, arguments included: names to be bound to operations.",
        ),
        Feature(
            "operations",
            "Operations in the reference",
            "operators, comparisons, calls and subscripts of the reference",
            1,
            "each further operation of the reference",
            "Counted in the reference solution: one author’s way, not what the docstring asks for.",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class FeatureChoice:
    """`runs` are shown; `usual` are those that a page shows without being asked."""

    runs: tuple[int, ...]
    usual: tuple[int, ...]
    feature: str
    first: str  # the feature that is shown unless asked for another
    order: Order = TRENDS_ORDER
    bins_order: Order = BINS_ORDER

    def address(self, path: str, **more: str) -> str:
        """The shortest address of this choice."""
        runs = choices.joined([run_word(pk) for pk in self.runs], [run_word(pk) for pk in self.usual])
        values = {
            "run": runs,
            "by": "" if self.feature == self.first else self.feature,
            "sort": "" if self.order == TRENDS_ORDER else str(self.order),
            "bins": "" if self.bins_order == BINS_ORDER else str(self.bins_order),
        }
        return choices.address(path, values | more)

    def of_feature(self, key: str) -> FeatureChoice:
        return replace(self, feature=key)


def asked_runs(query: QueryDict) -> list[int] | None:
    """Run ids of `?run=3,5` and of `?run=3&run=5`, each once; None where none is asked for."""
    if "run" not in query:
        return None
    return choices.run_ids(query)[:MOST_RUNS]


def parse_choice(
    query: QueryDict, runs: Sequence[Run], usual: Sequence[Run], features: Sequence[str]
) -> FeatureChoice:
    """What an address asks for; `runs` are those that it names and that this reader sees."""
    known = [key for key in FEATURES if key in features] or [CHAINED]
    return FeatureChoice(
        runs=tuple(run.pk for run in runs),
        usual=tuple(run.pk for run in usual),
        feature=choices.one_of(query, "by", known),
        first=known[0],
        order=parse_order(query.get("sort", ""), TREND_COLUMNS, TRENDS_ORDER),
        bins_order=parse_order(query.get("bins", ""), bin_columns(runs, FEATURES[known[0]]), BINS_ORDER),
    )


def bin_columns(runs: Sequence[Run], feature: Feature) -> list[Column]:
    """The columns of the table of bins: one for each run, by its id."""
    return [
        Column("value", feature.label, numeric=False, falling=False),
        Column("problems", "Problems"),
        *(
            Column(f"rate{run.pk}", shortened(name, _LABEL), "%")
            for run, name in zip(runs, labels(runs), strict=True)
        ),
    ]
