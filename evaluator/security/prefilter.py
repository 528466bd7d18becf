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
        self.by_word: dict[str, list[int]] = {}
        self.by_hint: dict[str, list[int]] = {}
        self.watched = [(rule, watch) for rule in rules for watch in rule.watches]
        for number, (_, watch) in enumerate(self.watched):
            for word in watch.needs or watch.names:
                self.by_word.setdefault(word, []).append(number)
            if not (watch.needs or watch.names):
                for hint in watch.hints:
                    self.by_hint.setdefault(hint, []).append(number)
        self.words = frozenset(self.by_word)
        self.hinted = tuple(self.by_hint.items())

    def active(self, source: str) -> list[Watched]:
        """The watches that may see something in this program, in the order of the rules."""
        words = frozenset(_WORDS.findall(source))
        lowered = source.lower()
        numbers = {number for word in self.words & words for number in self.by_word[word]}
        for hint, hinted in self.hinted:
            if hint in lowered:
                numbers.update(hinted)
        if not numbers:
            return []
        return [
            self.watched[number]
            for number in sorted(numbers)
            if _may_match(self.watched[number][1], words, lowered)
        ]


def _may_match(watch: Watch, words: frozenset[str], lowered: str) -> bool:
    if watch.needs and watch.names and watch.names.isdisjoint(words):
        return False
    if watch.hints and not any(hint in lowered for hint in watch.hints):
        return False
    return watch.text is None or watch.text.search(lowered) is not None
