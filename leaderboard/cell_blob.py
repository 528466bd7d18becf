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
