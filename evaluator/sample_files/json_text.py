"""A JSON text read value by value, so that a document of one piece needs no more memory than its parts."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

from evaluator.errors import SampleFileError
from evaluator.sample_files.limits import FileLimits
from evaluator.sample_files.strict_json import FieldError, check_density, value_at

SPACE = re.compile(r"[ \t\r\n]*")
# How an error's text begins where more text could mend it; any other one is final, unless at the very end.
UNFINISHED = "Unterminated string"
NEAR_END = 16  # longer than any literal, escape or the beginning of a number


class JsonText:
    """Walks through one JSON document. Every method raises SampleFileError where the text is no JSON.

    A value is held whole: one longer than `limits.line_bytes` is refused.
    """

    def __init__(self, chunks: Iterator[bytes], limits: FileLimits, label: str) -> None:
        self._chunks = chunks
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._limits = limits
        self._label = label
        self._text, self._at = "", 0
        self._passed = 0  # characters before `_text`
        self._ended = False

    def peek(self) -> str:
        """The next character that is no white space, "" at the end of the text."""
        while True:
            found = SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._read_on()

    def took(self, character: str) -> bool:
        """Steps over this character if it is the next one, and says whether it was."""
        if self.peek() != character:
            return False
        self._at += 1
        return True

    def expect(self, character: str) -> None:
        """Steps over this character. Raises SampleFileError where another one stands there."""
        if not self.took(character):
            raise self.damaged(f"“{character}” was expected")

    def value(self) -> Any:
        """The next value; a FieldError (returned, not raised) where it breaks a rule of strict JSON."""
        if not self.peek():
            raise self.damaged("the text ends early")
        while True:
            try:
                found = value_at(self._text, self._at)
            except FieldError as error:
                raise self.damaged(error.message) from error
            except json.JSONDecodeError as error:
                near_end = error.pos >= len(self._text) - NEAR_END
                if self._ended or not (near_end or error.msg.startswith(UNFINISHED)):
                    raise self.damaged(error.msg, error.pos) from error
            else:
                if found.end < len(self._text) or self._ended:  # else a number may go on
                    self._at = found.end
                    return found.value
            self._read_on(twice=True)

    def elements(self) -> Iterator[Any]:
        """The elements of the list that begins here."""
        self.expect("[")
        if self.took("]"):
            return
        while True:
            yield self.value()
            if self.took("]"):
                return
            self.expect(",")

    def object_keys(self) -> Iterator[str]:
        """The keys of the object that begins here. Read the value of each before you ask for the next."""
        self.expect("{")
        if self.took("}"):
            return
        while True:
            key = self.value() if self.peek() == '"' else None
            if not isinstance(key, str):
                raise self.damaged("a key was expected")
            self.expect(":")
            yield key
            if self.took("}"):
                return
            self.expect(",")

    def end(self) -> None:
        """Raises SampleFileError where anything but white space follows."""
        if self.peek():
            raise self.damaged("something follows the end of the document")

    def damaged(self, why: str, place: int | None = None) -> SampleFileError:
        """The error for a fault at a place of the text in hand, by default the current one."""
        character = self._passed + (self._at if place is None else place) + 1
        return SampleFileError(f"{self._label}: not valid JSON at character {character:,}: {why}")

    def _read_on(self, twice: bool = False) -> None:
        """More text; `twice`: as much again as is in hand, so that a long value is tried few times."""
        rest = self._text[self._at :]
        if len(rest) > self._limits.line_bytes:
            raise self.damaged(f"one value is longer than {self._limits.line_bytes:,} bytes")
        pieces, size, wanted = [rest], 0, len(rest) if twice else 1
        while size < wanted or not size:
            chunk = next(self._chunks, None)
            if chunk is None:
                pieces.append(self._decoded(b"", final=True))
                self._ended = True
                break
            pieces.append(self._decoded(chunk))
            size += len(pieces[-1])
        self._passed += self._at
        self._text, self._at = "".join(pieces), 0
        try:
            check_density(self._text)
        except FieldError as error:
            raise self.damaged(error.message) from error

    def _decoded(self, chunk: bytes, final: bool = False) -> str:
        try:
            return self._decoder.decode(chunk, final)
        except UnicodeDecodeError as error:
            raise SampleFileError(f"{self._label}: invalid UTF-8 in the JSON document") from error
