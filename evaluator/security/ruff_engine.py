"""Findings from ruff's S rules: many files in one call, and hostile ones told apart.

A source that does not parse has no findings, nor has one that kills ruff by itself.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence

from evaluator.errors import SecurityScanError
from evaluator.records import Finding
from evaluator.security.ruff_process import RuffDied, run_ruff
from evaluator.security.rules.ruff_rules import RUFF_RULES
from evaluator.security.shown import one_line

log = logging.getLogger(__name__)

_BATCH_FILES = 2000
_BATCH_CHARACTERS = 4 << 20
# Goes with every batch: a scanner that finds nothing must not be taken for programs without findings.
_PROBE, _PROBE_RULE = "import logging.config\nlogging.config.listen(9999)\n", "S612"
_RULES = {rule.id: rule for rule in RUFF_RULES}


def find_with_ruff(sources: Sequence[str]) -> list[list[Finding]]:
    """Findings of each source, in no particular order. Raises SecurityScanError."""
    return [findings for batch in _batches(sources) for findings in _scan_or_split(batch)]


def _batches(sources: Sequence[str]) -> Iterator[Sequence[str]]:
    start = characters = 0
    for index, source in enumerate(sources):
        full = index - start == _BATCH_FILES or characters + len(source) > _BATCH_CHARACTERS
        if full and index > start:
            yield sources[start:index]
            start, characters = index, 0
        characters += len(source)
    if start < len(sources):
        yield sources[start:]


def _scan_or_split(batch: Sequence[str]) -> list[list[Finding]]:
    """One source that kills ruff must not lose the findings of the others: halve until it is alone."""
    try:
        return _scan(batch)
    except RuffDied as error:
        if len(batch) > 1:
            middle = len(batch) // 2
            return _scan_or_split(batch[:middle]) + _scan_or_split(batch[middle:])
        _scan([])  # raises when it is ruff that does not work, and not this source
        log.warning("A source of %d characters has no security findings: %s", len(batch[0]), error)
        return [[]]


def _scan(batch: Sequence[str]) -> list[list[Finding]]:
    found: list[list[Finding]] = [[] for _ in (*batch, _PROBE)]
    for line in run_ruff([*batch, _PROBE], _RULES):
        if line:
            _add(line, found)
    if [finding.rule for finding in found.pop()] != [_PROBE_RULE]:
        raise SecurityScanError(
            f"ruff does not find {_PROBE_RULE} in {_PROBE!r}. Install the pinned version of requirements.txt."
        )
    return found


def _add(line: str, found: list[list[Finding]]) -> None:
    try:
        diagnostic = json.loads(line)
        rule = _RULES.get(diagnostic["code"])
        if rule is None:  # a syntax error
            return
        message = diagnostic["message"]
        index = int(diagnostic["filename"].rsplit("/", 1)[-1].removesuffix(".py"))
        row = int(diagnostic["location"]["row"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SecurityScanError(
            f"ruff wrote a line that can't be read ({error!r}): {line[:200]!r}. "
            "Install the pinned version of requirements.txt."
        ) from error
    if rule.harmless is None or rule.harmless not in message:
        finding = Finding(rule.id, rule.cwe, rule.severity, rule.confidence, row, one_line(message))
        found[index].append(finding)
