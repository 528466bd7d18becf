"""What an address asks of the compare page: runs, k, the opened pair, which problems in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from django.http import QueryDict

from leaderboard.formatting import shortened
from leaderboard.models import Run
from leaderboard.queries.compare import MOST_RUNS, Comparison
from leaderboard.queries.compare_pairs import GROUPS, RULES
from leaderboard.run_links import run_word
from leaderboard.tables import Column, Order, parse_order
from leaderboard.views import choices
from leaderboard.views.compare_words import labels

DEFAULT_ORDER = Order("difference", descending=True)
PAIR_ORDER = Order("pair", descending=False)
RUN_ORDER = Order("run", descending=False)  # that of the address
# Steps of k that the page offers, as far as the runs have samples for them.
_KS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_TABLE_KS = (1, 10, 100)
_LABEL = 24  # letters of a run's name in a header
_PAIR_COLUMNS = (
    Column("pair", "Pair", numeric=False, falling=False),
    Column("difference", "Difference", "points"),
    Column("p", "p", falling=False, hint="p"),
    Column("holm", "p after Holm", falling=False, hint="holm"),
    Column("only_first", "Only first"),
    Column("only_second", "Only second"),
)


@dataclass(frozen=True, slots=True)
class CompareChoice:
    """`pair` holds places among the compared runs; `rule` says when a run counts as solving a problem."""

    runs: tuple[int, ...]
    k: int = 1
    pair: tuple[int, int] = (0, 1)
    rule: str = RULES[0]
    group: str = ""
    text: str = ""
    order: Order = DEFAULT_ORDER
    pair_order: Order = PAIR_ORDER
    run_order: Order = RUN_ORDER

    def address(self, path: str, **more: str) -> str:
        """The shortest address of this choice."""
        first, second = self.pair
        known = second < len(self.runs)
        values = {
            "run": ",".join(map(run_word, self.runs)),
            "k": "" if self.k == 1 else str(self.k),
            "pair": "" if self.pair == (0, 1) or not known else f"{self.runs[first]}-{self.runs[second]}",
            "by": "" if self.rule == RULES[0] else self.rule,
            "show": self.group,
            "q": self.text,
            "sort": "" if self.order == DEFAULT_ORDER else str(self.order),
            "pairs": "" if self.pair_order == PAIR_ORDER else str(self.pair_order),
            "runs": "" if self.run_order == RUN_ORDER else str(self.run_order),
        }
        return choices.address(path, values | more)

    def hidden(self) -> list[tuple[str, str]]:
        """What the filter's form keeps, as names and values: all but its own text and the order."""
        query = replace(self, text="", order=DEFAULT_ORDER).address("").partition("?")[2]
        return parse_qsl(query)

    def with_runs(self, runs: Sequence[int]) -> CompareChoice:
        """The same question of other runs: pair, filter and order start anew."""
        return CompareChoice(runs=tuple(runs), k=self.k, rule=self.rule)

    def of_pair(self, first: int, second: int) -> CompareChoice:
        return replace(self, pair=(first, second), group="")


def asked_runs(query: QueryDict) -> list[int]:
    """Run ids of `?run=3,5` and of `?run=3&run=5`, each once, at most MOST_RUNS."""
    return choices.run_ids(query)[:MOST_RUNS]


def known_ks(comparison: Comparison) -> list[int]:
    """The k that can be compared: every run has as many samples of every shared problem."""
    most = comparison.n_min
    return sorted({k for k in (*_KS, most) if 1 <= k <= most})


def parse_choice(query: QueryDict, comparison: Comparison) -> CompareChoice:
    """What an address asks of this comparison; unknown values count as absent."""
    runs = comparison.runs
    ks = [str(k) for k in known_ks(comparison)] or ["1"]
    k = int(choices.one_of(query, "k", ks))
    return CompareChoice(
        runs=tuple(run.pk for run in runs),
        k=k,
        pair=_pair(query.get("pair", ""), runs),
        rule=choices.one_of(query, "by", RULES),
        group=choices.one_of(query, "show", ["", *GROUPS]),
        text=choices.text_of(query),
        order=parse_order(query.get("sort", ""), problem_columns(runs), DEFAULT_ORDER),
        pair_order=parse_order(query.get("pairs", ""), _PAIR_COLUMNS, PAIR_ORDER),
        run_order=parse_order(query.get("runs", ""), run_columns(table_ks(comparison, k)), RUN_ORDER),
    )


def table_ks(comparison: Comparison, k: int) -> list[int]:
    """The k that the table of runs shows: the usual ones and the one that is compared by."""
    return sorted({one for one in (*_TABLE_KS, k) if one <= comparison.n_min})


def run_columns(ks: Sequence[int]) -> list[Column]:
    """The columns of the table of runs; by verdicts they are sorted by the share that passed."""
    return [
        Column("run", "Run", numeric=False, falling=False),
        Column("temperature", "T"),
        Column("n", "n"),
        *(Column(f"pass{k}", f"pass@{k}", "%", hint="passk" if k == ks[0] else "") for k in ks),
        Column("flagged", "Flagged", "%", hint="flagged"),
        Column("passed_flagged", "Passes and flagged", "%"),
        Column("mix", "Verdicts", numeric=False),
    ]


def pair_columns() -> Sequence[Column]:
    """The columns of the table of pairs."""
    return _PAIR_COLUMNS


def problem_columns(runs: Sequence[Run]) -> list[Column]:
    """The columns of the table of problems: one for each run, by its id."""
    return [
        Column("problem", "Problem", numeric=False, falling=False),
        *(
            Column(f"run{run.pk}", shortened(name, _LABEL), "%")
            for run, name in zip(runs, labels(runs), strict=True)
        ),
        Column("difference", "Difference", "points"),
        Column("group", "Solved by", numeric=False, falling=False),
    ]


def _pair(text: str, runs: Sequence[Run]) -> tuple[int, int]:
    places = {str(run.pk): place for place, run in enumerate(runs)}
    first, _, second = text.partition("-")
    low, high = sorted((places.get(first, 0), places.get(second, 1)))
    return (low, high) if low != high else (0, 1)
