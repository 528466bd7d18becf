"""What the address of the problem list asks for: `?q=…&solved=never&suspects=1&show=measured&sort=-rate`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import QueryDict

from leaderboard.tables import Column, Order, parse_order
from leaderboard.views.choices import address, one_of, text_of

# Value of the address → word of the filter.
SOLVED = {
    "": "all",
    "always": "solved by every run",
    "some": "by some runs",
    "alone": "by one model alone",
    "never": "by no run",
}
COLUMNS = (
    Column("problem", "Problem", numeric=False, falling=False),
    Column("rate", "Pass rate", "%", falling=False, hint="difficulty"),
    Column("discrimination", "Discrimination", falling=False, hint="discrimination"),
    Column("solved", "Solved by", "runs", falling=False),
    Column("entry", "Function", numeric=False, falling=False),
    Column("failure", "Verdicts", numeric=False),
    Column("lines", "Solution", "lines"),
)
_HARDEST_FIRST = Order("rate", descending=False)


@dataclass(frozen=True, slots=True)
class ProblemsChoice:
    """`solved` is a key of SOLVED; `suspects`: only problems that look wrong themselves; `synthetic`: demo
    runs count."""

    text: str
    solved: str
    suspects: bool
    synthetic: bool
    order: Order

    def address(self, path: str, **more: str) -> str:
        order = "" if self.order == _HARDEST_FIRST else str(self.order)
        show = "" if self.synthetic else "measured"
        values = {"q": self.text, "solved": self.solved, "suspects": "1" if self.suspects else ""}
        return address(path, {**values, "show": show, "sort": order, **more})

    def sorted_by(self, order: Order) -> ProblemsChoice:
        return replace(self, order=order)


def problems_choice(query: QueryDict, *, both_kinds: bool) -> ProblemsChoice:
    """The choice of this address; `both_kinds`: there are runs of real models and of the demo."""
    return ProblemsChoice(
        text=text_of(query),
        solved=one_of(query, "solved", list(SOLVED)),
        suspects=query.get("suspects") == "1",
        synthetic=not (both_kinds and query.get("show") == "measured"),
        order=parse_order(query.get("sort", ""), COLUMNS, _HARDEST_FIRST),
    )
