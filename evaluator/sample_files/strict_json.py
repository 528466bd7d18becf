"""One line of bytes → one JSON object, and its fields. Whatever the bytes are, only FieldError comes out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

Record = dict[str, Any]
SHOWN_CHARACTERS = 60


class FieldError(ValueError):
    """A record can't be used. `field` names the field; None where the whole line is at fault."""

    def __init__(self, field: str | None, message: str) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class BadLine:
    """A record that was refused. `field` is None where the record as a whole is at fault.

    `place` says where it stands if that is not line `line` of the file: "element 3", "member a/0.py".
    """

    line: int
    field: str | None
    message: str
    place: str = ""

    def __str__(self) -> str:
        place = self.place or self.line
        return f"{place}: {self.field}: {self.message}" if self.field else f"{place}: {self.message}"


def shown(text: str, characters: int = SHOWN_CHARACTERS) -> str:
    """A piece of untrusted text that can stand in a message: one line, bounded, encodable."""
    cut = text[:characters] + ("…" if len(text) > characters else "")
    if cut.isprintable():
        return cut
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)


def _distinct(pairs: list[tuple[str, Any]]) -> Record:
    record = dict(pairs)
    if len(record) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise FieldError(shown(name), "stands twice in one object")
            seen.add(name)
    return record


def _no_constant(name: str) -> NoReturn:
    raise FieldError(None, f"{name} is not JSON; leave the field out or give a finite number")


_DECODER = json.JSONDecoder(object_pairs_hook=_distinct, parse_constant=_no_constant)
_WITH_CONSTANTS = json.JSONDecoder(object_pairs_hook=_distinct)
_LOOSE = json.JSONDecoder()

# A container costs 20 times the two bytes that stand for it: a record of nothing else would take gigabytes.
_LONG_CHARACTERS = 1 << 20
_MAX_CONTAINERS = 500_000


def parse_object(line: bytes, constants: bool = False) -> Record:
    """The JSON object of a line. `constants`: NaN and Infinity are let through, as Python writes them.

    Raises FieldError for invalid UTF-8 (naming the byte), anything that is not strict JSON, duplicate keys,
    and JSON that is not an object.
    """
    try:
        text = line.decode("utf-8")
        check_density(text)
        value = _whole(_WITH_CONSTANTS if constants else _DECODER, text)
    except UnicodeDecodeError as error:
        raise FieldError(None, f"invalid UTF-8 at byte {error.start + 1} of the line") from error
    except json.JSONDecodeError as error:
        raise FieldError(None, f"not valid JSON at character {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise FieldError(None, "the JSON is nested too deeply") from error
    except FieldError:
        raise
    except ValueError as error:  # int() refuses numbers beyond sys.get_int_max_str_digits()
        raise FieldError(None, "a number has too many digits") from error
    if not isinstance(value, dict):
        raise FieldError(None, f"a JSON object was expected, not {json_type(value)}")
    return value


def _whole(decoder: json.JSONDecoder, text: str) -> Any:
    """As `decoder.decode`, but white space is looked for only where a line has any, which saves a quarter."""
    if text.startswith("{"):
        value, end = decoder.raw_decode(text)
        if not text[end:].strip(" \t\r\n"):
            return value
    return decoder.decode(text)


@dataclass(frozen=True, slots=True)
class Found:
    """A JSON value in a text, and where it ends. `value` is a FieldError where it breaks a rule of ours."""

    value: Any
    end: int


def value_at(text: str, start: int) -> Found:
    """The JSON value that begins at a place of a text. NaN and Infinity are let through.

    Raises json.JSONDecodeError where there is none that is whole, FieldError for what has no end to go on at.
    """
    try:
        return Found(*_WITH_CONSTANTS.raw_decode(text, start))
    except FieldError as fault:  # a key that stands twice: the value ends all the same
        return Found(fault, _LOOSE.raw_decode(text, start)[1])
    except json.JSONDecodeError:
        raise
    except RecursionError as error:
        raise FieldError(None, "the JSON is nested too deeply") from error
    except ValueError as error:
        raise FieldError(None, "a number has too many digits") from error


def check_density(text: str) -> None:
    """Raises FieldError for a long record that is made of lists and objects rather than of text."""
    if len(text) > _LONG_CHARACTERS and text.count("[") + text.count("{") > _MAX_CONTAINERS:
        raise FieldError(None, f"holds more than {_MAX_CONTAINERS:,} lists and objects")


def json_type(value: object) -> str:
    """What a JSON document calls this value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "an array" if isinstance(value, list) else "an object"


def text_field(record: Mapping[str, Any], name: str, max_characters: int | None = None) -> str:
    """The string in a field. Raises FieldError where it is missing, no string, too long, or no text."""
    if name not in record:
        raise FieldError(name, "is missing")
    text = text_of(record[name], name)
    if max_characters is not None and len(text) > max_characters:
        raise FieldError(name, f"is longer than {max_characters} characters")
    return text


def text_of(value: object, name: str) -> str:
    """A value that has to be a text that can be stored. Raises FieldError for the field `name`."""
    if not isinstance(value, str):
        raise FieldError(name, f"a string was expected, not {json_type(value)}")
    if "\x00" in value:
        raise FieldError(name, f"holds a NUL character, at character {value.index(chr(0)) + 1}")
    if not value.isascii():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise FieldError(name, f"holds a lone surrogate, at character {error.start + 1}") from error
    return value


def task_id_field(record: Mapping[str, Any], name: str = "task_id") -> str:
    """The record's task id: 1 to 200 printable characters. Raises FieldError."""
    task_id = text_field(record, name, max_characters=200)
    if not task_id or not task_id.isprintable():
        raise FieldError(name, "must be a non-empty text without control characters")
    return task_id
