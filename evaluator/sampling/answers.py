"""What an OpenAI-compatible server answered, read field by field and believed in nothing.

Shapes: https://platform.openai.com/docs/api-reference (completions, chat). llama.cpp gives the chat's shape
of log-probabilities for completions, too, so both are read wherever they stand.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evaluator.sample_files.strict_json import FieldError, Record, json_type, parse_object
from evaluator.sampling.records import Completion
from evaluator.sampling.stops import cut

MAX_TEXT_CHARACTERS = 1_000_000
MAX_TOKENS = 10**9
ROUNDING = 1e-3  # log-probabilities of sure tokens come out a little above 0
_WORD = re.compile(r"[a-z][a-z0-9_-]{0,39}", re.ASCII)
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class TokenScores:
    """The tokens of a text and their natural log-probabilities; `tokens` is empty where they aren't named."""

    tokens: tuple[str, ...]
    logprobs: tuple[float, ...]


def completions_of(body: bytes, stops: Sequence[str], most: int | None = None) -> list[Completion]:
    """The choices of an answer, `most` of them (None: all), cut at the stop sequences.

    Tokens of further choices, which nobody asked for, stand with those that are kept. Raises FieldError that
    names the field.
    """
    record = parse_object(body)
    choices = record.get("choices")
    if not isinstance(choices, list) or not choices:
        raise FieldError("choices", "an array with at least one choice was expected")
    read = [_named(f"choices[{place}]", choice, stops) for place, choice in enumerate(choices[:most])]
    usage = _object(record, "usage")
    prompt = _count(usage, "prompt_tokens")
    drawn = _count(usage, "completion_tokens")
    return [
        Completion(
            one.text,
            one.finish_reason,
            one.sum_logprob,
            one.mean_logprob,
            prompt if prompt is None or place == 0 else 0,
            None if drawn is None else _share(drawn, place, len(read)),
        )
        for place, one in enumerate(read)
    ]


def used_in(body: bytes) -> tuple[int, int]:
    """Tokens of prompt and answer that a body speaks of, however useless it is otherwise; 0 for none."""
    try:
        usage = _object(parse_object(body), "usage")
        return _count(usage, "prompt_tokens") or 0, _count(usage, "completion_tokens") or 0
    except FieldError:
        return 0, 0


def _named(name: str, choice: object, stops: Sequence[str]) -> Completion:
    if not isinstance(choice, dict):
        raise FieldError(name, f"an object was expected, not {json_type(choice)}")
    try:
        return _completion(choice, stops)
    except FieldError as error:
        raise FieldError(f"{name}.{error.field}", error.message) from None


def _completion(choice: Record, stops: Sequence[str]) -> Completion:
    text = _text(choice)
    kept = cut(text, stops)
    scores = _scores(choice)
    logprobs = () if scores is None else _of_kept(scores, text, kept)
    total = math.fsum(logprobs) if logprobs else None
    reason = choice.get("finish_reason")
    if not isinstance(reason, str) or not _WORD.fullmatch(reason):
        reason = "unknown"
    return Completion(
        _NOT_TEXT.sub("\ufffd", kept),
        "stop" if len(kept) < len(text) else reason,
        total,
        None if total is None else total / len(logprobs),
    )


def _text(choice: Record) -> str:
    """`text` of a completion, `message.content` of a chat; null, as for a refusal, is no text."""
    if "message" in choice:
        name, value = "message.content", _object(choice, "message").get("content")
        value = "" if value is None else value
    else:
        name, value = "text", choice.get("text")
    if not isinstance(value, str):
        raise FieldError(name, f"a string was expected, not {json_type(value)}")
    if len(value) > MAX_TEXT_CHARACTERS:
        raise FieldError(name, f"is longer than {MAX_TEXT_CHARACTERS:,} characters")
    return value


def _scores(choice: Record) -> TokenScores | None:
    """The choice's log-probabilities in whichever shape they come; None where there are none."""
    given = _object(choice, "logprobs")
    if isinstance(entries := given.get("content"), list):
        if not all(isinstance(entry, dict) for entry in entries):
            raise FieldError("logprobs.content", "an array of objects was expected")
        values = [entry.get("logprob") for entry in entries]
        tokens = [entry.get("token") for entry in entries]
    elif isinstance(given.get("token_logprobs"), list):
        values = given["token_logprobs"]
        tokens = given.get("tokens") or []
    else:
        return None
    if not values or None in values:
        return None
    if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
        raise FieldError("logprobs", "its tokens must be strings")
    if tokens and len(tokens) != len(values):
        raise FieldError("logprobs", f"has {len(tokens)} tokens and {len(values)} values")
    return TokenScores(tuple(tokens), tuple(_logprob(value) for value in values))


def _logprob(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise FieldError("logprobs", f"a number was expected, not {json_type(value)}")
    if not -1e6 < value <= ROUNDING:
        raise FieldError("logprobs", "a log-probability must be finite and not above 0")
    return min(float(value), 0.0)


def _of_kept(scores: TokenScores, text: str, kept: str) -> tuple[float, ...]:
    """The log-probabilities of the tokens that begin inside the kept text; none if that can't be told."""
    if not scores.tokens or not "".join(scores.tokens).startswith(text):
        return scores.logprobs if kept == text else ()
    chosen: list[float] = []
    begin = 0
    for token, logprob in zip(scores.tokens, scores.logprobs, strict=True):
        if begin < len(kept) and token:
            chosen.append(logprob)
        begin += len(token)
    return tuple(chosen)


def _object(record: Record, name: str) -> dict[str, Any]:
    """The object in a field; an empty one where it is missing or null."""
    value = record.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise FieldError(name, f"an object was expected, not {json_type(value)}")
    return value


def _count(usage: Record, name: str) -> int | None:
    value = usage.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_TOKENS:
        raise FieldError(f"usage.{name}", "a count of tokens was expected")
    return value


def _share(total: int, place: int, parts: int) -> int:
    """`total` spread over `parts` so that the shares sum up to it."""
    return total // parts + (1 if place < total % parts else 0)
