"""Which rules could find anything in a program, from its words alone: most programs need not be read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from evaluator.security.rule import Rule, Watch

_WORDS = re.compile(r"[A-Za-z_]\w*")
Watched = tuple[Rule, Watch]


class Prefilter:
    """Made once for some rules; `active` is asked for each program."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.watched = [(rule, watch) for rule in rules for watch in rule.watches]
        self.words = frozenset(
            word for _, watch in self.watched for word in (watch.needs or watch.names) if not watch.hints
        )
        self.hints = tuple(sorted({hint for _, watch in self.watched for hint in watch.hints}))

    def active(self, source: str) -> list[Watched]:
        """The watches that may see something in this program."""
        words = frozenset(_WORDS.findall(source))
        lowered = source.lower()
        hints = {hint for hint in self.hints if hint in lowered}
        if not hints and self.words.isdisjoint(words):
            return []
        return [pair for pair in self.watched if _may_match(pair[1], words, hints)]


def _may_match(watch: Watch, words: frozenset[str], hints: set[str]) -> bool:
    if watch.names and watch.names.isdisjoint(words):
        return False
    if watch.needs and watch.needs.isdisjoint(words):
        return False
    return not watch.hints or not hints.isdisjoint(watch.hints)
