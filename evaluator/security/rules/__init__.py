"""All rules by id. A rule is added in its theme's file; its examples test it."""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.security.rule import Rule
from evaluator.security.rules.ciphers import CIPHER_RULES
from evaluator.security.rules.code import CODE_RULES
from evaluator.security.rules.connections import CONNECTION_RULES
from evaluator.security.rules.credentials import CREDENTIAL_RULES
from evaluator.security.rules.deserialisation import DESERIALISATION_RULES
from evaluator.security.rules.files import FILE_RULES
from evaluator.security.rules.hashes import HASH_RULES
from evaluator.security.rules.headers import HEADER_RULES
from evaluator.security.rules.keys import KEY_RULES
from evaluator.security.rules.known_keys import KNOWN_KEY_RULES
from evaluator.security.rules.markup import MARKUP_RULES
from evaluator.security.rules.paths import PATH_RULES
from evaluator.security.rules.ruff_rules import RUFF_RULES
from evaluator.security.rules.service import SERVICE_RULES
from evaluator.security.rules.shell import SHELL_RULES
from evaluator.security.rules.sql import SQL_RULES
from evaluator.security.rules.structured import STRUCTURED_RULES
from evaluator.security.rules.tokens import TOKEN_RULES
from evaluator.security.rules.web import WEB_RULES

# Our own, theme by theme: one line each.
OWN_RULES: tuple[Rule, ...] = (
    *SQL_RULES,
    *SHELL_RULES,
    *CODE_RULES,
    *DESERIALISATION_RULES,
    *PATH_RULES,
    *FILE_RULES,
    *MARKUP_RULES,
    *WEB_RULES,
    *HEADER_RULES,
    *STRUCTURED_RULES,
    *CREDENTIAL_RULES,
    *KNOWN_KEY_RULES,
    *TOKEN_RULES,
    *CONNECTION_RULES,
    *SERVICE_RULES,
    *HASH_RULES,
    *CIPHER_RULES,
    *KEY_RULES,
)

RULES: Mapping[str, Rule] = {rule.id: rule for rule in (*OWN_RULES, *RUFF_RULES)}
