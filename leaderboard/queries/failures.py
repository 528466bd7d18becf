"""The failure browser's questions: one cell's samples in groups of identical failures, and its neighbours."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from evaluator.records import Detail, Finding, Judgement, Verdict
from leaderboard.behaviour import behaviour_key
from leaderboard.cell_blob import CellContent, StoredSample, unpack
from leaderboard.models import Cell, Run
from leaderboard.verdict_words import VERDICT_WORDS, WAITING
from leaderboard.visible import visible_detail

_ORDER = {name: position for position, name in enumerate(VERDICT_WORDS)}


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """A distinct program of the cell. `index` is its place in the blob: `?program=` in addresses."""

    index: int
    source: str
    judgement: Judgement | None
    findings: tuple[Finding, ...]
    samples: tuple[StoredSample, ...]

    @property
    def verdict(self) -> str:
        return self.judgement.verdict.value if self.judgement else WAITING


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Programs that behave alike, the most frequent one first; `detail` is that one's.

    `key` names the behaviour, in other runs too (`leaderboard.behaviour`); 0 for what isn't judged.
    """

    key: int
    verdict: str
    detail: Detail
    programs: tuple[ProgramRow, ...]
    samples: int

    @property
    def failing(self) -> bool:
        return self.verdict not in (Verdict.PASSED, WAITING)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Task ids around this one in the benchmark's order; None at either end."""

    previous: str | None
    next: str | None
    previous_match: str | None
    next_match: str | None
    position: int  # from 1
    total: int


def cell_of(run: Run, task_id: str) -> Cell | None:
    """The cell of this problem with its problem; None where the run has no sample of it."""
    cells = Cell.objects.select_related("problem")
    return cells.filter(run=run, problem__task_id=task_id).first()


def groups_of(cell: Cell, keys: Collection[int] | None = None) -> list[FailureGroup]:
    """The cell's programs by behaviour: failures first, the largest group first, passed ones last.

    All that pass are one group, and so are all that still wait. Verdicts of an earlier scoring are not
    shown while the cell is scored again. With `keys`, only the groups of these behaviours.
    """
    content = unpack(cell.blob)
    alike: dict[int, list[ProgramRow]] = defaultdict(list)
    for row in _rows(content, scored=cell.status == Cell.Status.DONE):
        alike[behaviour_key(row.judgement) if row.judgement else 0].append(row)
    groups = [_group(key, rows) for key, rows in alike.items() if keys is None or key in keys]
    return sorted(groups, key=lambda group: (_rank(group.verdict), -group.samples, _ORDER[group.verdict]))


def matching(
    groups: Sequence[FailureGroup], verdict: str = "", rule: str = "", text: str = ""
) -> list[FailureGroup]:
    """The groups with this verdict, cut down to the programs that this rule flags and that hold this text.

    Text is looked for in the programs' source, in any case, every word of it.
    """
    words = text.casefold().split()
    kept = [group for group in groups if verdict in ("", group.verdict)]
    if not rule and not words:
        return kept
    wanted = [[row for row in group.programs if _wanted(row, rule, words)] for group in kept]
    return [_group(group.key, rows) for group, rows in zip(kept, wanted, strict=True) if rows]


def rules_of(groups: Sequence[FailureGroup]) -> dict[str, int]:
    """Samples that each security rule flags, the most frequent rule first."""
    counts: Counter[str] = Counter()
    for row in (row for group in groups for row in group.programs):
        for rule in {finding.rule for finding in row.findings}:
            counts[rule] += len(row.samples)
    return dict(counts.most_common())


def neighbours(run: Run, task_id: str, verdict: str = "", rule: str = "") -> Neighbours:
    """What lies before and after this problem: any problem of the run, and the next one that matches.

    A problem matches with samples of that verdict or rule; with neither given, when a sample failed.
    """
    cells = Cell.objects.filter(run=run).order_by("problem__position")
    rows = list(cells.values_list("problem__task_id", "verdict_counts"))
    if rule:
        flagged = set(cells.filter(flags__rule=rule).values_list("problem__task_id", flat=True))
        matches = [name for name, _ in rows if name in flagged]
    else:
        matches = [name for name, counts in rows if _matches(counts, verdict)]
    names = [name for name, _ in rows]
    here = names.index(task_id)
    before, after = set(names[:here]), set(names[here + 1 :])
    return Neighbours(
        previous=names[here - 1] if here else None,
        next=names[here + 1] if here + 1 < len(names) else None,
        previous_match=next((name for name in reversed(matches) if name in before), None),
        next_match=next((name for name in matches if name in after), None),
        position=here + 1,
        total=len(names),
    )


def _rows(content: CellContent, *, scored: bool) -> list[ProgramRow]:
    samples: dict[int, list[StoredSample]] = defaultdict(list)
    for sample in content.samples:
        samples[sample.program].append(sample)
    return [
        ProgramRow(
            index,
            program.source,
            program.judgement if scored else None,
            program.findings if scored else (),
            tuple(samples[index]),
        )
        for index, program in enumerate(content.programs)
    ]


def _group(key: int, rows: Sequence[ProgramRow]) -> FailureGroup:
    programs = tuple(sorted(rows, key=lambda row: (-len(row.samples), row.index)))
    judgement = programs[0].judgement
    detail = visible_detail(judgement.detail) if judgement else Detail()
    samples = sum(len(row.samples) for row in programs)
    return FailureGroup(key, programs[0].verdict, detail, programs, samples)


def _rank(verdict: str) -> int:
    return {Verdict.PASSED.value: 2, WAITING: 1}.get(verdict, 0)


def _wanted(row: ProgramRow, rule: str, words: Sequence[str]) -> bool:
    if rule and not any(finding.rule == rule for finding in row.findings):
        return False
    source = row.source.casefold() if words else ""
    return all(word in source for word in words)


def _matches(counts: Mapping[str, int], verdict: str) -> bool:
    if verdict:
        return counts.get(verdict, 0) > 0
    return any(count for name, count in counts.items() if name != Verdict.PASSED)
