"""Security findings: insecure patterns in programs, each with its rule and its CWE.

`scan` finds, `RULES` says what a rule means and how to mend it, `WEAKNESSES` names the CWEs.
"""

from evaluator.security.cwe import WEAKNESSES, Weakness
from evaluator.security.rule import Rule
from evaluator.security.rules import RULES
from evaluator.security.scan import MAX_FINDINGS, scan

__all__ = ["MAX_FINDINGS", "RULES", "WEAKNESSES", "Rule", "Weakness", "scan"]
