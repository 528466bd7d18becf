"""Every rule exists, says what it means, finds its insecure example and leaves its secure one alone."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from ruff import find_ruff_bin

from evaluator.records import Finding
from evaluator.security import RULES, WEAKNESSES, Rule, scan
from evaluator.security.page import rules_page
from evaluator.security.rules import OWN_RULES
from evaluator.security.rules.ruff_rules import RUFF_RULES

every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))


@pytest.fixture(scope="module")
def findings_of() -> dict[str, tuple[Finding, ...]]:
    """Findings of every example, from one scan."""
    examples = [text for rule in RULES.values() for text in (rule.insecure, rule.secure)]
    return dict(zip(examples, scan(examples), strict=True))


@every_rule
def test_the_insecure_example_is_found_by_its_rule_alone(
    rule: Rule, findings_of: dict[str, tuple[Finding, ...]]
) -> None:
    found = findings_of[rule.insecure]
    assert [finding.rule for finding in found] == [rule.id]
    assert (found[0].cwe, found[0].severity, found[0].confidence) == (
        rule.cwe,
        rule.severity,
        rule.confidence,
    )


@every_rule
def test_the_secure_example_has_no_finding(rule: Rule, findings_of: dict[str, tuple[Finding, ...]]) -> None:
    compile(rule.secure, rule.id, "exec")  # else it would have none for the wrong reason
    assert findings_of[rule.secure] == ()


@every_rule
def test_a_rule_explains_itself_in_a_sentence(rule: Rule) -> None:
    assert rule.title
    assert 20 <= len(rule.why) <= 200
    assert rule.why.endswith(".")
    assert 5 <= len(rule.fix) <= 200
    assert rule.fix.endswith(".")


def test_the_table_of_weaknesses_holds_what_the_rules_use_and_no_more() -> None:
    assert set(WEAKNESSES) == {rule.cwe for rule in RULES.values()}


def test_the_page_of_the_rules_is_the_present_one() -> None:
    page = Path(__file__).parents[2] / "docs" / "rules.md"
    hint = "write it anew: python -m evaluator.security.page > docs/rules.md"
    assert page.read_text(encoding="utf-8") == rules_page(), hint


def test_every_weakness_stands_under_an_owasp_category() -> None:
    for rule in RULES.values():
        assert re.fullmatch(r"A(0[1-9]|10) [A-Z].+", rule.owasp), rule.id


def test_a_weakness_links_to_its_page() -> None:
    assert WEAKNESSES[89].label == "CWE-89"
    assert WEAKNESSES[89].url == "https://cwe.mitre.org/data/definitions/89.html"


def test_rule_ids_are_unique() -> None:
    assert len(RULES) == len(OWN_RULES) + len(RUFF_RULES)


def test_every_rule_is_a_stable_one_of_the_installed_ruff() -> None:
    answer = subprocess.run(
        [find_ruff_bin(), "rule", "--all", "--output-format=json"], capture_output=True, check=True
    )
    known = {rule["code"]: rule for rule in json.loads(answer.stdout)}
    for rule in RUFF_RULES:
        assert "Stable" in known[rule.id]["status"], rule.id


@pytest.mark.parametrize(
    ("rule_id", "cwe"),
    [
        ("PB101", 89),
        ("PB111", 78),
        ("PB121", 95),
        ("PB201", 798),
        ("PB301", 328),
        ("PB304", 329),
        ("PB307", 338),
    ],
)
def test_the_weakness_is_the_exact_one(rule_id: str, cwe: int) -> None:
    assert RULES[rule_id].cwe == cwe
