"""Findings per program: every engine on every distinct source."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from evaluator.records import Finding
from evaluator.security.ruff_engine import find_with_ruff

# An engine gives the findings of each distinct source, in the order of the sources. Add one by a line here.
Engine = Callable[[Sequence[str]], list[list[Finding]]]
ENGINES: tuple[Engine, ...] = (find_with_ruff,)

# A program of a hundred thousand evals is no worse than one of a hundred.
MAX_FINDINGS = 100


def scan(sources: Sequence[str]) -> list[tuple[Finding, ...]]:
    """Security findings of each source, in the order of `sources`; equal sources are scanned once.

    A source's findings are distinct, ordered by line and rule, and at most MAX_FINDINGS. Lines are 1-based
    and end where the compiler ends them (\\n, \\r\\n, \\r). Comments such as `# nosec` and `# noqa` count for
    nothing. A source that does not parse has no findings. Messages may quote the source: untrusted text.
    Raises SecurityScanError when a scanner is missing or broken, never because of what a source holds.
    """
    distinct = list(dict.fromkeys(sources))
    merged: list[set[Finding]] = [set() for _ in distinct]
    for engine in ENGINES:
        for known, new in zip(merged, engine(distinct), strict=True):
            known.update(new)
    by_source = dict(zip(distinct, map(_ordered, merged), strict=True))
    return [by_source[source] for source in sources]


def _ordered(findings: set[Finding]) -> tuple[Finding, ...]:
    ordered = sorted(findings, key=lambda finding: (finding.line, finding.rule, finding.message))
    return tuple(ordered[:MAX_FINDINGS])
