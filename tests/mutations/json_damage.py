"""Damage to JSON documents and JSON lines that stay JSON, or nearly so."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

Holder = dict[str, Any] | list[Any]
Place = tuple[Holder, Any]  # a dict and its key, or a list and its index

_PLAIN: tuple[Any, ...] = (None, True, False, 0, -1, 1.5, "", "x")
_OTHER_TYPES: tuple[Any, ...] = (*_PLAIN, [], {}, [[]], [None], {"a": 1}, ["", 1])
_NUMBERS = ("1e999", "-1e999", "9" * 5000, "1" + "0" * 400, "-0", "0." + "3" * 400, "1e-999", "2" * 30)
_CONSTANTS = ("NaN", "Infinity", "-Infinity")
_TEXTS = (
    '"\\u0000"',
    '"\\ud800"',
    '"HumanEval/0\\ud83d"',
    '"HumanEval/999999"',
    '"HumanEval/-1"',
    '"HumanEval/0\\n"',
    '"../../../etc/passwd"',
    '"' + "x" * 100_000 + '"',
    '"\\u202etpircs"',
    '"' + "\\u0301" * 500 + '"',
    '"```python\\n```"',
    '"def f():\\n    return ((((("',
)
_FIELDS = ("logprob", "score", "passed", "solution", "completion", "logprobs", "x" * 300, "é\n")
_DEPTHS = (50, 900, 1100, 20_000)
_OPEN, _CLOSE = "\ue000", "\ue001"  # private-use characters around the number of a raw token


class Raw:
    """JSON text that `json.dumps` would not write: put in after it, where a mark of ours stands."""

    def __init__(self) -> None:
        self.tokens: list[str] = []

    def mark(self, token: str) -> str:
        self.tokens.append(token)
        return f"{_OPEN}{len(self.tokens) - 1}{_CLOSE}"

    def written(self, document: Any, rng: Random) -> str:
        text = json.dumps(document, ensure_ascii=False, indent=rng.choice((None, None, None, 1)))
        for number, token in enumerate(self.tokens):
            text = text.replace(f'"{_OPEN}{number}{_CLOSE}"', token)
        return text


def remove(place: Place, raw: Raw, rng: Random) -> None:
    holder, key = place
    del holder[key]


def rename(place: Place, raw: Raw, rng: Random) -> None:
    holder, key = place
    if isinstance(holder, dict):
        holder[rng.choice((key.upper(), key + " ", "", "id", "text", "\u0000", key[::-1]))] = holder.pop(key)


def duplicate(place: Place, raw: Raw, rng: Random) -> None:
    holder, key = place
    if isinstance(holder, list):
        holder.insert(key, holder[key])
    else:
        name = json.dumps(key)
        value = holder.pop(key)
        holder[raw.mark(f"{name}: {rng.choice(('null', '1', json.dumps(value)))}, {name}")] = value


def change_type(place: Place, raw: Raw, rng: Random) -> None:
    holder, key = place
    holder[key] = rng.choice(_OTHER_TYPES)


def wrap(place: Place, raw: Raw, rng: Random) -> None:
    holder, key = place
    value = holder[key]
    holder[key] = rng.choice(([value], {"value": value}, json.dumps(value), [value, value]))


def huge_number(place: Place, raw: Raw, rng: Random) -> None:
    holder, key = place
    holder[key] = raw.mark(rng.choice(_NUMBERS))


def no_number(place: Place, raw: Raw, rng: Random) -> None:
    holder, key = place
    holder[key] = raw.mark(rng.choice(_CONSTANTS))


def odd_text(place: Place, raw: Raw, rng: Random) -> None:
    holder, key = place
    holder[key] = raw.mark(rng.choice(_TEXTS))


def nest(place: Place, raw: Raw, rng: Random) -> None:
    holder, key = place
    depth = rng.choice(_DEPTHS)
    left, right = rng.choice((("[", "]"), ('{"a":', "}")))
    holder[key] = raw.mark(left * depth + "0" + right * (depth if rng.random() < 0.9 else depth - 1))


def add_field(place: Place, raw: Raw, rng: Random) -> None:
    holder, _ = place
    if isinstance(holder, dict):
        name = rng.choice(_FIELDS)
        holder[name] = rng.choice((*_OTHER_TYPES, [0.1, -2.0], [[]], raw.mark(rng.choice(_NUMBERS))))
    else:
        holder.extend(rng.choice(([None], [1], ["x"], [[]], [{}], holder[:1] * 1000)))


JSON: tuple[Callable[[Place, Raw, Random], None], ...] = (
    remove,
    rename,
    duplicate,
    change_type,
    change_type,
    wrap,
    huge_number,
    no_number,
    odd_text,
    nest,
    add_field,
)


def damage_json(content: bytes, rng: Random) -> tuple[str, bytes] | None:
    """Name of the damage and the damaged content; None where it is no JSON."""
    text = content.decode("utf-8", "replace")
    lines = text.splitlines(keepends=True)
    try:
        json.loads(text)
        before, chosen, after = "", text, ""
    except (ValueError, RecursionError):
        number = rng.randrange(len(lines) or 1)
        before, after = "".join(lines[:number]), "".join(lines[number + 1 :])
        chosen = "".join(lines[number : number + 1])
    try:
        document = json.loads(chosen)
    except (ValueError, RecursionError):
        return None
    place = _place(document, rng)
    if place is None:
        return None
    raw, damage = Raw(), rng.choice(JSON)
    damage(place, raw, rng)
    changed = before + raw.written(document, rng).rstrip("\n") + "\n" + after
    return damage.__name__, changed.encode("utf-8", "surrogatepass")


def _place(document: Any, rng: Random) -> Place | None:
    """A holder and one of its keys, the upper levels more often than the lower ones."""
    if not isinstance(document, dict | list) or not document:
        return None
    holder: Holder = document
    while True:
        key: Any = rng.choice(list(holder)) if isinstance(holder, dict) else rng.randrange(len(holder))
        inner = holder[key]
        if isinstance(inner, dict | list) and inner and rng.random() < 0.6:
            holder = inner
        else:
            return holder, key
