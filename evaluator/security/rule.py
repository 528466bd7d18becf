"""What a security rule is: data that pages show and engines look up."""

from __future__ import annotations

from dataclasses import dataclass

from evaluator.records import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One insecure pattern. The examples are tested: `insecure` is found by the rule, `secure` by no rule.

    `severity` is how bad a true finding is, `confidence` how often a finding is true.
    `harmless` is a part of the engine's message by which it says itself that this occurrence is no risk.
    """

    id: str  # the engine's own name of it, "S608"
    title: str
    cwe: int
    severity: Severity
    confidence: Severity
    why: str
    fix: str
    insecure: str
    secure: str
    harmless: str | None = None
