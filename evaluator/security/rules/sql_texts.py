"""SQL as text with holes: whether it is SQL, and what the holes stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from evaluator.security.flow.values import Level, Value

_HOLE = "\0"
_LOOSE = re.compile(
    r"\b(?:select\b.{0,2000}?\bfrom|insert\s+(?:or\s+\w+\s+)?into|update\b.{0,400}?\bset|delete\s+from"
    r"|drop\s+\w+"
    r"|create\s+(?:or\s+replace\s+)?\w+|alter\s+\w+|truncate\s|replace\s+into|merge\s+into|grant\s|revoke\s"
    r"|pragma\s|attach\s|where\b.{0,400}?(?:[=<>]|\blike|\bin\b|\bis\b)|order\s+by|group\s+by|limit\s|union\s"
    r"|call\s|exec\s|execute\s|explain\s|show\s|describe\s|set\s|lock\s|use\s|copy\s|values\s*\()",
    re.IGNORECASE | re.DOTALL,
)
_STRICT = re.compile(
    r"^\W{0,20}(?:select\s.{0,2000}?\sfrom\s|insert\s+(?:or\s+\w+\s+)?into\s|update\s.{0,400}?\sset\s"
    r"|delete\s+from\s|drop\s+(?:table|database|user)\s|with\s+\w+\s+as\s*\(\s*select)",
    re.IGNORECASE | re.DOTALL,
)
# What stands before a hole where a value is meant …
_BEFORE_VALUE = re.compile(
    r"(?:['\"%]|[=<>]|\blike|\bin\s*\(|\bvalues\s*\(|\blimit|\boffset|\bbetween|\binterval|\bis|\bilike"
    r"|\bregexp"
    r"|\bmatch|\bagainst\s*\(|\bidentified\s+by|\bpassword|\btop|\bcall\s+\w+\s*\()\s*[\s(]*$",
    re.IGNORECASE,
)
# … and where a name or keyword is.
_BEFORE_NAME = re.compile(
    r"(?:\bfrom|\binto|\bupdate|\btable|\bjoin|\bby|\bselect|\bset|\bexists|\bpragma|\bview|\bindex"
    r"|\bdatabase"
    r"|\bschema|\bcolumn|\bwhere|\band|\bor|\bon|\bas|\bdistinct|\btruncate|\buse|\badd|\brename|\bto"
    r"|\buser|\basc"
    r"|\bdesc|\bgrant|\bshow|\bdescribe|\bhaving|\blast|\bfirst|\bnot|\ball|[.`\[(,*])\s*[\"`\[(]?\s*$",
    re.IGNORECASE,
)
_QUOTE_OPEN = re.compile(r"'[^']*$")
_IN_VALUES = re.compile(r"(?:\bvalues\s*\(|\bin\s*\()[^()]*$", re.IGNORECASE)
SPEAKS_OF_DATABASES = re.compile(
    r"curs|conn|\bc\.|\bcur\.|db|database|engine|session|sql|pool|\btx\b|transaction", re.IGNORECASE
)
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Place:
    """A hole that somebody else fills: a value, or (`is_name`) a table, column or keyword."""

    is_name: bool
    level: Level


def looks_like_sql(value: Value, strictly: bool) -> bool:
    """Whether the known parts of a text read like SQL; strictly: like a whole statement."""
    pattern = _STRICT if strictly else _LOOSE
    return any(pattern.search(_as_text(choice)) for choice in value.choices())


def _as_text(value: Value) -> str:
    return "".join(part if isinstance(part, str) else _HOLE for part in value.text_parts())[:_LONGEST]


def places(value: Value, level_of: Callable[[Value], Level]) -> Iterator[Place]:
    """The holes of a text that are somebody else's to fill, in their order."""
    before = ""
    parts = value.text_parts()
    if parts == (value,):
        return
    for part in parts:
        if isinstance(part, str):
            before += part
            continue
        is_name = _is_name(before[-_LONGEST:])
        level = level_of(part)
        if level >= (Level.PARAMETER if is_name else Level.UNKNOWN) and "sql_quoted" not in part.safe:
            yield Place(is_name, level)
        before += _HOLE


def _is_name(before: str) -> bool:
    tail = before[-400:]
    if _QUOTE_OPEN.search(tail) and tail.count("'") % 2:
        return False
    if _IN_VALUES.search(tail):
        return False
    if _BEFORE_VALUE.search(tail):
        return tail.rstrip().endswith('"') and _BEFORE_NAME.search(tail.rstrip()[:-1]) is not None
    return True
