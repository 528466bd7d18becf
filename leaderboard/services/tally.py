"""The counts of a judged cell: what pages ask is a number in a column, and no blob is opened for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from evaluator.records import Verdict
from leaderboard.cell_blob import CellContent


@dataclass(slots=True)
class RuleCount:
    """Samples that a rule flags, and those of them that pass."""

    flagged: int = 0
    passed: int = 0


@dataclass(slots=True)
class Tally:
    """Counts of samples, not of programs. `flagged` and `passed_flagged` leave out what the task asks for.

    Samples that we failed to judge are in `verdicts` alone: they say nothing about the model.
    """

    verdicts: Counter[str] = field(default_factory=Counter)
    rules: dict[str, RuleCount] = field(default_factory=dict)  # those that the task asks for, too
    flagged: int = 0
    passed_flagged: int = 0
    cpu_seconds: float = 0.0

    @property
    def n(self) -> int:
        return self.verdicts.total() - self.verdicts[Verdict.EVALUATOR_ERROR]

    @property
    def c(self) -> int:
        return self.verdicts[Verdict.PASSED]


def tally(content: CellContent) -> Tally:
    """The counts of this content, whose programs are all judged."""
    counts = Tally()
    samples_of = Counter(sample.program for sample in content.samples)
    for index, program in enumerate(content.programs):
        assert program.judgement is not None, "only judged cells are counted"
        verdict, samples = program.judgement.verdict, samples_of[index]
        counts.verdicts[verdict.value] += samples
        counts.cpu_seconds += program.judgement.cpu_seconds
        if verdict is Verdict.EVALUATOR_ERROR:
            continue
        passed = samples if verdict is Verdict.PASSED else 0
        rules = {finding.rule for finding in program.findings}
        for rule in rules:
            count = counts.rules.setdefault(rule, RuleCount())
            count.flagged += samples
            count.passed += passed
        if rules.difference(content.asked_for):
            counts.flagged += samples
            counts.passed_flagged += passed
    return counts
