"""Drawn samples on their way into cells: kept as they came, then made programs of, as uploaded ones are."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial

from django.db import transaction
from django.db.models import Max, Min, Sum

from evaluator import records
from evaluator.sample_files.answers import as_program
from evaluator.sampling.records import Completion
from leaderboard.cell_blob import unpack
from leaderboard.errors import RunRefused
from leaderboard.models import Cell, Draw, DrawnSamples, Run
from leaderboard.services import doorbell
from leaderboard.services.sample_groups import Group

_BLOBS_AT_A_TIME = 20
RANKERS = ("mean_logprob", "sum_logprob")


def samples_of(
    problem: records.Problem, completions: Iterable[Completion], *, clean: bool
) -> list[records.Sample]:
    """The samples that a server's answers are, made programs of with `clean`, as those of a file are.

    Log-probabilities are rankers, where there are any.
    """
    return [_sample(problem, completion, clean) for completion in completions]


def pack_drawn(samples: Sequence[records.Sample]) -> bytes:
    """Bytes for `DrawnSamples.blob`."""
    rows = [(one.text, one.kind, one.rankers, one.changes) for one in samples]
    return zlib.compress(json.dumps(rows, separators=(",", ":")).encode())


def unpack_drawn(task_id: str, blob: bytes | memoryview, first: int) -> list[records.Sample]:
    """The samples of `DrawnSamples.blob`, numbered on from `first`, from 0."""
    return [
        records.Sample(task_id, text, records.TextKind(kind), line, rankers, changes=tuple(changes))
        for line, (text, kind, rankers, changes) in enumerate(json.loads(zlib.decompress(blob)), first + 1)
    ]


def make_due(draw: Draw) -> None:
    """Makes the cell of what is drawn, so that scoring workers take it; what was kept for that goes.

    Inside the caller's transaction, which holds the draw. Does nothing for a draw without a sample.
    """
    batches = list(DrawnSamples.objects.filter(draw=draw).order_by("first"))
    if not batches:
        return
    problem = draw.cell.problem.record()
    group = Group()
    for batch in batches:
        for sample in unpack_drawn(problem.task_id, batch.blob, batch.first):
            group.add(problem, sample)
    changed = Cell.objects.filter(pk=draw.cell_id, status=Cell.Status.DRAWING).update(
        status=Cell.Status.QUEUED,
        n=group.n,
        programs=group.programs,
        blob=group.blob(),
    )
    if changed:
        DrawnSamples.objects.filter(draw=draw).delete()
        transaction.on_commit(partial(doorbell.ring, [draw.cell_id]))


def settle(run: Run) -> None:
    """Takes a run for drawn that is not: cells are made of the samples that there are, others go.

    Inside the caller's transaction. Does nothing for a run whose samples are all drawn, or weren't here.
    Raises RunRefused where not one is drawn.
    """
    open_draws = Draw.objects.filter(run=run).exclude(status=Draw.Status.DONE)
    draws = list(open_draws.select_related("cell__problem"))
    if not draws:
        return
    if not Draw.objects.filter(run=run, drawn__gt=0).exists():
        raise RunRefused("No sample of this run was drawn, so there is nothing to score.")
    for draw in draws:
        make_due(draw)
    Cell.objects.filter(pk__in=[draw.cell_id for draw in draws if not draw.drawn]).delete()
    open_draws.update(status=Draw.Status.DONE, lease_token="", lease_until=None, reserved=0)
    note_drawn(run)


def note_drawn(run: Run) -> None:
    """Writes the counts of a run whose samples are drawn. Those of a board change with every write."""
    sums = run.cells.aggregate(
        samples=Sum("n", default=0), programs=Sum("programs", default=0), least=Min("n"), most=Max("n")
    )
    Run.objects.filter(pk=run.pk).update(
        samples=sums["samples"],
        programs=sums["programs"],
        n_min=sums["least"] or 0,
        n_max=sums["most"] or 0,
        problems_covered=run.cells.count(),
        changes=_changes_of(run),
    )


def _changes_of(run: Run) -> dict[str, int]:
    """How many samples have had what done to their text, the commonest first."""
    found: Counter[str] = Counter()
    for blob in run.cells.values_list("blob", flat=True).iterator(chunk_size=_BLOBS_AT_A_TIME):
        for sample in unpack(blob).samples:
            found.update(sample.changes)
    return dict(found.most_common())


def _sample(problem: records.Problem, completion: Completion, clean: bool) -> records.Sample:
    given = {name: getattr(completion, name) for name in RANKERS}
    rankers = {name: value for name, value in given.items() if value is not None}
    kind = records.TextKind.COMPLETION
    sample = records.Sample(problem.task_id, completion.text, kind, 1, rankers)
    return as_program(problem, sample) if clean else sample
