"""Security findings as the API writes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from evaluator.security import RULES, WEAKNESSES
from leaderboard.api.schemas.common import Bounded
from leaderboard.api.schemas.findings import (
    FlaggedProgramOut,
    MarkedFinding,
    MarkOut,
    RuleList,
    RuleOut,
    RulesQuery,
    RunSecurity,
    WeaknessOut,
)
from leaderboard.models import FindingMark, Run
from leaderboard.queries import security as queries
from leaderboard.queries.marks import FindingKey, Precision, precisions
from leaderboard.views.security_choice import ASKED, PASSING, SecurityChoice


def wanted_of(query: RulesQuery, text: str = "") -> queries.Wanted:
    only = [name for name, on in ((PASSING, query.passing), (ASKED, query.asked)) if on]
    text = " ".join(text.split())
    return SecurityChoice(text, query.rule, query.cwe, query.severity, tuple(only)).wanted


def program_out(
    program: queries.FlaggedProgram, marks: Mapping[FindingKey, Sequence[FindingMark]]
) -> FlaggedProgramOut:
    findings = []
    for one in program.findings:
        given = marks.get((program.problem_id, program.key, one.rule, one.line), ())
        said = [mark_out(row) for row in given]
        findings.append(MarkedFinding(**asdict(one), asked_for=one.rule in program.asked_for, marks=said))
    return FlaggedProgramOut(
        run=program.run.pk,
        task_id=program.task_id,
        program=program.index,
        samples=program.samples,
        verdict=program.verdict,
        code=program.source,
        findings=findings,
    )


def mark_out(row: FindingMark) -> MarkOut:
    author = row.author.get_username() if row.author else None
    return MarkOut(word=row.word, comment=row.comment, author=author, at=row.created_at)


def rules_out(runs: Sequence[Run], counts: Sequence[queries.RuleCount]) -> RuleList:
    known = precisions()
    items = [_rule(count, known.get(count.rule)) for count in counts]
    return RuleList(runs=len(runs), samples=sum(run.samples for run in runs), items=items)


def _rule(count: queries.RuleCount, precision: Precision | None) -> RuleOut:
    rule = RULES.get(count.rule)
    interval = precision.interval if precision else None
    return RuleOut(
        rule=count.rule,
        title=rule.title if rule else "",
        why=rule.why if rule else "",
        severity=rule.severity.value if rule else "",
        cwe=rule.cwe if rule else None,
        asked_for=count.asked_for,
        samples=count.samples,
        passed=count.passed,
        problems=count.problems,
        precision=Bounded(value=precision.value, low=interval.low, high=interval.high)
        if precision and interval
        else None,
        marked=precision.marked if precision else 0,
    )


def weaknesses_out(counts: Sequence[queries.RuleCount]) -> list[WeaknessOut]:
    """What the rules of each weakness flag together, but for what the tasks ask for."""
    groups: dict[int, list[queries.RuleCount]] = defaultdict(list)
    for row in counts:
        if row.rule in RULES and not row.asked_for:
            groups[RULES[row.rule].cwe].append(row)
    found = [_weakness(cwe, rows) for cwe, rows in groups.items()]
    return sorted(found, key=lambda row: -row.flags)


def _weakness(cwe: int, rows: Sequence[queries.RuleCount]) -> WeaknessOut:
    known = WEAKNESSES.get(cwe)
    return WeaknessOut(
        cwe=cwe,
        title=known.title if known else "",
        owasp=known.owasp if known else "",
        rules=[row.rule for row in rows],
        flags=sum(row.samples for row in rows),
        passed=sum(row.passed for row in rows),
    )


def security_out(row: Mapping[str, Any], samples: int) -> RunSecurity:
    """Of a record of the page's table of runs."""
    return RunSecurity(
        **{name: row[name] for name in ("run", "model", "temperature", "synthetic")},
        samples=samples,
        pass_at_1=_bounded(row, "pass@1"),
        secure_pass_at_1=_bounded(row, "secure-pass@1"),
        passed_flagged=_bounded(row, "passed_flagged_share"),
        flagged=_bounded(row, "flagged_share"),
        difference=_bounded(row, "difference") if row["difference"] is not None else None,
    )


def _bounded(row: Mapping[str, Any], name: str) -> Bounded:
    return Bounded(value=row[name], low=row[f"{name}_low"], high=row[f"{name}_high"])
