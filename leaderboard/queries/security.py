"""Security findings of some runs: counted without opening a blob, and read program by program."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db.models import Count, F, Q, QuerySet, Sum

from evaluator.records import Finding, Program, Verdict
from leaderboard.cell_blob import unpack
from leaderboard.models import Benchmark, Cell, CellFlag, Run
from leaderboard.queries.problems import measured_runs
from leaderboard.queries.visibility import Reader

# A text is looked for in the programs themselves: so many cells of a page's runs are opened for it.
SEARCHED_CELLS = 1000
_BLOBS_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings. `rules`: None for all; `asked`: those that the task asks for, too."""

    rules: frozenset[str] | None = None
    passing: bool = False
    asked: bool = False
    text: str = ""

    def takes(self, finding: Finding, asked_for: Collection[str]) -> bool:
        known = self.rules is None or finding.rule in self.rules
        return known and (self.asked or finding.rule not in asked_for)


@dataclass(frozen=True, slots=True)
class RuleCount:
    """Samples that a rule flags (and those that pass) in so many problems; asked for by the task or not."""

    rule: str
    asked_for: bool
    samples: int
    passed: int
    problems: int


@dataclass(frozen=True, slots=True)
class FlaggedProgram:
    """A program with the findings that were asked for. `index` is its place in the cell's blob."""

    run: Run
    problem_id: int
    task_id: str
    index: int
    key: str
    source: str
    verdict: str
    samples: int
    findings: tuple[Finding, ...]
    asked_for: tuple[str, ...]


def scanned_runs(benchmark: Benchmark, reader: Reader) -> list[Run]:
    """The scored runs that have samples, with their models, the newest first. One query."""
    return list(measured_runs(benchmark, reader).select_related("model", "benchmark").order_by("-pk"))


def rule_counts(runs: Collection[Run], wanted: Wanted) -> list[RuleCount]:
    """Every rule with its counts over these runs, the most frequent one first. One query, no blob."""
    rows = (
        _flags(runs, wanted)
        .values("rule", "asked_for")
        .annotate(
            samples=Sum("count"), sum_passed=Sum("passed"), problems=Count("cell__problem", distinct=True)
        )
        .order_by("-samples", "rule")
    )
    return [
        RuleCount(row["rule"], row["asked_for"], row["samples"], row["sum_passed"], row["problems"])
        for row in rows
    ]


def samples_by_run(runs: Collection[Run], wanted: Wanted) -> dict[tuple[str, int], int]:
    """Samples that each rule flags in each run: {(rule, run id): samples}. One query, no blob."""
    rows = _flags(runs, wanted).values("rule", "cell__run_id").annotate(samples=Sum("count"))
    return {(row["rule"], row["cell__run_id"]): row["samples"] for row in rows}


def cells_with(runs: Collection[Run], wanted: Wanted) -> list[int]:
    """Ids of the cells with such findings, in the benchmark's order. One query, and blobs only for a text."""
    cells = Cell.objects.filter(pk__in=_flags(runs, wanted).values("cell"))
    ids = list(cells.order_by("problem__position", "-run_id").values_list("pk", flat=True))
    if not wanted.text:
        return ids
    searched = ids[:SEARCHED_CELLS]
    having = {pk for pk, _ in programs_of(searched, {run.pk: run for run in runs}, wanted)}
    return [pk for pk in searched if pk in having]


def programs_of(
    cell_ids: Sequence[int], runs: Mapping[int, Run], wanted: Wanted
) -> Iterator[tuple[int, FlaggedProgram]]:
    """The programs of these cells that have such findings, each with its cell's id; many samples first.

    One query per fifty cells. `runs` are those of the cells, by id.
    """
    ids = iter(cell_ids)
    while portion := list(islice(ids, _BLOBS_AT_ONCE)):
        cells = Cell.objects.select_related("problem").in_bulk(portion)
        for cell_id in portion:
            if cell_id in cells:
                cell = cells[cell_id]
                yield from ((cell_id, program) for program in _programs(cell, runs[cell.run_id], wanted))


def counts_by_problem(runs: Collection[Run]) -> dict[int, dict[int, tuple[int, int]]]:
    """{run id: {problem position: (n, samples that pass and are clean)}}. One query, no blob."""
    cells = Cell.objects.filter(run__in=runs, n__gt=0)
    rows = cells.values_list("run_id", "problem__position", "n", F("c") - F("passed_flagged"))
    counts: dict[int, dict[int, tuple[int, int]]] = {}
    for run_id, position, n, clean in rows:
        counts.setdefault(run_id, {})[position] = (n, clean)
    return counts


def _flags(runs: Collection[Run], wanted: Wanted) -> QuerySet[CellFlag]:
    # What a cancelled or repeated scoring has left behind is not shown: its cells are not done.
    flags = CellFlag.objects.filter(cell__run__in=runs, cell__status=Cell.Status.DONE)
    conditions = Q() if wanted.asked else Q(asked_for=False)
    if wanted.rules is not None:
        conditions &= Q(rule__in=wanted.rules)
    if wanted.passing:
        conditions &= Q(passed__gt=0)
    return flags.filter(conditions)


def _programs(cell: Cell, run: Run, wanted: Wanted) -> list[FlaggedProgram]:
    content = unpack(cell.blob)
    problem = cell.problem.record()
    samples = [0] * len(content.programs)
    for sample in content.samples:
        samples[sample.program] += 1
    found = []
    for index, stored in enumerate(content.programs):
        findings = tuple(one for one in stored.findings if wanted.takes(one, content.asked_for))
        verdict = stored.judgement.verdict if stored.judgement else Verdict.EVALUATOR_ERROR
        if not findings or (wanted.passing and verdict is not Verdict.PASSED):
            continue
        if wanted.text and not _holds(wanted.text, problem.task_id, stored.source):
            continue
        key = Program(problem.task_id, stored.source, problem.content_hash).key
        identity = (run, cell.problem_id, problem.task_id, index, key, stored.source)
        found.append(FlaggedProgram(*identity, verdict.value, samples[index], findings, content.asked_for))
    return sorted(found, key=lambda program: (-program.samples, program.index))


def _holds(text: str, *texts: str) -> bool:
    return any(text.casefold() in other.casefold() for other in texts)
