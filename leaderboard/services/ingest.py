"""Makes a run of a sample file: all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction

from evaluator.records import Limits
from evaluator.sample_files import ReadOptions
from evaluator.sample_files.options import DEFAULTS as DEFAULT_OPTIONS
from leaderboard.errors import UploadRefused
from leaderboard.models import Benchmark, Cell, Organisation, Run, Upload
from leaderboard.services import doorbell, runs
from leaderboard.services.audit import Action, note
from leaderboard.services.models import ModelFacts, model_for, said_apart
from leaderboard.services.sample_groups import PackedFile, Reading, pack_file
from leaderboard.services.sharing import INTO_ORGANISATION, check_member
from leaderboard.time_limit import DEFAULT_LIMITS

MEASURE, IMPORT = "measure", "import"
_CELLS_PER_INSERT = 200
_BYTES_PER_INSERT = 8 << 20


@dataclass(frozen=True, slots=True)
class RunSetting:
    """What the uploader says about a run, and wants for it. `parameters` is a count; None: unknown."""

    model_name: str
    organisation: str = ""
    parameters: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    visibility: str = Run.Visibility.PUBLIC
    note: str = ""
    limits: Limits = DEFAULT_LIMITS
    verdicts: str = MEASURE  # or IMPORT: the file's own are taken as they are, and labelled
    options: ReadOptions = DEFAULT_OPTIONS  # how the file is read; an upload's own go before
    shared_with: Organisation | None = None  # where the run is put; its owner has to be a member


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a run comes from."""

    owner: User | None
    file_name: str
    synthetic: bool = False


def ingest(
    path: Path,
    benchmark: Benchmark,
    setting: RunSetting,
    *,
    owner: User | None = None,
    file_name: str = "",
    synthetic: bool = False,
) -> Run:
    """The queued run of the samples in `path`; the workers are told once it is committed.

    Samples of unknown task ids are left out and counted in `Run.left_out`. Raises UploadRefused for a file
    that can't be read, has any bad line (`bad_lines` names number and field), or no sample of this
    benchmark; VerdictsMissing where the verdicts are to be imported and some are not there; Refused for an
    unusable model name, and for an organisation that the owner is no member of. Nothing is stored then.
    """
    file_name = file_name or path.name
    packed = pack_file(path, benchmark.record(), file_name, _reading(setting))
    with transaction.atomic():
        return _store(packed, benchmark, setting, Origin(owner, file_name, synthetic))


def ingest_upload(upload: Upload, setting: RunSetting) -> Run:
    """The run of an upload, which is used up by it: its row and file go. See `ingest` for what it raises.

    Of two requests for the same upload one makes the run; the other gets UploadRefused.
    """
    if not upload.ready:
        raise UploadRefused(f"{upload.file_name} has not come as a whole. Send the rest of it first.")
    path = Path(upload.path)
    setting = replace(setting, options=ReadOptions.from_dict(upload.options))
    packed = pack_file(path, upload.benchmark.record(), upload.file_name, _reading(setting))
    with transaction.atomic():
        used, _ = Upload.objects.filter(pk=upload.pk).delete()
        if not used:
            raise UploadRefused("This upload was confirmed or removed already; look at your runs.")
        run = _store(packed, upload.benchmark, setting, Origin(upload.owner, upload.file_name))
        transaction.on_commit(partial(path.unlink, missing_ok=True))
    return run


def _reading(setting: RunSetting) -> Reading:
    return Reading(setting.options, imported=setting.verdicts == IMPORT)


def _store(packed: PackedFile, benchmark: Benchmark, setting: RunSetting, origin: Origin) -> Run:
    """Writes run and cells inside the caller's transaction."""
    counts = [group.n for group in packed.groups]
    imported = setting.verdicts == IMPORT
    if setting.shared_with is not None:
        check_member(origin.owner, setting.shared_with)
    facts = ModelFacts(setting.organisation, setting.parameters)
    public = setting.visibility == Run.Visibility.PUBLIC
    model = model_for(setting.model_name, facts, origin.owner, synthetic=origin.synthetic, public=public)
    run = Run.objects.create(
        benchmark=benchmark,
        model=model,
        said_of_model=said_apart(model, facts),
        owner=origin.owner,
        organisation=setting.shared_with,
        source=Run.Source.UPLOADED,
        visibility=setting.visibility,
        synthetic=origin.synthetic,
        temperature=setting.temperature,
        top_p=setting.top_p,
        note=setting.note,
        limits=asdict(setting.limits),
        verdicts_from=Run.VerdictsFrom.IMPORTED if imported else Run.VerdictsFrom.MEASURED,
        samples=sum(counts),
        programs=sum(group.programs for group in packed.groups),
        problems_covered=len(counts),
        n_min=min(counts),
        n_max=max(counts),
        left_out=packed.left_out,
        file_name=origin.file_name,
        file_sha256=packed.sha256,
        file_format=packed.format,
        file_options=setting.options.as_dict(),
        changes=packed.changes,
    )
    _note_made(run, origin.owner)
    cells = _store_cells(run, packed)
    if imported:
        runs.finish(run)
        run.refresh_from_db()
    else:
        transaction.on_commit(partial(doorbell.ring, [cell.pk for cell in cells]))
    return run


def _note_made(run: Run, owner: User | None) -> None:
    known = {
        "imported verdicts": run.verdicts_from == Run.VerdictsFrom.IMPORTED,
        INTO_ORGANISATION: run.organisation is not None,
    }
    note(owner, Action.RUN_MADE, run=run, detail=", ".join(said for said, holds in known.items() if holds))


def _store_cells(run: Run, packed: PackedFile) -> list[Cell]:
    """Cells that wait to be scored; imported ones are done."""
    problem_ids = dict(run.benchmark.problems.values_list("task_id", "pk"))
    cells = [
        Cell(
            run=run,
            problem_id=problem_ids[group.task_id],
            n=group.n,
            programs=group.programs,
            blob=group.blob,
        )
        for group in packed.groups
    ]
    for cell, group in zip(cells, packed.groups, strict=True):
        if group.done is not None:
            cell.status = Cell.Status.DONE
            for name, value in asdict(group.done).items():
                setattr(cell, name, value)
    for batch in _batches(cells):
        Cell.objects.bulk_create(batch)
    return cells


def _batches(cells: Sequence[Cell]) -> Iterator[list[Cell]]:
    """Parts for one INSERT each: a database driver copies what it is given, so blobs are not given all at
    once."""
    batch: list[Cell] = []
    size = 0
    for cell in cells:
        size += len(cell.blob)
        if batch and (len(batch) >= _CELLS_PER_INSERT or size > _BYTES_PER_INSERT):
            yield batch
            batch, size = [], len(cell.blob)
        batch.append(cell)
    if batch:
        yield batch
