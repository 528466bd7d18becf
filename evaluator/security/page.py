"""The rules as a page of Markdown: `python -m evaluator.security.page > docs/rules.md`."""

from __future__ import annotations

from itertools import groupby

from evaluator.security.cwe import WEAKNESSES
from evaluator.security.rule import Rule
from evaluator.security.rules import RULES

_HEAD = """# The security rules

`python -m evaluator scan PATH` looks for these in Python files, folders and sample files; the site looks for
them in every program that it scores. Rules named PB… are our own and follow values through the program
(`evaluator/security/flow`); rules named S… are ruff's. Each rule's insecure and secure example is one of its
tests. This page is written by `python -m evaluator.security.page`.

**Severity** is how bad a true finding is, **confidence** how often a finding is true. Categories are those of
the [OWASP Top 10 of 2021](https://owasp.org/Top10/).
"""


def rules_page() -> str:
    """All rules, by category and number."""
    ordered = sorted(RULES.values(), key=lambda rule: (rule.owasp, rule.id))
    parts = [_HEAD]
    for category, rules in groupby(ordered, key=lambda rule: rule.owasp):
        parts.append(f"\n## {category}\n\n| rule | what | CWE | severity | confidence | how to mend it |")
        parts.append("|---|---|---|---|---|---|")
        parts += [_line(rule) for rule in rules]
    return "\n".join(parts) + "\n"


def _line(rule: Rule) -> str:
    weakness = WEAKNESSES[rule.cwe]
    what = f"{rule.title}. {rule.why}".replace("|", "\\|")
    cwe = f"[{weakness.label}]({weakness.url}) {weakness.title}"
    fix = rule.fix.replace("|", "\\|")
    return f"| {rule.id} | {what} | {cwe} | {rule.severity} | {rule.confidence} | {fix} |"


if __name__ == "__main__":
    print(rules_page(), end="")
