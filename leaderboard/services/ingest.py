"""Makes a run of a sample file: all of it or nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction

from evaluator.records import Limits
from leaderboard.errors import UploadRefused
from leaderboard.models import Benchmark, Cell, Run, Upload
from leaderboard.services import doorbell
from leaderboard.services.models import model_for
from leaderboard.services.sample_groups import PackedFile, pack_file
from leaderboard.time_limit import DEFAULT_LIMITS

_CELLS_PER_INSERT = 200


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
    benchmark; Refused for an unusable model name. Nothing is stored then.
    """
    file_name = file_name or path.name
    packed = pack_file(path, benchmark.record(), file_name)
    with transaction.atomic():
        return _store(packed, benchmark, setting, Origin(owner, file_name, synthetic))


def ingest_upload(upload: Upload, setting: RunSetting) -> Run:
    """The run of an upload, which is used up by it: its row and file go. See `ingest` for what it raises.

    Of two requests for the same upload one makes the run; the other gets UploadRefused.
    """
    path = Path(upload.path)
    packed = pack_file(path, upload.benchmark.record(), upload.file_name)
    with transaction.atomic():
        used, _ = Upload.objects.filter(pk=upload.pk).delete()
        if not used:
            raise UploadRefused("This upload was confirmed or removed already; look at your runs.")
        run = _store(packed, upload.benchmark, setting, Origin(upload.owner, upload.file_name))
        transaction.on_commit(partial(path.unlink, missing_ok=True))
    return run


def _store(packed: PackedFile, benchmark: Benchmark, setting: RunSetting, origin: Origin) -> Run:
    """Writes run and cells inside the caller's transaction."""
    counts = [group.n for group in packed.groups]
    run = Run.objects.create(
        benchmark=benchmark,
        model=model_for(
            setting.model_name, setting.organisation, setting.parameters, synthetic=origin.synthetic
        ),
        owner=origin.owner,
        source=Run.Source.UPLOADED,
        visibility=setting.visibility,
        synthetic=origin.synthetic,
        temperature=setting.temperature,
        top_p=setting.top_p,
        note=setting.note,
        limits=asdict(setting.limits),
        samples=sum(counts),
        programs=sum(group.programs for group in packed.groups),
        problems_covered=len(counts),
        n_min=min(counts),
        n_max=max(counts),
        left_out=packed.left_out,
        file_name=origin.file_name,
        file_sha256=packed.sha256,
        file_format=packed.format,
    )
    problem_ids = dict(benchmark.problems.values_list("task_id", "pk"))
    cells = Cell.objects.bulk_create(
        (
            Cell(
                run=run,
                problem_id=problem_ids[group.task_id],
                n=group.n,
                programs=group.programs,
                blob=group.blob,
            )
            for group in packed.groups
        ),
        batch_size=_CELLS_PER_INSERT,
    )
    cell_ids = [cell.pk for cell in cells]
    transaction.on_commit(partial(doorbell.ring, cell_ids))
    return run
