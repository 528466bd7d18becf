"""What a server's answer other than 200 means, said without repeating a key."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

from evaluator.errors import EndpointBusy, EndpointRefused, SamplingError
from evaluator.sample_files.strict_json import FieldError, parse_object, shown
from evaluator.sampling.caller import Answer
from evaluator.sampling.records import Endpoint

SAID_CHARACTERS = 300
LONGEST_WAIT = 86_400.0
_LATER = frozenset((408, 409, 425, 429))
_NEVER = frozenset((501, 505, 511))
_WINDOW = 8  # so many characters of a key in a row are taken for the key


def failure_of(answer: Answer, endpoint: Endpoint) -> SamplingError:
    """The error that this answer stands for."""
    status = answer.status
    said = said_in(answer, endpoint)
    if 300 <= status < 400:
        return EndpointRefused(
            f"The server redirects (HTTP {status}), which is not followed: give the final address.", status
        )
    if status in (401, 403):
        return EndpointRefused(f"The server doesn't accept the key (HTTP {status}).{said}", status)
    if status == 404:
        return EndpointRefused(
            f"The server knows no such model or path (HTTP 404); an address usually ends in /v1.{said}",
            status,
        )
    if status == 429 and "insufficient_quota" in answer.body[:4000].decode("utf-8", "replace"):
        return EndpointRefused(
            f"The account behind the key has nothing left to spend (HTTP 429).{said}", status
        )
    if status in _LATER or (status >= 500 and status not in _NEVER):
        text = "is asked too often" if status == 429 else "has a problem of its own"
        return EndpointBusy(f"The server {text} (HTTP {status}).{said}", status, retry_after(answer))
    return EndpointRefused(f"The server refuses the request (HTTP {status}).{said}", status)


def retry_after(answer: Answer) -> float | None:
    """Seconds that the server asks to wait, from a number or a date; None for none or nonsense."""
    text = answer.headers.get("retry-after", "").strip()
    try:
        seconds = float(text) if text[:1].isdigit() else _until(text)
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT) if seconds == seconds else None


def _until(text: str) -> float:
    return parsedate_to_datetime(text).timestamp() - time.time()


def said_in(answer: Answer, endpoint: Endpoint) -> str:
    """' It says: …', bounded and on one line; empty for nothing, HTML, or what repeats a part of a key."""
    text = _message(answer)
    if not text or text.lstrip()[:1] == "<":
        return ""
    return redacted(f" It says: {shown(' '.join(text.split()), SAID_CHARACTERS)}", endpoint)


def redacted(message: str, endpoint: Endpoint) -> str:
    """The message, or a remark in its place where it holds a part of the endpoint's key or headers."""
    lower = message.lower()
    for secret in (endpoint.key, *(value for _, value in endpoint.headers)):
        step = min(_WINDOW, len(secret))
        parts = (secret[at : at + step].lower() for at in range(len(secret) - step + 1))
        if step and any(part in lower for part in parts):
            return " What it says repeats a part of the key and is not shown."
    return message


def _message(answer: Answer) -> str:
    """The human part of an answer in the shapes of OpenAI, FastAPI and plain text."""
    try:
        record = parse_object(answer.body)
    except FieldError:
        return answer.body[: 4 * SAID_CHARACTERS].decode("utf-8", "replace")
    error = record.get("error")
    for value in (
        error.get("message") if isinstance(error, dict) else error,
        record.get("message"),
        record.get("detail"),
    ):
        if value:
            return value if isinstance(value, str) else repr(value)[: 4 * SAID_CHARACTERS]
    return ""
