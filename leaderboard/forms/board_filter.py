"""The filter line of the leaderboard, read term by term.

    codegen params<10B T<=0.4 org:"Meta AI" -source:published

A term is a field, an operator and a value; other words are looked for in the names of model and
organisation. `-` before either leaves out what matches. A term that can't be read becomes an error which
names it and says what is allowed; the others count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from leaderboard.models import Run
from leaderboard.parameter_count import parameters_from

ORDERED = ("<=", ">=", "!=", "<", ">", "=", ":")
NAMED = ("!=", "=", ":")
NONE = "none"  # params:none finds rows that do not say it


@dataclass(frozen=True, slots=True)
class Period:
    """The days that a date names: of a year, a month, or one day."""

    first: date
    last: date


Value = float | str | tuple[str, ...] | Period | None


@dataclass(frozen=True, slots=True)
class Term:
    """`value` is None where rows that do not know the field are meant. `k` is set for pass@k alone."""

    field: str
    operator: str
    value: Value
    left_out: bool = False
    k: int | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """Text to look for, in lower case."""

    text: str
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class BoardFilter:
    words: tuple[Word, ...] = ()
    terms: tuple[Term, ...] = ()
    errors: tuple[str, ...] = ()

    def names(self, field: str) -> bool:
        return any(term.field == field for term in self.terms)


@dataclass(frozen=True, slots=True)
class Field:
    """What a term may ask: how its value is read (raising ValueError), by which operators, an example."""

    read: Callable[[str], Value]
    operators: tuple[str, ...]
    example: str
    meaning: str
    allowed: str


def _number(text: str) -> float:
    if not re.fullmatch(r"\d{1,12}(\.\d{1,9})?", text):
        raise ValueError(text)
    return float(text)


def _share(text: str) -> float:
    """Per cent, with or without its sign: columns are in per cent."""
    return _number(text.removesuffix("%").strip()) / 100


def _size(text: str) -> float:
    return float(parameters_from(text))


def _period(text: str) -> Period:
    match = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", text)
    if match is None:
        raise ValueError(text)
    year, month, day = int(match[1]), int(match[2] or 1), int(match[3] or 1)
    first = date(year, month, day)
    if match[3]:
        return Period(first, first)
    months = 1 if match[2] else 12
    after = date(year + (month + months > 12), (month + months - 1) % 12 + 1, 1)
    return Period(first, after - timedelta(days=1))


def _one_of(*known: str) -> Callable[[str], Value]:
    def read(text: str) -> tuple[str, ...]:
        words = tuple(word.strip().lower() for word in text.split(","))
        if not set(words) <= set(known):
            raise ValueError(text)
        return words

    return read


def _words(text: str) -> str:
    if not text:
        raise ValueError(text)
    return text.casefold()


_SOURCES = ("measured", "imported", "synthetic", *Run.Source.values)
_PERCENT = "a number of per cent, such as 40 or 2.5%"
_DAY = "a year, a month or a day, such as 2024, 2024-05 or 2024-05-17"
_TEXT = "a text, in quotes if it has spaces"

FIELDS: Mapping[str, Field] = {
    "params": Field(_size, ORDERED, "params<10B", "parameters of the model", "a count such as 10B or 350M"),
    "org": Field(_words, NAMED, 'org:"Meta AI"', "who made the model (= for the whole name)", _TEXT),
    "model": Field(_words, NAMED, "model:codegen", "name of the model", _TEXT),
    "shared": Field(
        _words, NAMED, 'shared:"Code Lab"', "organisation that shares the run (= for its whole name)", _TEXT
    ),
    "T": Field(_number, ORDERED, "T<=0.4", "temperature", "a number such as 0.8"),
    "top_p": Field(_number, ORDERED, "top_p=0.95", "top_p", "a number such as 0.95"),
    "n": Field(_number, ORDERED, "n>=100", "samples per problem", "a whole number"),
    "pass@k": Field(_share, ORDERED, "pass@10>=50%", "pass@k, for any k", _PERCENT),
    "reranked": Field(_share, ORDERED, "reranked>40%", "reranked pass@1", _PERCENT),
    "flagged": Field(_share, ORDERED, "flagged<1%", "share of samples flagged", _PERCENT),
    "passing_flagged": Field(
        _share, ORDERED, "passing_flagged<1%", "share of samples that pass and are flagged", _PERCENT
    ),
    "rank": Field(_number, ORDERED, "rank<=10", "place on the board", "a whole number"),
    "date": Field(_period, ORDERED, "date>2024", "day of scoring, year of publication", _DAY),
    "released": Field(_period, ORDERED, "released>=2024-05", "when the model came out", _DAY),
    "source": Field(
        _one_of(*_SOURCES), NAMED, "source:uploaded", "where the figures are from",
        f"one of {', '.join(_SOURCES)}",
    ),
    "visibility": Field(
        _one_of(*Run.Visibility.values), NAMED, "visibility:private", "who sees the run",
        f"one of {', '.join(Run.Visibility.values)}",
    ),
}  # fmt: skip
_ALIASES = {
    "parameters": "params", "size": "params", "organisation": "org", "organization": "org", "t": "T",
    "temp": "T", "temperature": "T", "samples": "n", "passes_flagged": "passing_flagged",
    "shared_with": "shared",
}  # fmt: skip

_TOKEN = re.compile(
    r"""(?P<minus>-?)(?:
        (?P<field>[^\s"<>=!:]+)\s*(?P<operator><=|>=|!=|<|>|=|:)\s*(?P<value>"[^"]*"?|[^\s"]*)
        | (?P<text>"[^"]*"?|[^\s]+)
    )""",
    re.VERBOSE,
)
_PASS_AT = re.compile(r"pass@(\d{1,7})", re.IGNORECASE)


def board_filter(text: str) -> BoardFilter:
    """What the line asks for. Never raises: what can't be read is told in `errors`."""
    words, terms, errors = [], [], []
    for match in _TOKEN.finditer(text):
        left_out = bool(match["minus"])
        if match["field"] is None:
            if plain := match["text"].strip('"').strip():
                words.append(Word(plain.casefold(), left_out))
            continue
        try:
            terms.append(
                _term(match["field"], match["operator"], match["value"].strip('"').strip(), left_out)
            )
        except ValueError as error:
            errors.append(f"“{match[0].strip()}” is left out: {error}")
    return BoardFilter(tuple(words), tuple(terms), tuple(errors))


def _term(name: str, operator: str, text: str, left_out: bool) -> Term:
    """Raises ValueError, its message fit for people."""
    pass_at = _PASS_AT.fullmatch(name)
    key = "pass@k" if pass_at else _ALIASES.get(name.lower(), name if name == "T" else name.lower())
    field = FIELDS.get(key)
    if field is None or (key == "pass@k" and not (pass_at and int(pass_at[1]))):
        raise ValueError(
            f"there is no field “{name}”. Known are {', '.join(FIELDS)}; in quotes it is looked for as text."
        )
    if operator not in field.operators:
        raise ValueError(f"{key} is compared by {', '.join(field.operators)}, as in {field.example}.")
    k = int(pass_at[1]) if pass_at else None
    if text.lower() == NONE:
        if operator not in NAMED:
            raise ValueError(f"“none” goes with {', '.join(NAMED)}.")
        return Term(key, operator, None, left_out, k)
    try:
        return Term(key, operator, field.read(text), left_out, k)
    except ValueError:
        raise ValueError(f"{key} needs {field.allowed}, as in {field.example}.") from None
