"""Findings from our own rules: one reading of each program that any rule could say something about."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from evaluator.records import Finding
from evaluator.security.flow.events import Call, Event
from evaluator.security.flow.reading import cleaned, read
from evaluator.security.flow.walk import Walk
from evaluator.security.prefilter import Prefilter, Watched
from evaluator.security.rule import Find, Rule
from evaluator.security.rules import OWN_RULES
from evaluator.security.shown import one_line

# How many expressions are worked out: functions are read again where they are called. An ordinary program
# needs some hundred. Steps and not seconds, so that a busy machine changes no result.
_STEPS, _STEPS_PER_CHARACTER, _MAX_STEPS = 20_000, 2, 300_000
_MAX_CHARACTERS = 4 << 20
_ENOUGH = 1000  # findings; more make no program worse

_PREFILTER = Prefilter(OWN_RULES)


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one program.

    `how`: "parsed", "line by line" where it is no Python, "skimmed" where no rule speaks of its words, or
    "not scannable", and then `why`.
    """

    findings: tuple[Finding, ...] = ()
    how: str = "skimmed"
    why: str = ""


def read_with_rules(sources: Sequence[str]) -> list[Reading]:
    """A reading of each source, in their order."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the programs' own escapes and comparisons
        return [_read(source) for source in sources]


class _Collector:
    """Shows events to the rules that watch them, and keeps what they find."""

    def __init__(self, active: Sequence[Watched]) -> None:
        self.found: dict[tuple[str, int], Finding] = {}
        self.named_calls: dict[str, list[tuple[Rule, Find]]] = {}
        self.others: dict[type[Event], list[tuple[Rule, Find]]] = {}
        for rule, watch in active:
            pair = (rule, watch.find)
            for name in watch.names:
                self.named_calls.setdefault(name, []).append(pair)
            if not watch.names:
                self.others.setdefault(watch.event, []).append(pair)

    def take(self, event: Event) -> None:
        """One event of the walk."""
        if type(event) is Call:
            for rule, find in self.named_calls.get(event.name, ()):
                self._ask(rule, find, event)
        for rule, find in self.others.get(type(event), ()):
            self._ask(rule, find, event)

    def _ask(self, rule: Rule, find: Find, event: Event) -> None:
        line = event.node.lineno
        if (rule.id, line) in self.found or len(self.found) >= _ENOUGH:
            return
        message = find(event)
        if message is not None:
            self.found[rule.id, line] = Finding(
                rule.id, rule.cwe, rule.severity, rule.confidence, line, one_line(message)
            )


def _read(source: str) -> Reading:
    active = _PREFILTER.active(source)
    if not active:
        return Reading()
    if len(source) > _MAX_CHARACTERS:
        return Reading((), "not scannable", f"longer than {_MAX_CHARACTERS:,} characters")
    collector = _Collector(active)
    reading = read(cleaned(source))
    steps = min(_MAX_STEPS, _STEPS + _STEPS_PER_CHARACTER * len(source))
    try:
        done = Walk(collector.take, steps).read(reading.statements)
    except RecursionError:
        done = False
    how = "parsed" if reading.whole else "line by line"
    why = "" if done else "read in part: it is too large or nested too deeply"
    return Reading(tuple(collector.found.values()), how, why)
