"""A stored file as a stream of lines, whether plain or gzip, in constant memory.

The content decides what a file is, never its name.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from evaluator.errors import SampleFileError
from evaluator.sample_files.limits import DEFAULT_LIMITS, FileLimits
from evaluator.sample_files.strict_json import shown

CHUNK_BYTES = 1 << 16
INFLATED_CHUNK_BYTES = 1 << 18
UTF8_BOM = b"\xef\xbb\xbf"
GZIP_MAGIC = b"\x1f\x8b"
MAX_LABEL_CHARACTERS = 255
GZIP_WBITS = 31  # zlib reads the gzip header and checks its CRC and length
REFUSED_MAGICS = {
    b"PK\x03\x04": "a zip archive",
    b"\x28\xb5\x2f\xfd": "a zstd file",
    b"\xfd7zXZ\x00": "an xz file",
    b"BZh": "a bzip2 file",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}


class LineReader:
    """Iterates `(line number from 1, bytes without the line end)` over the non-blank lines of a file.

    `container`, `stored_bytes`, `inflated_bytes` and `sha256` (of the file as stored) describe what the
    latest iteration has read so far: the whole file once it is exhausted.

    Iterating raises SampleFileError where the file can't be read, is corrupt, or exceeds `limits`. Messages
    call the file `label` (an uploaded file's own name), by default its path.
    """

    def __init__(self, path: Path, limits: FileLimits = DEFAULT_LIMITS, label: str | None = None) -> None:
        self.path = path
        self.limits = limits
        self.label = shown(label, MAX_LABEL_CHARACTERS) if label else str(path)
        self._reset()

    def _reset(self) -> None:
        self.container = "plain"
        self.stored_bytes = 0
        self.inflated_bytes = 0
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        self._reset()
        for number, line in enumerate(self._split(self._bounded(self._unpacked())), start=1):
            if number > self.limits.lines:
                raise SampleFileError(f"{self.label}: more than {self.limits.lines:,} lines; split the file")
            if len(line) > self.limits.line_bytes:
                raise self._too_long(number)
            if line and not line.isspace():
                yield number, line.removeprefix(UTF8_BOM) if number == 1 else line

    def _stored(self) -> Iterator[bytes]:
        try:
            with self.path.open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    self._hash.update(chunk)
                    self.stored_bytes += len(chunk)
                    yield chunk
        except OSError as error:
            raise SampleFileError(f"{self.label}: can't be read: {error.strerror or error}") from error

    def _unpacked(self) -> Iterator[bytes]:
        chunks = self._stored()
        first = next(chunks, b"")
        for magic, what in REFUSED_MAGICS.items():
            if first.startswith(magic):
                raise SampleFileError(f"{self.label}: is {what}; give UTF-8 JSON lines, plain or gzip")
        if first.startswith(GZIP_MAGIC):
            self.container = "gzip"
            yield from self._inflated(first, chunks)
        else:
            yield first
            yield from chunks

    def _inflated(self, first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
        """gzip members one after another; zero padding after the last one is allowed, as by gzip itself."""
        members, member = 1, zlib.decompressobj(GZIP_WBITS)
        for chunk in _chain(first, rest):
            data = chunk
            while data:
                if member.eof:
                    data = data.lstrip(b"\x00")
                    if not data:
                        break
                    members, member = members + 1, zlib.decompressobj(GZIP_WBITS)
                    self._check_members(members)
                yield self._inflate(member, data)
                data = member.unused_data if member.eof else member.unconsumed_tail
        if not member.eof:
            raise SampleFileError(f"{self.label}: the gzip data ends early; the file is truncated")

    def _inflate(self, member: zlib._Decompress, data: bytes) -> bytes:
        try:
            return member.decompress(data, INFLATED_CHUNK_BYTES)
        except zlib.error as error:
            raise SampleFileError(f"{self.label}: the gzip data is corrupt: {error}") from error

    def _check_members(self, members: int) -> None:
        if members > self.limits.gzip_members:
            raise SampleFileError(f"{self.label}: more than {self.limits.gzip_members:,} gzip members")

    def _bounded(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        limits = self.limits
        for chunk in chunks:
            self.inflated_bytes += len(chunk)
            if self.inflated_bytes > limits.inflated_bytes:
                raise SampleFileError(f"{self.label}: larger than {limits.inflated_bytes:,} bytes unpacked")
            if self.inflated_bytes > max(limits.ratio_free_bytes, limits.ratio * self.stored_bytes):
                raise SampleFileError(
                    f"{self.label}: unpacks to more than {limits.ratio} times its size; "
                    "refused as a decompression bomb (give the plain file if it is honest)"
                )
            yield chunk

    def _split(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Lines without their ends. Holds pieces in a list, so that a long line costs no copy per chunk."""
        held: list[bytes] = []
        held_bytes = number = 0
        for chunk in chunks:
            head, *others = chunk.split(b"\n")
            held.append(head)
            held_bytes += len(head)
            if held_bytes > self.limits.line_bytes:
                raise self._too_long(number + 1)
            if others:
                number += len(others)
                yield b"".join(held)
                yield from others[:-1]
                held, held_bytes = [others[-1]], len(others[-1])
        yield b"".join(held)

    def _too_long(self, number: int) -> SampleFileError:
        return SampleFileError(
            f"{self.label}:{number}: the line is longer than {self.limits.line_bytes:,} bytes"
        )


def _chain(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
