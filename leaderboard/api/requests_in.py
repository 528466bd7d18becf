"""What is refused before an operation looks at it: too much, unknown, or not text."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from ninja.operation import Operation
from ninja.parser import Parser

from leaderboard.api.operations import JSON, Rules, query_names
from leaderboard.api.problems import MALFORMED, MEDIA, TOO_LARGE, UNKNOWN, ApiProblem, Wrong

MOST_JSON_BYTES = 1 << 20


def check_size(request: HttpRequest, rules: Rules) -> None:
    """By the length that the request names; what names none is counted while it is read."""
    most = rules.most_bytes or MOST_JSON_BYTES
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > most:
        raise ApiProblem(TOO_LARGE, f"This operation takes bodies of at most {most:,} bytes.")


def check_query(request: HttpRequest, operation: Operation) -> None:
    """A parameter that is misspelt would be a filter that filters nothing."""
    known = query_names(operation)
    unknown = [name for name in request.GET if name not in known]
    if unknown:
        takes = f"It takes {', '.join(sorted(known))}." if known else "It takes none."
        errors = [Wrong(name[:100], "query", "There is no such parameter.") for name in unknown[:20]]
        raise ApiProblem(UNKNOWN, f"This operation does not know all of these parameters. {takes}", errors)


def check_text(request: HttpRequest, parts: dict[str, object]) -> None:
    """No database takes the character NUL."""
    texts = [*parts.values(), *(value for _, values in request.GET.lists() for value in values)]
    if any("\0" in str(text) for text in texts):
        raise ApiProblem(MALFORMED, "The address holds the character NUL, which no text here can.")


def check_type(request: HttpRequest, rules: Rules) -> None:
    """Whether the body is of a type that the operation takes."""
    if not rules.takes:
        return
    given = request.content_type
    if given not in rules.takes and not given.endswith("+json") * (JSON in rules.takes):
        said = f"“{given[:100]}”" if given else "nothing that names its type"
        raise ApiProblem(MEDIA, f"This operation takes {' or '.join(rules.takes)}, and got {said}.")


class StrictParser(Parser):
    """JSON as RFC 8259 has it, of texts that a database can keep."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            found = json.loads(request.body, parse_constant=_no_constant)
            storable = _storable(found)
        except (ValueError, RecursionError):
            raise ApiProblem(MALFORMED, "The body can't be read as JSON.") from None
        if not storable:
            raise ApiProblem(MALFORMED, "The body holds a NUL or half a character, which no text here can.")
        return found


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _storable(value: object) -> bool:
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, dict):
        return all(_storable(key) and _storable(one) for key, one in value.items())
    return not isinstance(value, list) or all(_storable(one) for one in value)
