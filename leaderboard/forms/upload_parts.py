"""Headers of a resumable upload (tus 1.0), parsed once."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass

from evaluator.errors import SampleFileError
from evaluator.sample_files import ReadOptions, named_format
from leaderboard.errors import Refused
from leaderboard.models import Benchmark
from leaderboard.queries.benchmarks import shown_benchmarks

MOST_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Announced:
    """What a sender says of a file before its first byte. `size` in bytes; `sha256` is hex, or empty."""

    benchmark: Benchmark
    file_name: str
    size: int
    sha256: str
    options: ReadOptions


def announced(headers: Mapping[str, str]) -> Announced:
    """The file that Upload-Length and Upload-Metadata speak of.

    Keys: `filename`, `benchmark` (an id or a slug), `sha256` and `format` where known. Raises Refused,
    naming the header or what is wrong.
    """
    metadata = _metadata(headers.get("Upload-Metadata", ""))
    size = whole_number(headers, "Upload-Length")
    return Announced(
        _benchmark(metadata.get("benchmark", "")),
        metadata.get("filename", ""),
        size,
        metadata.get("sha256", ""),
        _options(metadata.get("format", "")),
    )


def whole_number(headers: Mapping[str, str], name: str) -> int:
    """The header's value, from 0. Raises Refused where it is none."""
    text = headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise Refused(f"The header {name} has to be a whole number of bytes.")
    return int(text)


def _metadata(text: str) -> dict[str, str]:
    """Pairs of a key and a value in base64, with commas between them."""
    found = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Refused(
                f"Upload-Metadata: the value of “{key[:40]}” is no UTF-8 text in base64."
            ) from error
    return found


def _options(name: str) -> ReadOptions:
    try:
        return ReadOptions(format=named_format(name).name if name else None)
    except SampleFileError as error:
        raise Refused(f"Upload-Metadata: {error}") from error


def _benchmark(word: str) -> Benchmark:
    for row in shown_benchmarks():
        if word in (row.slug, str(row.pk)):
            return row
    raise Refused("Upload-Metadata: “benchmark” has to be the id or the slug of a benchmark of this site.")
