"""What a site says when it says no (problem details, RFC 9457), as a message for whoever submits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from evaluator.errors import SubmissionRefused
from evaluator.sample_files.strict_json import shown

_LISTED = 20
_CHARACTERS = 1000
_HINTS = {
    401: "Make a token on your account's page of the site, with the scope “write”, and give it in "
    "PASSBOARD_TOKEN or by --token-file.",
    403: "The account or the token may not do this.",
    413: "Compress the file (gzip, zstd), or submit it in several runs.",
}
_USUAL = {
    401: "The site doesn't accept the token.",
    403: "The site doesn't allow this.",
    404: "The site has no such address, or nothing of this name for you.",
    413: "The file is larger than the site takes.",
    429: "The site is asked too often.",
}


def refusal_of(address: str, status: int, headers: Mapping[str, str], body: bytes) -> SubmissionRefused:
    """The refusal of an answer with this status, whether or not it is a problem document.

    `headers` by names in lower case, as in `retry_after`.
    """
    if 300 <= status < 400:
        where = shown(headers.get("location", "elsewhere"), 200)
        return SubmissionRefused(f"{address} leads on to {where}: give that address by --site.", status)
    problem = _problem(body)
    detail = problem.get("detail")
    said = shown(detail, _CHARACTERS) if isinstance(detail, str) and detail else ""
    lines = [said or _USUAL.get(status, f"The site answered with the status {status}.")]
    lines += _errors(problem.get("errors"))
    if hint := _HINTS.get(status):
        lines.append(hint)
    if status >= 500 and isinstance(instance := problem.get("instance"), str) and instance:
        lines.append(f"Its operator finds more under {shown(instance)}.")
    return SubmissionRefused("\n".join(lines), status)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, where the site says so."""
    text = headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _problem(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _errors(errors: object) -> list[str]:
    """One line for each thing that is wrong: `  line 3, completion: is missing`."""
    if not isinstance(errors, list):
        return []
    lines = [_error(one) for one in errors[:_LISTED] if isinstance(one, dict)]
    if len(errors) > _LISTED:
        lines.append(f"  … and {len(errors) - _LISTED:,} more")
    return lines


def _error(one: dict[str, Any]) -> str:
    line, field = one.get("line"), one.get("field")
    where = [f"line {line}"] if isinstance(line, int) else []
    where += [shown(field)] if isinstance(field, str) and field else []
    message = shown(str(one.get("message", "")), 300)
    return f"  {', '.join(where)}: {message}" if where else f"  {message}"
