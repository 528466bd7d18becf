"""Lines of a file, in constant memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from evaluator.errors import SampleFileError
from evaluator.sample_files.containers.stored import StoredFile
from evaluator.sample_files.limits import DEFAULT_LIMITS, FileLimits

UTF8_BOM = b"\xef\xbb\xbf"

Line = tuple[int, bytes]


class LineReader:
    """Iterates `(line number from 1, bytes without the line end)` over the non-blank lines of a file.

    `file` describes what the latest iteration has read so far: container, sizes, hash. Iterating raises
    SampleFileError as `StoredFile` does, and for an archive, which has members and no lines.
    """

    def __init__(self, path: Path, limits: FileLimits = DEFAULT_LIMITS, label: str | None = None) -> None:
        self.file = StoredFile(path, limits, label)

    def __iter__(self) -> Iterator[Line]:
        for member in self.file.members():
            if member.name:
                raise SampleFileError(f"{self.file.label}: is an archive; give the file that is inside of it")
            yield from lines_of(member.chunks, self.file.limits, self.file.label)


def lines_of(chunks: Iterable[bytes], limits: FileLimits, label: str) -> Iterator[Line]:
    """The non-blank lines of a stream by their numbers. Raises SampleFileError for too many or too long."""
    for number, line in enumerate(_split(chunks, limits, label), start=1):
        if number > limits.lines:
            raise SampleFileError(f"{label}: more than {limits.lines:,} lines; split the file")
        if len(line) > limits.line_bytes:
            raise _too_long(number, limits, label)
        if line and not line.isspace():
            yield number, line.removeprefix(UTF8_BOM) if number == 1 else line


def _split(chunks: Iterable[bytes], limits: FileLimits, label: str) -> Iterator[bytes]:
    """Lines without their ends. Holds pieces in a list, so that a long line costs no copy per chunk."""
    held: list[bytes] = []
    held_bytes = number = 0
    for chunk in chunks:
        head, *others = chunk.split(b"\n")
        held.append(head)
        held_bytes += len(head)
        if held_bytes > limits.line_bytes:
            raise _too_long(number + 1, limits, label)
        if others:
            number += len(others)
            yield b"".join(held)
            yield from others[:-1]
            held, held_bytes = [others[-1]], len(others[-1])
    yield b"".join(held)


def _too_long(number: int, limits: FileLimits, label: str) -> SampleFileError:
    return SampleFileError(f"{label}:{number}: the line is longer than {limits.line_bytes:,} bytes")
