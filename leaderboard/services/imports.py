"""Verdicts that come with a file: taken as they are, and never mistaken for measured ones.

Another harness's words are mapped to the nearest verdict; its text is kept as the reason. Such a cell names
no behaviours: "it failed" is no common way to fail.
"""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from evaluator.records import Detail, Judgement, Reported, Verdict
from leaderboard.behaviour import pack_behaviours
from leaderboard.cell_blob import CellContent, StoredProgram, StoredSample, pack, unpack
from leaderboard.models import Run
from leaderboard.services.reranking import RANKER, picked_rate

# The first that is found in a failed sample's text decides; a text that tells nothing is a wrong answer.
_WORDS = (
    (Verdict.TIMEOUT, re.compile(r"time[ds]?[ _-]?out|time[ _]limit|deadline", re.IGNORECASE)),
    (Verdict.MEMORY_LIMIT, re.compile(r"memory", re.IGNORECASE)),
    (
        Verdict.SYNTAX_ERROR,
        re.compile(r"syntax|indent|compil|unterminated|was never closed|expected ':'", re.IGNORECASE),
    ),
    (Verdict.WRONG_ANSWER, re.compile(r"wrong[ _]answer|assert", re.IGNORECASE)),
    (Verdict.EXCEPTION, re.compile(r"error|exception|failed: *\S", re.IGNORECASE)),
)
_CHUNK = 20
_NO_BEHAVIOURS = pack_behaviours(CellContent([], []))


@dataclass(frozen=True, slots=True)
class ImportedColumns:
    """What a cell has when it is done, by the names of its columns."""

    n: int
    c: int
    judged: int
    verdict_counts: dict[str, int]
    reranked: float | None
    behaviours: bytes = _NO_BEHAVIOURS


def judgement_of(reported: Reported) -> Judgement:
    """The file's verdict in our words. It cost nothing here."""
    detail = Detail() if reported.passed else Detail(message=reported.text)
    return Judgement(verdict_of(reported), detail, 0.0)


def verdict_of(reported: Reported) -> Verdict:
    """The nearest verdict."""
    if reported.passed:
        return Verdict.PASSED
    for verdict, words in _WORDS:
        if words.search(reported.text):
            return verdict
    return Verdict.WRONG_ANSWER


class ImportedCounts:
    """What the columns of a cell need of the file's verdicts, sample by sample: 9 bytes of each."""

    def __init__(self) -> None:
        self._verdicts: Counter[str] = Counter()
        self._scores: array[float] | None = array("d")  # None where a sample has none
        self._passed = bytearray()

    def add(self, verdict: Verdict, rankers: Mapping[str, float]) -> None:
        self._verdicts[verdict.value] += 1
        score = rankers.get(RANKER)
        if score is None or not math.isfinite(score):
            self._scores = None
        elif self._scores is not None:
            self._scores.append(score)
            self._passed.append(verdict is Verdict.PASSED)

    def columns(self, programs: int) -> ImportedColumns:
        """The columns of a cell of so many programs, which all have the file's verdicts."""
        counts = dict(self._verdicts)
        return ImportedColumns(
            n=self._verdicts.total(),
            c=self._verdicts[Verdict.PASSED.value],
            judged=programs,
            verdict_counts=counts,
            reranked=picked_rate(self._scores, [bool(one) for one in self._passed]) if self._scores else None,
        )


def counted_columns(n: int, c: int) -> ImportedColumns:
    """The columns of a cell of which only the counts are known."""
    verdicts = {Verdict.PASSED.value: c, Verdict.WRONG_ANSWER.value: n - c}
    counts = {name: count for name, count in verdicts.items() if count}
    return ImportedColumns(n, c, judged=0, verdict_counts=counts, reranked=None)


def merge_programs(run: Run) -> None:
    """Makes one program of those with the same source, before an imported run is measured.

    A file may give two verdicts to the same program; here it has one.
    """
    total = 0
    for cell in run.cells.only("programs", "blob").iterator(chunk_size=_CHUNK):
        content = merged(unpack(cell.blob))
        total += len(content.programs)
        if len(content.programs) != cell.programs:
            cell.programs, cell.blob = len(content.programs), pack(content)
            cell.save(update_fields=["programs", "blob"])
    Run.objects.filter(pk=run.pk).update(programs=total)


def merged(content: CellContent) -> CellContent:
    """The content with one program per source: a file may give two verdicts to the same one."""
    places: dict[str, int] = {}
    programs: list[StoredProgram] = []
    new_index = []
    for program in content.programs:
        place = places.setdefault(program.source, len(programs))
        if place == len(programs):
            programs.append(program)
        new_index.append(place)
    samples = [
        StoredSample(new_index[sample.program], sample.line, sample.rankers, sample.changes)
        for sample in content.samples
    ]
    return CellContent(programs, samples, content.asked_for)
