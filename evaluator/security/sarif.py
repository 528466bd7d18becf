"""Findings as SARIF 2.1.0, which code hosts and editors read (OASIS, 2020)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evaluator.records import Finding, Severity
from evaluator.security.cwe import WEAKNESSES
from evaluator.security.rule import Rule
from evaluator.security.rules import RULES
from evaluator.security.version import rules_version

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
# What code hosts sort by: a number like CVSS's, from 0 to 10.
_SCORES = {Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "3.0"}


@dataclass(frozen=True, slots=True)
class Located:
    """A finding and where it is: `uri` is a file's path, or whatever names a sample."""

    uri: str
    finding: Finding
    code: str = ""  # the line itself
    properties: Mapping[str, Any] = field(default_factory=dict)


def sarif_log(located: Iterable[Located], version: str) -> dict[str, Any]:
    """A log of one run, ready for `json.dumps`. `version`: that of the program that writes it."""
    results = list(located)
    used = sorted({one.finding.rule for one in results})
    index = {rule: number for number, rule in enumerate(used)}
    driver = {
        "name": "Passboard",
        "version": version,
        "properties": {"rules_version": rules_version()},
        "rules": [_rule(rule_id, RULES.get(rule_id)) for rule_id in used],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, index) for one in results],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule_id: str, rule: Rule | None) -> dict[str, Any]:
    if rule is None:
        return {"id": rule_id}
    weakness = WEAKNESSES.get(rule.cwe)
    return {
        "id": rule.id,
        "name": rule.title,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.why} {rule.fix}"},
        **({"helpUri": weakness.url} if weakness else {}),
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": ["security", f"external/cwe/cwe-{rule.cwe:03d}"],
            "precision": rule.confidence.value,
            "security-severity": _SCORES[rule.severity],
        },
    }


def _result(one: Located, index: Mapping[str, int]) -> dict[str, Any]:
    finding = one.finding
    region: dict[str, Any] = {"startLine": finding.line}
    if one.code:
        region["snippet"] = {"text": one.code}
    place = {"physicalLocation": {"artifactLocation": {"uri": one.uri}, "region": region}}
    locations: Sequence[dict[str, Any]] = [place]
    return {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": locations,
        "properties": {"cwe": finding.cwe, "confidence": finding.confidence.value, **one.properties},
    }
