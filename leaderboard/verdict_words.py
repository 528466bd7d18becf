"""Verdicts as readers read them: the word, and what it means in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evaluator.records import Verdict

WAITING = "waiting"  # a program that nobody has judged yet


@dataclass(frozen=True, slots=True)
class VerdictWord:
    """`name` is the value in data and addresses, and the suffix of its CSS class `v-…`."""

    name: str
    word: str
    meaning: str


def _word(verdict: Verdict, word: str, meaning: str) -> VerdictWord:
    return VerdictWord(verdict.value, word, meaning)


# In the order in which bars, legends and filters show them.
_ORDERED = (
    _word(Verdict.PASSED, "passed", "Every check of the problem's tests held."),
    _word(Verdict.WRONG_ANSWER, "wrong answer", "It ran and returned something that a check refused."),
    _word(Verdict.EXCEPTION, "exception", "It raised an exception that the tests do not expect."),
    _word(Verdict.SYNTAX_ERROR, "syntax error", "Python cannot compile it, so nothing was run."),
    _word(
        Verdict.TIMEOUT,
        "timeout",
        "It never ends, or used up its CPU time, or waited too long.",
    ),
    _word(Verdict.MEMORY_LIMIT, "memory limit", "It asked for more memory than it may use."),
    _word(Verdict.OUTPUT_LIMIT, "output limit", "It sent or wrote more than it may."),
    _word(Verdict.CRASHED, "crashed", "Its process ended before it answered."),
    _word(Verdict.FORBIDDEN, "forbidden", "It tried something that the sandbox does not allow."),
    _word(
        Verdict.EVALUATOR_ERROR,
        "not judged",
        "The evaluator itself failed on it, several times. It counts neither for nor against the model.",
    ),
    VerdictWord(WAITING, "waiting", "It has not been judged yet."),
)
VERDICT_WORDS: Mapping[str, VerdictWord] = {word.name: word for word in _ORDERED}
FAILURES = tuple(name for name in VERDICT_WORDS if name not in (Verdict.PASSED, WAITING))
