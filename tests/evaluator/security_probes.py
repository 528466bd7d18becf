"""Helps the tests of security rules: what is found in a piece of code."""

from __future__ import annotations

from evaluator.security.own_engine import read_with_rules


def found(source: str) -> set[str]:
    """The rules that our own engine finds in it."""
    (reading,) = read_with_rules([source])
    return {finding.rule for finding in reading.findings}


def weaknesses(source: str) -> set[int]:
    """The CWEs of what our own engine finds in it."""
    (reading,) = read_with_rules([source])
    return {finding.cwe for finding in reading.findings}
