"""What the address of a security page asks for: `?rule=S307&cwe=95&severity=high&only=passing,asked&q=…`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import QueryDict

from evaluator.records import Severity
from evaluator.security import RULES
from leaderboard.queries.security import Wanted
from leaderboard.tables import Column, Order, parse_order
from leaderboard.views.choices import Box, address, one_of, picked, text_of

COLUMNS = (
    Column("rule", "Rule", numeric=False, falling=False),
    Column("cwe", "Weakness", numeric=False, falling=False),
    Column("severity", "Severity", numeric=False),
    Column("samples", "Samples", hint="flags"),
    Column("share", "Share", "%"),
    Column("passed", "Of them pass"),
    Column("problems", "Problems"),
    Column("precision", "Right so far", "%", hint="precision"),
)
RUN_COLUMNS = (
    Column("model", "Model", numeric=False, falling=False),
    Column("pass1", "pass@1", "%"),
    Column("secure", "secure-pass@1", "%", hint="secure"),
    Column("difference", "Against the most secure", "points", hint="against"),
    Column("passed_flagged", "Pass and are flagged", "%"),
    Column("flagged", "Flagged", "%", hint="flagged"),
)
MOST_SECURE = Order("secure", descending=True)
MOST_FREQUENT = Order("samples", descending=True)
SEVERITIES = (Severity.HIGH, Severity.MEDIUM, Severity.LOW)
PASSING, ASKED = "passing", "asked"
_LABELS = {PASSING: "passing samples only", ASKED: "also what the task asks for"}


@dataclass(frozen=True, slots=True)
class SecurityChoice:
    """`cwe` and `run` are 0 where none is asked for; `page` counts from 1."""

    text: str = ""
    rule: str = ""
    cwe: int = 0
    severity: str = ""
    only: tuple[str, ...] = ()
    run: int = 0
    order: Order = MOST_FREQUENT
    run_order: Order = MOST_SECURE
    page: int = 1

    def address(self, path: str, **more: str) -> str:
        """The shortest address of this choice."""
        values = {
            "q": self.text,
            "rule": self.rule,
            "cwe": str(self.cwe or ""),
            "severity": self.severity,
            "only": ",".join(self.only),
            "run": str(self.run or ""),
            "sort": "" if self.order == MOST_FREQUENT else str(self.order),
            "by": "" if self.run_order == MOST_SECURE else str(self.run_order),
            "page": "" if self.page == 1 else str(self.page),
        }
        return address(path, values | more)

    def sorted_by(self, order: Order) -> SecurityChoice:
        return replace(self, order=order)

    def runs_by(self, order: Order) -> SecurityChoice:
        return replace(self, run_order=order)

    def on_page(self, page: int) -> SecurityChoice:
        return replace(self, page=page)

    @property
    def boxes(self) -> list[Box]:
        return [Box(value, label, value in self.only) for value, label in _LABELS.items()]

    @property
    def wanted(self) -> Wanted:
        return Wanted(self._rules(), PASSING in self.only, ASKED in self.only, self.text)

    def _rules(self) -> frozenset[str] | None:
        if not (self.rule or self.cwe or self.severity):
            return None
        known = frozenset(
            rule.id
            for rule in RULES.values()
            if self.cwe in (0, rule.cwe) and self.severity in ("", rule.severity)
        )
        if not self.rule:
            return known
        # A rule that is no longer there has neither weakness nor severity.
        gone = self.rule not in RULES and not (self.cwe or self.severity)
        return frozenset({self.rule}) if gone else known & {self.rule}


def security_choice(query: QueryDict) -> SecurityChoice:
    """What an address asks for; unknown values count as absent."""
    return SecurityChoice(
        text=text_of(query),
        rule=text_of(query, "rule")[:32],
        cwe=_number(query, "cwe"),
        severity=one_of(query, "severity", ["", *SEVERITIES]),
        only=picked(query, "only", (PASSING, ASKED), ()),
        run=_number(query, "run"),
        order=parse_order(query.get("sort", ""), COLUMNS, MOST_FREQUENT),
        run_order=parse_order(query.get("by", ""), RUN_COLUMNS, MOST_SECURE),
        page=max(1, _number(query, "page")),
    )


def _number(query: QueryDict, name: str) -> int:
    value = query.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0
