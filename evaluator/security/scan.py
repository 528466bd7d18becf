"""Findings per program: our own rules on every distinct source, ruff's on those that they may concern."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evaluator.records import Finding
from evaluator.security.own_engine import Reading, read_with_rules
from evaluator.security.ruff_engine import find_with_ruff
from evaluator.security.rules.ruff_rules import may_concern_ruff

# A program of a hundred thousand evals is no worse than one of a hundred.
MAX_FINDINGS = 100


def scan(sources: Sequence[str]) -> list[tuple[Finding, ...]]:
    """Security findings of each source, in the order of `sources`; equal sources are scanned once.

    A source's findings are distinct, ordered by line and rule, and at most MAX_FINDINGS. Lines are 1-based
    and end where the compiler ends them (\\n, \\r\\n, \\r). Comments such as `# nosec` and `# noqa` count for
    nothing. A source that does not parse is read line by line. Messages may quote the source: untrusted text.
    Raises SecurityScanError when a scanner is missing or broken, never because of what a source holds.
    """
    return [reading.findings for reading in scan_with_outcomes(sources)]


def scan_with_outcomes(sources: Sequence[str]) -> list[Reading]:
    """As `scan`, with how each source was read: "parsed", "line by line", or "not scannable" and why."""
    distinct = list(dict.fromkeys(sources))
    readings = read_with_rules(distinct)
    for_ruff = [index for index, source in enumerate(distinct) if may_concern_ruff(source)]
    for index, more in zip(for_ruff, find_with_ruff([distinct[i] for i in for_ruff]), strict=True):
        readings[index] = replace(readings[index], findings=(*readings[index].findings, *more))
    by_source = dict(zip(distinct, map(_ordered, readings), strict=True))
    return [by_source[source] for source in sources]


def _ordered(reading: Reading) -> Reading:
    """Distinct findings, in their order, and not more than anybody would look at."""
    ordered = sorted(set(reading.findings), key=lambda finding: (finding.line, finding.rule, finding.message))
    return replace(reading, findings=tuple(ordered[:MAX_FINDINGS]))
