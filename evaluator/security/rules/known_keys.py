"""The rule about keys whose form tells whose they are, and passwords in addresses."""

from __future__ import annotations

from evaluator.records import Severity
from evaluator.security.flow.events import Call, Returned, Stored
from evaluator.security.rule import Only, Rule, calls, returned, stored
from evaluator.security.rules.secret_words import (
    FORMED,
    FORMS,
    has_known_form,
    login_in_url,
    texts_of,
)

_WHY = "A secret in the source is known to all who can read the source, and is hard to change."
_FIX = "Read the secret from the environment or a secret store."


def _formed(event: Stored) -> str | None:
    if event.how == "compare":
        return None
    values = event.value.items if event.value.items is not None else (event.value,)
    for value in values:
        for text in texts_of(value):
            if has_known_form(text):
                return "A key of a well-known form is written into the source."
            if login_in_url(text):
                return "An address or connection text holds a password."
    return None


def _formed_answer(event: Returned) -> str | None:
    if any(has_known_form(text) for text in texts_of(event.value)):
        return "A key of a well-known form is written into the source."
    return None


def _formed_argument(call: Call) -> str | None:
    for value in call.args:
        for text in texts_of(value):
            if has_known_form(text):
                return "A key of a well-known form is written into the source."
            if login_in_url(text):
                return "An address or connection text holds a password."
    return None


KNOWN_KEY_RULES = (
    Rule(
        id="PB202",
        title="Key of a known form, or a password in an address",
        cwe=798,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why=_WHY,
        fix=_FIX,
        insecure="DATABASE = 'postgres://app:hunter2-hunter2@db.example.org/app'\n",
        secure="DATABASE = 'postgres://db.example.org/app'\n",
        watches=(
            stored(_formed, Only(hints=FORMS, text=FORMED)),
            returned(_formed_answer, Only(hints=FORMS, text=FORMED)),
            calls("", _formed_argument, Only(hints=FORMS, text=FORMED)),
        ),
    ),
)
