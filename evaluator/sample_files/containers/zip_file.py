"""zip archives, member by member in constant memory.

The standard library holds an object per member of the directory, and believes its sizes; here the directory
is read as a stream and a member only gives what its data gives.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from os import SEEK_CUR
from typing import IO

from evaluator.errors import SampleFileError
from evaluator.sample_files.containers.members import Member, check_name, passed_over, refused_member
from evaluator.sample_files.limits import FileLimits

ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")  # the second one: an archive without members
CHUNK_BYTES = 1 << 16
INFLATED_CHUNK_BYTES = 1 << 18
_END, _END_MAGIC = struct.Struct("<4s4H2LH"), b"PK\x05\x06"
_LOCATOR, _LOCATOR_MAGIC = struct.Struct("<4sLQL"), b"PK\x06\x07"
_END_64, _END_64_MAGIC = struct.Struct("<4sQ2H2L4Q"), b"PK\x06\x06"
_ENTRY, _ENTRY_MAGIC = struct.Struct("<4s6H3L5H2L"), b"PK\x01\x02"
_LOCAL, _LOCAL_MAGIC = struct.Struct("<4s5H3L2H"), b"PK\x03\x04"
_MAX_COMMENT = 65_535
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _UTF8 = 0x1, 0x800
_FULL = 0xFFFFFFFF  # the real value stands in the zip64 field
_KINDS = {0o120000: "a symbolic link", 0o060000: "a device", 0o020000: "a device", 0o010000: "a pipe"}
_UNIX = 3


@dataclass(frozen=True, slots=True)
class _Entry:
    """What the directory says of a member."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    offset: int
    kind: int  # the file type of its Unix mode, 0 where unknown


def zip_members(directory: IO[bytes], data: IO[bytes], limits: FileLimits, label: str) -> Iterator[Member]:
    """The members of a zip archive, in its directory's order. Raises SampleFileError.

    `directory` and `data` are the archive, opened twice: the two are read in turns.
    """
    try:
        start, size, count = _directory(directory, label)
        if count > limits.archive_members:
            raise SampleFileError(f"{label}: more than {limits.archive_members:,} members in the archive")
        for entry in _entries(directory, start, size, limits, label):
            check_name(entry.name, label)
            if entry.kind in _KINDS:
                raise refused_member(entry.name, _KINDS[entry.kind], label)
            if passed_over(entry.name):
                continue
            if entry.flags & _ENCRYPTED:
                raise refused_member(entry.name, "encrypted", label)
            if entry.offset >= start:
                raise EOFError
            if entry.method not in (_STORED, _DEFLATED):
                raise refused_member(entry.name, f"packed by method {entry.method}, not by deflate", label)
            yield Member(entry.name, _checked(_data(data, entry, label), label))
    except (struct.error, EOFError) as error:
        raise _damaged(label) from error


def _checked(chunks: Iterator[bytes], label: str) -> Iterator[bytes]:
    """A member's data is read after `zip_members` has given it away, out of reach of its `except`."""
    try:
        yield from chunks
    except (struct.error, EOFError) as error:
        raise _damaged(label) from error


def _damaged(label: str) -> SampleFileError:
    return SampleFileError(f"{label}: the zip archive is damaged or cut off")


def _directory(file: IO[bytes], label: str) -> tuple[int, int, int]:
    """Start, size and number of entries of the directory."""
    length = file.seek(0, 2)
    tail_start = max(0, length - _END.size - _MAX_COMMENT)
    file.seek(tail_start)
    tail = file.read()
    at = tail.rfind(_END_MAGIC)
    if at < 0 or at + _END.size > len(tail):
        raise SampleFileError(f"{label}: the zip archive has no directory; the file is truncated")
    _, _, _, _, count, size, start, _ = _END.unpack_from(tail, at)
    end = tail_start + at
    if _FULL in (size, start) or count == 0xFFFF:
        size, start, count, end = _directory_64(file, end, size, start, count)
    if start + size > end:
        raise SampleFileError(f"{label}: the zip archive's directory does not fit into the file")
    return start, size, count


