"""The run page's questions. None opens a blob."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leaderboard.models import Cell, Run, Upload
from leaderboard.queries.visibility import Reader, visible_runs
from leaderboard.run_links import settle
from leaderboard.verdict_words import FAILURES, VERDICT_WORDS, WAITING

HEADLINE_KS = (1, 10, 100)


@dataclass(frozen=True, slots=True)
class Figure:
    """pass@k as fractions; the bounds are None where nobody knows them, `printed` is a paper's wording."""

    k: int
    value: float
    low: float | None
    high: float | None
    printed: str = ""


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """One problem of a run. `rate` is c / n, None until the cell is scored.

    `expected` is the rate that other models' runs let expect, `residual` how far off the run's own is, in
    standard deviations; None where no other model has a run (`queries.surprise`).
    """

    task_id: str
    position: int
    n: int
    c: int
    scored: bool
    verdicts: Mapping[str, int]
    flagged: int
    expected: float | None = None
    residual: float | None = None

    @property
    def rate(self) -> float | None:
        return self.c / self.n if self.scored and self.n else None

    @property
    def failure(self) -> str:
        """The most frequent verdict but `passed`; empty where nothing failed."""
        failed = [name for name in FAILURES if self.verdicts.get(name)]
        return max(failed, key=lambda name: self.verdicts[name], default="")


def run_seen_by(reader: Reader, pk: int) -> Run | None:
    """The run with its benchmark, model and owner, if a link opens it for this reader."""
    known = visible_runs(reader).select_related("benchmark", "model", "owner", "organisation")
    run = known.filter(pk=pk).first()
    if run is not None:
        settle(run)
    return run


def figures_of(run: Run) -> list[Figure]:
    """What was measured (or printed), by rising k."""
    rows = (Figure(int(k), **_known(raw)) for k, raw in run.figures.items())
    return sorted(rows, key=lambda figure: figure.k)


def problem_rows(run: Run) -> list[ProblemRow]:
    """Every problem of the run in the benchmark's order."""
    cells = Cell.objects.filter(run=run).order_by("problem__position")
    wanted = ("n", "c", "status", "verdict_counts", "flagged")
    names = ("problem__task_id", "problem__position")
    return [
        ProblemRow(
            task_id=task_id,
            position=position,
            n=n,
            c=c,
            scored=status == Cell.Status.DONE,
            verdicts=counts if status == Cell.Status.DONE else {WAITING: n},
            flagged=flagged,
        )
        for n, c, status, counts, flagged, task_id, position in cells.values_list(*wanted, *names)
    ]


def first_with(rows: Sequence[ProblemRow], verdict: str) -> str | None:
    """Task id of the first problem that has a sample of this verdict."""
    return next((row.task_id for row in rows if row.verdicts.get(verdict)), None)


def totals(rows: Sequence[ProblemRow]) -> dict[str, int]:
    """Samples by verdict over these rows, in the order of the verdict words, zeros left out."""
    counts = {name: sum(row.verdicts.get(name, 0) for row in rows) for name in VERDICT_WORDS}
    return {name: count for name, count in counts.items() if count}


def own_runs(reader: Reader) -> list[Run]:
    """The reader's runs, the newest first, whatever their visibility."""
    return list(Run.objects.filter(owner_id=reader.pk).select_related("benchmark", "model", "organisation"))


def waiting_uploads(reader: Reader) -> list[Upload]:
    """The reader's uploads that were looked at and not confirmed yet, the newest first."""
    return list(Upload.objects.filter(owner_id=reader.pk, ready=True).select_related("benchmark"))


def unfinished_uploads(reader: Reader) -> list[Upload]:
    """The reader's uploads of which bytes are missing, the newest first."""
    return list(Upload.objects.filter(owner_id=reader.pk, ready=False).select_related("benchmark"))


def upload_of(reader: Reader, pk: object) -> Upload | None:
    """The upload, if it is the reader's own."""
    return Upload.objects.filter(owner_id=reader.pk, pk=pk).select_related("benchmark").first()


def _known(raw: Mapping[str, object]) -> dict[str, object]:
    return {name: raw.get(name) for name in ("value", "low", "high")} | {"printed": raw.get("printed") or ""}
