"""tar archives as a stream, member by member in constant memory.

The standard library keeps an object per member and reads a member's metadata whole, whatever its size.
"""

from __future__ import annotations

from collections.abc import Iterator

from evaluator.errors import SampleFileError
from evaluator.sample_files.containers.members import (
    MAX_NAME_BYTES,
    Member,
    check_name,
    passed_over,
    refused_member,
)
from evaluator.sample_files.limits import FileLimits

BLOCK = 512
MAGIC, MAGIC_AT = b"ustar", 257
_MAX_METADATA = 64 << 10  # a long name and the attributes of a member
_LONG_NAME, _ATTRIBUTES, _GLOBAL_ATTRIBUTES, _FOLDER = b"L", b"x", b"g", b"5"
_FILES = (b"0", b"\x00", b"7")
_KINDS = {
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a device",
    b"4": "a device",
    b"6": "a pipe",
    b"S": "a sparse file",
}


def is_tar(head: bytes) -> bool:
    """Whether a stream that begins like this is a tar archive."""
    return head[MAGIC_AT : MAGIC_AT + len(MAGIC)] == MAGIC


class TarReader:
    """Iterates the members of a tar archive. Raises SampleFileError."""

    def __init__(self, chunks: Iterator[bytes], limits: FileLimits, label: str) -> None:
        self._chunks = chunks
        self._held, self._at = b"", 0  # a chunk, and how much of it is used
        self._limits = limits
        self.label = label

    def __iter__(self) -> Iterator[Member]:
        count, long_name = 0, None
        while True:
            header = self._exactly(BLOCK)
            if not header.strip(b"\x00"):
                break  # two empty blocks end the archive; what follows is padding
            count += 1
            if count > self._limits.archive_members:
                most = self._limits.archive_members
                raise SampleFileError(f"{self.label}: more than {most:,} members in the archive")
            size, kind = self._size(header), header[156:157]
            if kind in (_LONG_NAME, _ATTRIBUTES, _GLOBAL_ATTRIBUTES):
                found = self._name_in(self._metadata(size), kind)
                long_name = found if kind != _GLOBAL_ATTRIBUTES and found else long_name
                continue
            name, long_name = long_name or _name_of(header), None
            yield from self._member(name, kind, size)
        for _ in self._chunks:
            pass  # to the end, so that sizes, limits and the checksum of the packing speak of the whole file

    def _member(self, name: str, kind: bytes, size: int) -> Iterator[Member]:
        check_name(name, self.label)
        if kind in _KINDS:
            raise refused_member(name, _KINDS[kind], self.label)
        body = self._body(size)
        if kind in _FILES and not passed_over(name):
            yield Member(name, body)
        elif kind not in (*_FILES, _FOLDER):
            raise refused_member(name, "of an unknown kind", self.label)
        for _ in body:
            pass  # what the reader left
        self._exactly(-size % BLOCK)

    def _size(self, header: bytes) -> int:
        given = sum(header[:148]) + sum(header[156:]) + 8 * 32
        try:
            stated = int(header[148:156].strip(b" \x00") or b"0", 8)
            raw = header[124:136]
            size = int.from_bytes(raw[1:], "big") if raw[0] == 0x80 else int(raw.strip(b" \x00") or b"0", 8)
        except ValueError:
            stated = size = -1
        if stated != given or size < 0:
            raise SampleFileError(f"{self.label}: the tar archive is damaged: a header's checksum differs")
        return size

    def _metadata(self, size: int) -> bytes:
        if size > _MAX_METADATA:
            raise SampleFileError(
                f"{self.label}: the tar archive holds {size:,} bytes of metadata in one place"
            )
        data = self._exactly(size)
        self._exactly(-size % BLOCK)
        return data

    def _name_in(self, data: bytes, kind: bytes) -> str | None:
        if kind == _LONG_NAME:
            return data.rstrip(b"\x00").decode("utf-8", "replace")
        found = None
        while data:  # "27 path=a/long/name\n": the number counts itself
            length, _, rest = data.partition(b" ")
            size = int(length) if length.isdigit() and len(length) < 8 else 0
            if not 0 < size <= len(data):
                raise SampleFileError(f"{self.label}: the tar archive's attributes are damaged")
            name, _, value = rest[: size - len(length) - 1].rstrip(b"\n").partition(b"=")
            if name == b"path":
                found = value[:MAX_NAME_BYTES].decode("utf-8", "replace")
            elif name == b"size" or name.startswith(b"GNU.sparse"):
                raise SampleFileError(f"{self.label}: the tar archive holds a sparse or very large member")
            data = data[size:]
        return found

    def _exactly(self, size: int) -> bytes:
        return b"".join(self._body(size))

    def _body(self, size: int) -> Iterator[bytes]:
        left = size
        while left > 0:
            while self._at == len(self._held):
                self._held, self._at = self._next(), 0
            piece = self._held[self._at : self._at + left]
            self._at += len(piece)
            left -= len(piece)
            yield piece

    def _next(self) -> bytes:
        chunk = next(self._chunks, None)
        if chunk is None:
            raise SampleFileError(f"{self.label}: the tar archive ends early; the file is truncated")
        return chunk


def _name_of(header: bytes) -> str:
    def text(raw: bytes) -> str:
        return raw.partition(b"\x00")[0].decode("utf-8", "replace")

    prefix = text(header[345:500]) if header[257:263] == b"ustar\x00" else ""
    return f"{prefix}/{text(header[:100])}" if prefix else text(header[:100])
