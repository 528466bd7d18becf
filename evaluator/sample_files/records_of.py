"""The records of a stored file in its order, out of whatever it is packed in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from evaluator.errors import SampleFileError
from evaluator.sample_files.containers.members import Member
from evaluator.sample_files.containers.stored import StoredFile
from evaluator.sample_files.formats import Head, Shape
from evaluator.sample_files.limits import DEFAULT_LIMITS, MIB, FileLimits
from evaluator.sample_files.pieces import Piece, Pieces, pieces_of
from evaluator.sample_files.strict_json import shown

HEAD_RECORDS = 50
HEAD_BYTES = 4 * MIB  # long records are not hoarded only to tell their form
LISTED_MEMBERS = 5
_END = Member("", iter(()))


class FileRecords:
    """Iterates `(number, JSON value or FieldError)` over the records of a file, in bounded memory.

    Numbers begin at 1 and go on through the members of an archive. Raises SampleFileError for what spoils
    the whole file.
    """

    def __init__(self, path: Path, limits: FileLimits = DEFAULT_LIMITS, label: str | None = None) -> None:
        self.source = StoredFile(path, limits, label)
        self.left_out: list[str] = []  # the first members that are of another kind, by their names
        self.left_out_count = 0
        self._members: Iterator[Member] = iter(())
        self._member = _END
        self._pieces = Pieces(Shape.LINES, iter(()))
        self._held: list[Piece] = []
        self._before = 0  # number of the last record of the members before this one
        self._last = 0

    def head(self) -> Head:
        """Opens the file and looks at its first records, which iterating gives all the same."""
        self._members = self.source.members()
        while not self._held:  # members without records tell nothing
            self._open_next()
            if self._member is _END:
                break
            self._fill()
        first = self._held[0][0] if self._held else 1
        return Head(self._pieces.shape, [value for _, value in self._held], first)

    def _fill(self) -> None:
        start = self.source.inflated_bytes
        for piece in self._pieces.stream:
            self._held.append(piece)
            if len(self._held) >= HEAD_RECORDS or self.source.inflated_bytes - start > HEAD_BYTES:
                break

    def read(self, of_files: bool) -> Iterator[Piece]:
        """The records from the first one on, after `head`. `of_files`: Python files alone, else the others.

        Members of the other kind are left out and counted.
        """
        while self._member is not _END:
            if (self._pieces.shape is Shape.FILES) is of_files or not self._member.name:
                yield from self._of_member()
            else:
                self._leave_out()
            self._open_next()

    def place(self, number: int) -> str:
        """Where the record that was read last stands, "" where `number` is its line."""
        place = self._pieces.place(number - self._before)
        if not self._member.name:
            return place
        name = shown(self._member.name, 200)
        if self._pieces.shape in (Shape.FILES, Shape.OBJECT):
            return name
        return f"{name}, {place or f'line {number - self._before}'}"

    def notes(self) -> tuple[str, ...]:
        """A sentence about the members that were left out, if any were."""
        count = self.left_out_count
        if not count:
            return ()
        names = ", ".join(f"“{name}”" for name in self.left_out) + (" …" if count > LISTED_MEMBERS else "")
        what = "1 other file" if count == 1 else f"{count:,} other files"
        return (f"Left out of the archive: {what} ({names}).",)

    def _of_member(self) -> Iterator[Piece]:
        before, number = self._before, 0
        stream = chain(self._held, self._pieces.stream)
        self._held = []
        if not before:
            for piece in stream:
                number = piece[0]
                yield piece
        else:
            for number, value in stream:
                yield before + number, value
        self._last = before + number

    def _open_next(self) -> None:
        self._before = self._last
        if self._before > self.source.limits.lines:
            raise SampleFileError(f"{self.source.label}: more than {self.source.limits.lines:,} records")
        self._member = next(self._members, _END)
        name = self._member.name
        label = f"{self.source.label}: {shown(name, 200)}" if name else self.source.label
        self._pieces = pieces_of(self._member, self.source.limits, label)

    def _leave_out(self) -> None:
        self._held = []
        self.left_out_count += 1
        if len(self.left_out) < LISTED_MEMBERS:
            self.left_out.append(shown(self._member.name, 80))