def _directory_64(file: IO[bytes], end: int, size: int, start: int, count: int) -> tuple[int, int, int, int]:
    file.seek(max(0, end - _LOCATOR.size))
    magic, _, at, _ = _LOCATOR.unpack(file.read(_LOCATOR.size))
    if magic != _LOCATOR_MAGIC or at > end:
        return size, start, count, end  # an archive with exactly 65,535 members
    file.seek(at)
    fields = _END_64.unpack(file.read(_END_64.size))
    if fields[0] != _END_64_MAGIC:
        raise EOFError
    return fields[8], fields[9], fields[7], at


def _entries(file: IO[bytes], start: int, size: int, limits: FileLimits, label: str) -> Iterator[_Entry]:
    file.seek(start)
    left, count = size, 0
    while left > 0:
        count += 1
        if count > limits.archive_members:
            raise SampleFileError(f"{label}: more than {limits.archive_members:,} members in the archive")
        fields = _ENTRY.unpack(file.read(_ENTRY.size))
        magic, made_by, _, flags, method, _, _, crc, packed, inflated, n, m, k, _, _, mode, offset = fields
        if magic != _ENTRY_MAGIC:
            raise EOFError
        raw, extra = file.read(n), file.read(m)
        if k:
            file.seek(k, SEEK_CUR)  # a comment
        packed, offset = _wide(extra, inflated, packed, offset)
        kind = (mode >> 16) & 0o170000 if made_by >> 8 == _UNIX else 0
        name = raw.decode("utf-8" if flags & _UTF8 else "cp437", "replace")
        left -= _ENTRY.size + n + m + k
        yield _Entry(name, flags, method, crc, packed, offset, kind)


def _wide(extra: bytes, inflated: int, packed: int, offset: int) -> tuple[int, int]:
    """Packed size and offset, from the zip64 field where they don't fit into 32 bits."""
    at = 0
    while at + 4 <= len(extra) and _FULL in (inflated, packed, offset):
        kind, size = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            wide = iter(struct.unpack_from(f"<{min(size, len(extra) - at - 4) // 8}Q", extra, at + 4))
            if inflated == _FULL:
                next(wide, 0)
            packed = next(wide, packed) if packed == _FULL else packed
            offset = next(wide, offset) if offset == _FULL else offset
            break
        at += 4 + size
    return packed, offset


def _data(file: IO[bytes], entry: _Entry, label: str) -> Iterator[bytes]:
    """What a member holds; its checksum is compared at the end."""
    file.seek(entry.offset)
    header = _LOCAL.unpack(file.read(_LOCAL.size))
    if header[0] != _LOCAL_MAGIC:
        raise EOFError
    at, left, crc = file.tell() + header[9] + header[10], entry.packed, 0
    inflater = zlib.decompressobj(-zlib.MAX_WBITS) if entry.method == _DEFLATED else None
    while left > 0:
        file.seek(at)  # the reader of the members may have moved
        chunk = file.read(min(CHUNK_BYTES, left))
        if not chunk:
            raise EOFError
        at, left = at + len(chunk), left - len(chunk)
        for piece in _inflated(inflater, chunk, label) if inflater else (chunk,):
            crc = zlib.crc32(piece, crc)
            yield piece
    if crc != entry.crc or (inflater is not None and not inflater.eof):
        raise SampleFileError(f"{label}: the member “{entry.name[:80]}” is damaged: its checksum differs")


def _inflated(inflater: zlib._Decompress, chunk: bytes, label: str) -> Iterator[bytes]:
    data = chunk
    while data:
        try:
            yield inflater.decompress(data, INFLATED_CHUNK_BYTES)
        except zlib.error as error:
            raise SampleFileError(f"{label}: the zip archive's data is corrupt: {error}") from error
        data = inflater.unconsumed_tail
