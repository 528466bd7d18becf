"""The blob of a cell: its distinct programs with verdicts and findings, and its samples.

zlib over JSON. Programs are in the order of their first sample; samples in the order of the file.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from evaluator.records import Detail, Finding, Judgement, Severity, Verdict

_LEVEL = 6
_PIECE_BYTES = 1 << 17  # of text that is compressed at once, where a cell is written sample by sample
_ZLIB_HEAD, _DEFLATE_END = b"\x78\x9c", b"\x03\x00"
_ADLER = 65521
_json = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(slots=True)
class StoredProgram:
    """A distinct program. `judgement` is None until it is scored."""

    source: str
    judgement: Judgement | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class StoredSample:
    """A sample: which program it is (index), its line in the file, its rankers, and what was done to its
    text to make that program."""

    program: int
    line: int
    rankers: dict[str, float] = field(default_factory=dict)
    changes: tuple[str, ...] = ()


@dataclass(slots=True)
class CellContent:
    """`asked_for`: rules that the problem's reference solution trips, too; so the task asks for it."""

    programs: list[StoredProgram]
    samples: list[StoredSample]
    asked_for: tuple[str, ...] = ()


def pack(content: CellContent) -> bytes:
    """Bytes for `Cell.blob`."""
    document: dict[str, Any] = {
        "programs": [_program_out(program) for program in content.programs],
        "samples": [_sample_out(sample) for sample in content.samples],
    }
    if content.asked_for:
        document["asked_for"] = content.asked_for
    return zlib.compress(json.dumps(document, separators=(",", ":")).encode(), _LEVEL)


class BlobWriter:
    """`pack` for a cell that comes sample by sample, of a file that may be as large as memory.

    It holds what it has compressed, and at most 256 kB of text. Of less than that `finish` makes the very
    bytes of `pack`.
    """

    def __init__(self) -> None:
        self._programs = _Text('{"programs":[')
        self._samples = _Text('],"samples":[')

    def add_program(self, program: StoredProgram) -> None:
        self._programs.add(_json(_program_out(program)))

    def add_sample(self, sample: StoredSample) -> None:
        self._samples.add(_json(_sample_out(sample)))

    def finish(self) -> bytes:
        """Bytes for `Cell.blob`. Nothing can be added any more."""
        programs, samples = self._programs, self._samples
        samples.end("]}")
        if not (programs.pieces or samples.pieces):
            return zlib.compress(programs.held + samples.held, _LEVEL)
        programs.press()
        samples.press()
        checksum = _checksum_of_both(programs.checksum, samples.checksum, samples.length)
        end = checksum.to_bytes(4, "big")
        return b"".join([_ZLIB_HEAD, *programs.pieces, *samples.pieces, _DEFLATE_END, end])


class _Text:
    """The items of a JSON array, compressed piece by piece. Pieces of a deflate stream that end on a whole
    byte, and know nothing of those before them, can be put one behind the other."""

    __slots__ = ("_items", "checksum", "held", "length", "pieces")

    def __init__(self, head: str) -> None:
        self.held = bytearray(head.encode())
        self.pieces: list[bytes] = []
        self.checksum, self.length = 1, 0  # of what is in the pieces
        self._items = 0

    def add(self, item: str) -> None:
        if self._items:
            self.held += b","
        self._items += 1
        self.end(item)

    def end(self, text: str) -> None:
        self.held += text.encode()
        if len(self.held) >= _PIECE_BYTES:
            self.press()

    def press(self) -> None:
        deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        self.pieces.append(deflate.compress(self.held) + deflate.flush(zlib.Z_SYNC_FLUSH))
        self.checksum = zlib.adler32(self.held, self.checksum)
        self.length += len(self.held)
        self.held = bytearray()


def _checksum_of_both(first: int, second: int, second_length: int) -> int:
    """The Adler-32 of two texts in a row, from their own (RFC 1950: two sums modulo 65521)."""
    low = ((first & 0xFFFF) + (second & 0xFFFF) - 1) % _ADLER
    high = ((first >> 16) + (second >> 16) + second_length * ((first & 0xFFFF) - 1)) % _ADLER
    return high << 16 | low


def unpack(blob: bytes | memoryview) -> CellContent:
    """The content of `Cell.blob`."""
    document = json.loads(zlib.decompress(blob))
    return CellContent(
        [_program_in(raw) for raw in document["programs"]],
        # The changes came later: samples that were stored before, or were not changed, are one shorter.
        [StoredSample(*row[:3], tuple(*row[3:])) for row in document["samples"]],
        tuple(document.get("asked_for", ())),
    )


def outcomes(blob: bytes | memoryview) -> list[tuple[str, dict[str, float]]]:
    """Verdict and rankers of every sample, without the rest: for all cells of a run at once.

    The verdict is empty where a program is not judged.
    """
    document = json.loads(zlib.decompress(blob))
    verdicts = [program.get("verdict", "") for program in document["programs"]]
    return [(verdicts[program], rankers) for program, _, rankers, *_ in document["samples"]]


def _sample_out(sample: StoredSample) -> list[object]:
    row: list[object] = [sample.program, sample.line, sample.rankers]
    return [*row, sample.changes] if sample.changes else row


def _program_out(program: StoredProgram) -> dict[str, Any]:
    raw: dict[str, Any] = {"source": program.source}
    if program.judgement is not None:
        given = {name: value for name, value in asdict(program.judgement.detail).items() if value}
        raw |= {"verdict": program.judgement.verdict, "cpu": round(program.judgement.cpu_seconds, 6)}
        raw["detail"] = given
    if program.findings:
        raw["findings"] = [asdict(finding) for finding in program.findings]
    return raw


def _program_in(raw: dict[str, Any]) -> StoredProgram:
    judgement = None
    if "verdict" in raw:
        detail = dict(raw["detail"])
        detail["traceback"] = tuple(detail.get("traceback", ()))
        judgement = Judgement(Verdict(raw["verdict"]), Detail(**detail), raw["cpu"])
    return StoredProgram(raw["source"], judgement, _findings_in(raw.get("findings", ())))


def _findings_in(rows: Sequence[dict[str, Any]]) -> tuple[Finding, ...]:
    return tuple(
        Finding(**{**row, "severity": Severity(row["severity"]), "confidence": Severity(row["confidence"])})
        for row in rows
    )
