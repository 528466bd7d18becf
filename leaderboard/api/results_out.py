"""Results as the API writes them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict

from evaluator.metrics import wilson
from evaluator.records import Detail, Finding
from leaderboard.api.schemas.common import Bounded
from leaderboard.api.schemas.results import FindingOut, GroupOut, ProgramOut, Reason, ResultOut, SampleOut
from leaderboard.queries.failures import FailureGroup, ProgramRow
from leaderboard.queries.run_samples import SampleRow
from leaderboard.queries.runs import ProblemRow


def result_out(row: ProblemRow) -> ResultOut:
    return ResultOut(
        task_id=row.task_id,
        position=row.position,
        scored=row.scored,
        n=row.n,
        c=row.c,
        pass_rate=pass_rate(row.n, row.c) if row.scored else None,
        verdicts=dict(row.verdicts) if row.scored else {},
        flagged=row.flagged,
        expected_rate=row.expected,
        surprise=row.residual,
    )


def pass_rate(n: int, c: int) -> Bounded | None:
    if not n:
        return None
    interval = wilson(c, n)
    return Bounded(value=c / n, low=interval.low, high=interval.high)


def sample_out(row: SampleRow, *, code: bool) -> SampleOut:
    judgement = row.program.judgement if row.scored else None
    findings = row.program.findings if row.scored else ()
    return SampleOut(
        task_id=row.task_id,
        line=row.sample.line,
        program=row.index,
        verdict=row.verdict,
        reason=reason(judgement.detail) if judgement else None,
        cpu_seconds=judgement.cpu_seconds if judgement else None,
        rankers=row.sample.rankers,
        changes=list(row.sample.changes),
        findings=findings_out(findings, row.asked_for),
        code=row.program.source if code else None,
    )


def group_out(group: FailureGroup, asked_for: Collection[str]) -> GroupOut:
    judged = group.programs[0].judgement
    return GroupOut(
        behaviour=f"{group.key:016x}" if group.key else "",
        verdict=group.verdict if judged else "",
        reason=reason(judged.detail) if judged else None,
        samples=group.samples,
        programs=[_program(row, asked_for) for row in group.programs],
    )


def reason(detail: Detail) -> Reason:
    return Reason(**asdict(detail) | {"traceback": list(detail.traceback)})


def findings_out(findings: Iterable[Finding], asked_for: Collection[str]) -> list[FindingOut]:
    return [FindingOut(**asdict(one), asked_for=one.rule in asked_for) for one in findings]


def _program(row: ProgramRow, asked_for: Collection[str]) -> ProgramOut:
    return ProgramOut(
        program=row.index,
        code=row.source,
        lines=[sample.line for sample in row.samples],
        cpu_seconds=row.judgement.cpu_seconds if row.judgement else None,
        findings=findings_out(row.findings, asked_for),
    )
