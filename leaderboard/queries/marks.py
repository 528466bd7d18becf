"""What reviewers said of findings, and how often a rule was right so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Q

from evaluator.metrics import Interval, wilson
from leaderboard.models import FindingMark, Run

# problem, key of the program, rule, line
FindingKey = tuple[int, str, str, int]


@dataclass(frozen=True, slots=True)
class Precision:
    """Over a rule's findings that somebody marked, the latest mark of each. `marked` is at least 1."""

    confirmed: int
    marked: int

    @property
    def value(self) -> float:
        return self.confirmed / self.marked

    @property
    def interval(self) -> Interval:
        """Wilson's, 95 %."""
        return wilson(self.confirmed, self.marked)


# Made where everybody saw it, or at a run that was deleted since and was public then.
_MADE_IN_PUBLIC = Q(run=None) | Q(run__visibility=Run.Visibility.PUBLIC)


def marks_of(
    programs: Collection[str], runs: Collection[int] = ()
) -> Mapping[FindingKey, Sequence[FindingMark]]:
    """The marks of all findings of these programs (by key), the latest of each finding first. One query.

    Those that were made at public runs, and at these `runs`, which the reader sees.
    """
    marks: dict[FindingKey, list[FindingMark]] = defaultdict(list)
    if programs:
        made = FindingMark.objects.filter(_MADE_IN_PUBLIC | Q(run__in=runs))
        found = made.filter(program__in=programs).select_related("author")
        for mark in found.order_by("-pk"):
            marks[mark.problem_id, mark.program, mark.rule, mark.line].append(mark)
    return marks


def precisions() -> dict[str, Precision]:
    """Every rule of which a finding was marked at a public run. One query."""
    finding = FindingMark.objects.filter(_MADE_IN_PUBLIC).values("problem", "program", "rule", "line")
    latest = finding.annotate(latest=Max("pk")).values("latest")
    counted = (
        FindingMark.objects.filter(pk__in=latest)
        .values("rule")
        .annotate(marked=Count("pk"), confirmed=Count("pk", filter=Q(word=FindingMark.Word.CONFIRMED)))
    )
    return {row["rule"]: Precision(row["confirmed"], row["marked"]) for row in counted}
