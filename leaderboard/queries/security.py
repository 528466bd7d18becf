"""Security findings of some runs: counted without opening a blob, and read program by program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Q

from evaluator.records import Finding, Program, Verdict
from leaderboard.board_cache import remembered
from leaderboard.cell_blob import unpack
from leaderboard.models import Benchmark, Cell, Problem, Run, RunFlags
from leaderboard.queries.problems import measured_runs
from leaderboard.queries.visibility import Reader

# A text is looked for in the programs themselves: so many cells of a page's runs are opened for it.
SEARCHED_CELLS = 1000
_BLOBS_AT_ONCE = 50
# A run has a dozen columns of JSON: taking all of them apart costs more than the rest of the page.
_READ = ("benchmark_id", "model", "temperature", "synthetic", "status", "samples", "figures", "security")
_READ += ("rules_version", "source", "visibility", "owner_id")


class Flag(NamedTuple):
    """Samples of a cell that a rule flags, and those of them that pass; asked for by the task or not."""

    run_id: int
    position: int  # of the problem
    rule: str
    samples: int
    passed: int
    asked_for: bool


# A cell: the id of its run, and its problem's position.
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings. `rules`: None for all; `asked`: those that the task asks for, too."""

    rules: frozenset[str] | None = None
    passing: bool = False
    asked: bool = False
    text: str = ""

    def takes_flag(self, flag: Flag) -> bool:
        known = self.rules is None or flag.rule in self.rules
        return known and (self.asked or not flag.asked_for) and (not self.passing or flag.passed > 0)

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
class Found:
    """Rules with their counts, samples by (rule, run id), and the cells in the order of problems."""

    counts: Sequence[RuleCount]
    by_run: Mapping[tuple[str, int], int]
    places: Sequence[Place]


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
    runs = measured_runs(benchmark, reader).select_related("model").order_by("-pk")
    return list(runs.only(*_READ))


def flags_of(runs: Collection[Run]) -> list[Flag]:
    """Every flag of these runs, in the benchmark's order. One query, no cell and no blob."""
    stored = RunFlags.objects.filter(run__in=_scored(runs)).values_list("run_id", "flags")
    flags = [Flag(run_id, *row) for run_id, rows in stored for row in rows]
    return sorted(flags, key=lambda flag: (flag.position, -flag.run_id))


def found_in(benchmark: Benchmark, runs: Sequence[Run], wanted: Wanted) -> Found:
    """What is found in these runs on a benchmark; remembered until something of its board changes."""
    chosen = (sorted(wanted.rules) if wanted.rules is not None else None, wanted.passing, wanted.asked)
    parts = (benchmark.board_key, [run.pk for run in runs], *chosen)
    return remembered("security", parts, lambda: found(runs, wanted))


def found(runs: Sequence[Run], wanted: Wanted) -> Found:
    """What is found in these runs. One query, no cell and no blob; the text is not looked for yet."""
    flags = [flag for flag in flags_of(runs) if wanted.takes_flag(flag)]
    places = dict.fromkeys((flag.run_id, flag.position) for flag in flags)
    return Found(rule_counts(flags), samples_by_run(flags), list(places))


def rule_counts(flags: Iterable[Flag]) -> list[RuleCount]:
    """Every rule with its counts, the most frequent one first."""
    groups: dict[tuple[str, bool], list[Flag]] = {}
    for flag in flags:
        groups.setdefault((flag.rule, flag.asked_for), []).append(flag)
    rows = [
        RuleCount(
            rule,
            asked_for,
            sum(flag.samples for flag in group),
            sum(flag.passed for flag in group),
            len({flag.position for flag in group}),
        )
        for (rule, asked_for), group in groups.items()
    ]
    return sorted(rows, key=lambda row: (-row.samples, row.rule))


def samples_by_run(flags: Iterable[Flag]) -> dict[tuple[str, int], int]:
    """Samples that each rule flags in each run: {(rule, run id): samples}."""
    counts: Counter[tuple[str, int]] = Counter()
    for flag in flags:
        counts[flag.rule, flag.run_id] += flag.samples
    return counts


def places_with(places: Sequence[Place], runs: Collection[Run], wanted: Wanted) -> Sequence[Place]:
    """Those of these cells whose programs hold the wanted text; all of them without one."""
    if not wanted.text:
        return places
    searched = places[:SEARCHED_CELLS]
    having = {place for place, _ in programs_at(searched, runs, wanted)}
    return [place for place in searched if place in having]


def programs_at(
    places: Sequence[Place], runs: Collection[Run], wanted: Wanted
) -> Iterator[tuple[Place, FlaggedProgram]]:
    """The programs of these cells with such findings, in this order; those of many samples first.

    `runs` are of one benchmark. Two queries per fifty cells.
    """
    by_id = {run.pk: run for run in runs}
    for start in range(0, len(places), _BLOBS_AT_ONCE):
        portion = places[start : start + _BLOBS_AT_ONCE]
        problems = _problems(by_id[portion[0][0]], portion)
        known = [(run_id, position) for run_id, position in portion if position in problems]
        of_places = [Q(run=run_id, problem=problems[position]) for run_id, position in known]
        cells = Cell.objects.filter(reduce(or_, of_places, Q(pk=None)))
        by_place = {(cell.run_id, cell.problem_id): cell for cell in cells.only("run", "problem", "blob")}
        for run_id, position in known:
            problem = problems[position]
            if cell := by_place.get((run_id, problem.pk)):
                programs = _programs(cell, problem, by_id[run_id], wanted)
                yield from (((run_id, position), program) for program in programs)


def counts_by_problem(runs: Collection[Run]) -> dict[int, dict[int, tuple[int, int]]]:
    """{run id: {problem position: (n, samples that pass and are clean)}}. One query, no cell and no blob."""
    stored = RunFlags.objects.filter(run__in=_scored(runs)).values_list("run_id", "clean")
    return {run_id: {position: (n, clean) for position, n, clean in rows} for run_id, rows in stored}


def _problems(run: Run, places: Iterable[Place]) -> dict[int, Problem]:
    positions = {position for _, position in places}
    found = Problem.objects.filter(benchmark=run.benchmark_id, position__in=positions)
    return {problem.position: problem for problem in found}


def _scored(runs: Iterable[Run]) -> list[Run]:
    """What a cancelled or repeated scoring has left behind is not shown."""
    return [run for run in runs if run.status == Run.Status.DONE]


def _programs(cell: Cell, row: Problem, run: Run, wanted: Wanted) -> list[FlaggedProgram]:
    content, problem = unpack(cell.blob), row.record()
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
        identity = (run, row.pk, problem.task_id, index, key, stored.source)
        found.append(FlaggedProgram(*identity, verdict.value, samples[index], findings, content.asked_for))
    return sorted(found, key=lambda program: (-program.samples, program.index))


def _holds(text: str, *texts: str) -> bool:
    return any(text.casefold() in other.casefold() for other in texts)
