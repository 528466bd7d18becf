"""All rules by id. A rule is added in its theme's file; its examples test it."""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.security.rule import Rule
from evaluator.security.rules.ciphers import CIPHER_RULES
from evaluator.security.rules.code import CODE_RULES
from evaluator.security.rules.credentials import CREDENTIAL_RULES
from evaluator.security.rules.hashes import HASH_RULES
from evaluator.security.rules.keys import KEY_RULES
from evaluator.security.rules.ruff_rules import RUFF_RULES
from evaluator.security.rules.shell import SHELL_RULES
from evaluator.security.rules.sql import SQL_RULES

# Our own, theme by theme: one line each.
OWN_RULES: tuple[Rule, ...] = (
    *SQL_RULES,
    *SHELL_RULES,
    *CODE_RULES,
    *CREDENTIAL_RULES,
    *HASH_RULES,
    *CIPHER_RULES,
    *KEY_RULES,
)

RULES: Mapping[str, Rule] = {rule.id: rule for rule in (*OWN_RULES, *RUFF_RULES)}
