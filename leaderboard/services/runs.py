"""What can be done to a run: finished by its last cell; cancelled, scored again, deleted by people."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from evaluator.records import Verdict
from leaderboard.errors import RunRefused
from leaderboard.models import Cell, CellFlag, Model, Run, RunFlags
from leaderboard.services import analysis, counts, doorbell, imports, sampling_cells
from leaderboard.services.audit import Action, note
from leaderboard.services.reranking import reranked_figure
from leaderboard.services.security_figures import figures_by_k, security_columns, store_flags

_FIGURES_NOTED = 3
ACTIVE = (Run.Status.QUEUED, Run.Status.RUNNING)


def finish(run: Run) -> None:
    """Writes the figures of a run whose cells are all done. Once only: a run that is not active is left.

    The caller holds the run's row lock (`cells.finish`). Samples that we failed to judge are not in n;
    a problem of which no sample was judged is not covered.
    """
    # In the benchmark's order: the seeded resampling of the intervals depends on it.
    columns = (*counts.CELL_COLUMNS, "flagged", "passed_flagged", "reranked")
    cells: list[dict[str, Any]] = list(run.cells.order_by("problem__position").values(*columns))
    verdicts: Counter[str] = Counter()
    for cell in cells:
        verdicts.update(cell["verdict_counts"])
    counted = [cell for cell in cells if cell["n"]]
    n = [cell["n"] for cell in counted]
    now = timezone.now()
    measured = run.verdicts_from == Run.VerdictsFrom.MEASURED
    changed = Run.objects.filter(pk=run.pk, status__in=ACTIVE).update(
        status=Run.Status.DONE,
        finished_at=now,
        recheck_at=now if measured else None,  # what was never judged here can't be judged again
        figures=figures_by_k(n, [cell["c"] for cell in counted]),
        reranked=reranked_figure(cells),
        verdict_counts=dict(verdicts),
        problems_covered=len(counted),
        n_min=min(n, default=0),
        n_max=max(n, default=0),
        **(security_columns(cells) if measured else {}),  # imported programs are scanned later
    )
    if changed:
        counts.store_counts(run.pk, cells)
        _note_scored(run.pk)
        if measured:
            store_flags(run.pk, cells)
            transaction.on_commit(partial(doorbell.ring_recheck, [run.pk]))
        # What only one page shows: a fault in it must not look like one of the scoring.
        transaction.on_commit(partial(analysis.store_analysis, run.pk), robust=True)


def cancel(run: Run, actor: User | None = None) -> None:
    """Stops the scoring of a run. Workers notice within seconds and write nothing more.

    What is judged already stays with its cells; `rescore` starts over. Raises RunRefused for a run that
    is not being scored.
    """
    with transaction.atomic():
        changed = Run.objects.filter(pk=run.pk, status__in=ACTIVE).update(
            status=Run.Status.CANCELLED, finished_at=timezone.now()
        )
        if not changed:
            raise RunRefused("This run is not being scored, so there is nothing to cancel.")
        Cell.objects.filter(run=run, status=Cell.Status.RUNNING).update(
            status=Cell.Status.QUEUED, lease_token="", lease_until=None, judged=0
        )
        note(actor, Action.RUN_CANCELLED, run=run)
    run.refresh_from_db()


def rescore(run: Run, actor: User | None = None) -> None:
    """Scores all of a run again, with today's judge and rules; imported verdicts give way to measured ones.

    Of a run that was cancelled while its samples were drawn, those that there are. Raises RunRefused for
    published figures and imported counts, which have no samples, and for a run that is being scored.
    """
    if run.source == Run.Source.PUBLISHED:
        raise RunRefused("These figures were published without their samples: there is nothing to score.")
    if run.has_counts_only:
        raise RunRefused("Its file held counts without code: there is nothing to score. Upload the samples.")
    with transaction.atomic():
        changed = (
            Run.objects.filter(pk=run.pk)
            .exclude(status__in=ACTIVE)
            .update(
                status=Run.Status.QUEUED,
                started_at=None,
                finished_at=None,
                figures={},
                reranked={},
                verdict_counts={},
                flagged=0,
                passed_flagged=0,
                security={},
                rules_version="",
                rescan_until=None,
                judge_version="",
                judge_anew=True,
                taken_over=0,
                verdicts_from=Run.VerdictsFrom.MEASURED,
                sandbox_tier="",
                recheck={},
                recheck_at=None,
                recheck_attempts=0,
            )
        )
        if not changed:
            raise RunRefused("This run is being scored right now. Cancel it first, or wait for its end.")
        note(actor, Action.RUN_RESCORED, run=run, detail=_figures_so_far(run))
        RunFlags.objects.filter(run=run).delete()
        if run.verdicts_from == Run.VerdictsFrom.IMPORTED:
            imports.merge_programs(run)
        sampling_cells.settle(run)
        cell_ids = _requeue_cells(run)
        transaction.on_commit(partial(doorbell.ring, cell_ids))
    run.refresh_from_db()


def delete(run: Run, actor: User | None = None) -> None:
    """Deletes a run with its cells, and its model if that has no other run.

    Raises RunRefused for published figures: they come with the site.
    """
    if run.source == Run.Source.PUBLISHED:
        raise RunRefused("Published figures come with the site and can't be deleted; hide them instead.")
    with transaction.atomic():
        model_id = run.model_id
        note(actor, Action.RUN_DELETED, run=run, detail=_figures_so_far(run))
        if run.visibility != Run.Visibility.PUBLIC:
            run.marks.all().delete()
        run.delete()
        Model.objects.filter(pk=model_id, runs=None).delete()


def _note_scored(pk: int) -> None:
    run = Run.objects.select_related("model", "benchmark", "owner").get(pk=pk)
    note(None, Action.RUN_SCORED, run=run, detail=_figures_so_far(run))


def _figures_so_far(run: Run) -> str:
    """What a board showed of it, for the audit trail."""
    figures = [f"pass@{k} {figure['value']:.4f}" for k, figure in run.figures.items() if "value" in figure]
    return ", ".join(figures[:_FIGURES_NOTED])


def _requeue_cells(run: Run) -> list[int]:
    """All cells as they were before they were scored, their samples without a verdict counted again."""
    CellFlag.objects.filter(cell__run=run).delete()
    cells = list(run.cells.defer("blob").order_by("pk"))
    for cell in cells:
        cell.n += cell.verdict_counts.get(Verdict.EVALUATOR_ERROR, 0)
        cell.status = Cell.Status.QUEUED
        cell.c = cell.judged = cell.flagged = cell.passed_flagged = cell.attempts = 0
        cell.verdict_counts = {}
        cell.cpu_seconds, cell.reranked = 0.0, None
        cell.lease_token, cell.lease_until = "", None
    fields = ["n", "status", "c", "judged", "flagged", "passed_flagged", "attempts", "verdict_counts"]
    fields += ["cpu_seconds", "reranked", "lease_token", "lease_until"]
    Cell.objects.bulk_update(cells, fields, batch_size=50)
    return [cell.pk for cell in cells]
