"""The leaderboard's questions. None opens a blob: figures stand on the run, counts in one row of each run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Case, F, Sum, When

from leaderboard.board_cache import remembered
from leaderboard.models import Benchmark, Cell, Run
from leaderboard.queries.progress import ACTIVE
from leaderboard.queries.runs import Figure, figures_of
from leaderboard.queries.visibility import Reader, listed_runs

MEASURED, IMPORTED, SYNTHETIC, PUBLISHED = KINDS = ("measured", "imported", "synthetic", "published")
_UNRANKED = (IMPORTED, PUBLISHED)  # nobody here has seen their samples pass
RERANKED_METHOD = "reranking"
RERANKED_ORIGIN = 0  # in `BoardRow.origins`, beside the k of pass@k
# Written for other pages, or long: a board is kept without them.
_LEFT_OUT = ("recheck", "sampled_as", "file_name", "file_sha256", "note")


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A run as the board knows it. Figures are fractions; None where there is nothing to know."""

    run: Run
    kind: str
    figures: Mapping[int, Figure]
    complete: bool  # it has samples of every problem of the benchmark
    reranked: Figure | None = None
    # Where the row stands for a model at its best temperatures: which run each figure is of, by k.
    origins: Mapping[int, Run] | None = None

    @property
    def ranked(self) -> bool:
        """Measured, seen by everybody, and covering the benchmark: others would not be compared fairly."""
        public = self.run.visibility == Run.Visibility.PUBLIC
        return self.kind not in _UNRANKED and self.complete and public

    def security(self, name: str) -> Figure | None:
        """A share of samples with its interval: "flagged" or "passed_flagged". Runs that were scored before
        these were kept have only the share, until their samples are scanned again."""
        stored = _share(self.run.security.get(name))
        if stored or not self.run.samples or self.kind == IMPORTED:
            return stored
        return Figure(1, getattr(self.run, name) / self.run.samples, None, None)


@dataclass(frozen=True, slots=True)
class ActiveRun:
    """A run that waits or is being scored; `share` is the fraction of its programs judged so far."""

    run: Run
    share: float


def board_of(benchmark: Benchmark, reader: Reader) -> tuple[object, ...]:
    """What this reader's board of this benchmark is kept under: whatever changes it changes this.

    Readers share a board, but for those who have runs that not everybody sees, and for staff, who sees all.
    """
    board = (benchmark.pk, benchmark.board_key)
    if getattr(reader, "is_staff", False):
        return (*board, "staff")
    return (*board, reader.pk if _sees_more(board, benchmark, reader) else "everybody")


def board_rows(benchmark: Benchmark, reader: Reader) -> list[BoardRow]:
    """All scored and published runs that this reader's board lists. One query, none where they are kept."""
    return remembered("board-rows", board_of(benchmark, reader), lambda: _read_rows(benchmark, reader))


def active_runs(benchmark: Benchmark, reader: Reader) -> list[ActiveRun]:
    """Runs of this board that are not scored yet, oldest first.

    One query where there are any, for how far they are; one more where the list itself is not kept.
    """

    def read() -> list[Run]:
        listed = listed_runs(reader).filter(benchmark=benchmark, status__in=ACTIVE)
        return list(listed.select_related("model").order_by("pk"))

    runs = remembered("board-active", board_of(benchmark, reader), read)
    if not runs:
        return []
    judged = Case(When(status=Cell.Status.DONE, then=F("programs")), default=F("judged"))
    sums = (
        Cell.objects.filter(run__in=runs)
        .values_list("run_id")
        .annotate(done=Sum(judged), all=Sum("programs"))
    )
    shares = {run_id: (done or 0) / (total or 1) for run_id, done, total in sums}
    return [ActiveRun(run, shares.get(run.pk, 0.0)) for run in runs]


def ks_of(rows: Iterable[BoardRow]) -> list[int]:
    """Every k that some row has a figure for, rising."""
    return sorted({k for row in rows for k in row.figures})


def newest(rows: Iterable[BoardRow]) -> datetime | None:
    """When the last of these rows was scored."""
    return max((row.run.finished_at for row in rows if row.run.finished_at), default=None)


def board_row(run: Run, benchmark: Benchmark) -> BoardRow:
    """The run as the board shows it."""
    return BoardRow(
        run=run,
        kind=_kind(run),
        figures={figure.k: figure for figure in figures_of(run)},
        complete=run.problems_covered >= benchmark.problem_count,
        reranked=_share(run.reranked),
    )


def most_samples(rows: Sequence[BoardRow]) -> int:
    """The largest k that some measured row can have a figure for: its fewest samples of a problem."""
    return max((row.run.n_min for row in rows), default=0)


def _sees_more(board: tuple[object, ...], benchmark: Benchmark, reader: Reader) -> bool:
    """Whether some run is listed for this reader and not for everybody. One query, none where it is kept."""
    if not reader.is_authenticated:
        return False
    listed = listed_runs(reader).filter(benchmark=benchmark).exclude(visibility=Run.Visibility.PUBLIC)
    return remembered("board-own", (*board, reader.pk), listed.exists)


def _read_rows(benchmark: Benchmark, reader: Reader) -> list[BoardRow]:
    runs = listed_runs(reader).filter(benchmark=benchmark, status=Run.Status.DONE)
    found = runs.select_related("model", "organisation").defer(*_LEFT_OUT)
    return [_with_reranking_apart(board_row(run, benchmark)) for run in found]


def _with_reranking_apart(row: BoardRow) -> BoardRow:
    """A published pass@1 after reranking is no pass@1: the board has a column of its own for it."""
    if row.kind != PUBLISHED or RERANKED_METHOD not in row.run.method or 1 not in row.figures:
        return row
    return replace(row, figures={}, reranked=row.figures[1])


def _kind(run: Run) -> str:
    if run.source == Run.Source.PUBLISHED:
        return PUBLISHED
    if run.verdicts_from == Run.VerdictsFrom.IMPORTED:
        return IMPORTED
    return SYNTHETIC if run.synthetic else MEASURED


def _share(raw: Mapping[str, float] | None) -> Figure | None:
    return Figure(1, raw["value"], raw["low"], raw["high"]) if raw else None
