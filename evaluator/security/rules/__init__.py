"""All rules by id. A rule is added in its theme's file; its examples test it.

Left out of ruff's S rules on purpose:
- what says nothing about security in such programs: S101 assert, S110 and S112 swallowed exceptions;
- what marks a use as such, right or wrong: S603, S606, S607 (processes without a shell), S310 (every opened
  URL), S311 (every random number, shuffles too), S702 (every Mako template), S4xx (imports).
"""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.security.rule import Rule
from evaluator.security.rules.cryptography import CRYPTOGRAPHY_RULES
from evaluator.security.rules.data import DATA_RULES
from evaluator.security.rules.injection import INJECTION_RULES
from evaluator.security.rules.network import NETWORK_RULES

RUFF_RULES: tuple[Rule, ...] = (*INJECTION_RULES, *CRYPTOGRAPHY_RULES, *NETWORK_RULES, *DATA_RULES)

RULES: Mapping[str, Rule] = {rule.id: rule for rule in RUFF_RULES}
