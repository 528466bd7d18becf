"""What a security rule is: data that pages show and engines look up, and how it finds what it is about."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from evaluator.records import Severity
from evaluator.security.cwe import WEAKNESSES
from evaluator.security.flow.events import Asserted, Call, Compared, Event, Returned, Stored
from evaluator.security.words import words

Find = Callable[[Any], str | None]


@dataclass(frozen=True, slots=True)
class Watch:
    """Shows a rule's function the events that it asks for; it answers with a message, or None.

    A program is read for it only if it has one of `names` (the last name of what is called), one of `needs`,
    and in lower case one of `hints` and a place that `text` fits; what is empty asks for nothing.
    """

    event: type[Event]
    find: Find
    names: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    hints: tuple[str, ...] = ()
    text: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Only:
    """What a program must have to be read for a rule, as words separated by spaces, see Watch."""

    needs: str = ""
    hints: str = ""
    text: str = ""


_ALL = Only()


def _watch(event: type[Event], find: Find, names: str, only: Only) -> Watch:
    pattern = re.compile(only.text) if only.text else None
    return Watch(event, find, words(names), words(only.needs), tuple(only.hints.split()), pattern)


def calls(names: str, find: Callable[[Call], str | None], only: Only = _ALL) -> Watch:
    """Watch the calls of these names, "run call Popen"; every call where there are none."""
    return _watch(Call, find, names, only)


def stored(find: Callable[[Stored], str | None], only: Only = _ALL) -> Watch:
    """Watch what is given a name: assignments, defaults, items, keywords, comparisons."""
    return _watch(Stored, find, "", only)


def returned(find: Callable[[Returned], str | None], only: Only = _ALL) -> Watch:
    """Watch what functions hand back."""
    return _watch(Returned, find, "", only)


def compared(find: Callable[[Compared], str | None], only: Only = _ALL) -> Watch:
    """Watch comparisons."""
    return _watch(Compared, find, "", only)


def asserted(find: Callable[[Asserted], str | None], only: Only = _ALL) -> Watch:
    """Watch assert statements."""
    return _watch(Asserted, find, "", only)


@dataclass(frozen=True, slots=True)
class Rule:
    """One insecure pattern. The examples are tested: `insecure` is found by the rule, `secure` by no rule.

    `severity` is how bad a true finding is, `confidence` how often a finding is true.
    A rule without watches is one of ruff's; then `harmless` is a part of ruff's message by which it says
    itself that this occurrence is no risk.
    """

    id: str  # ruff's own name of it, "S612", or ours, "PB101"
    title: str
    cwe: int
    severity: Severity
    confidence: Severity
    why: str
    fix: str
    insecure: str
    secure: str
    watches: tuple[Watch, ...] = ()
    harmless: str | None = None

    @property
    def owasp(self) -> str:
        """The category of the OWASP Top 10 of 2021 that its weakness belongs to: "A03 Injection"."""
        return WEAKNESSES[self.cwe].owasp
