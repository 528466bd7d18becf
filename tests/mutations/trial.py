"""A mutant on its way through the site's own services, and a look at what is left of it afterwards."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass, field
from random import Random

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile

from evaluator.sample_files import ReadOptions
from leaderboard.cell_blob import unpack
from leaderboard.errors import Refused, UploadRefused
from leaderboard.models import Benchmark, Cell, Model, Problem, Run, Upload
from leaderboard.services import partial_uploads, uploads
from leaderboard.services.ingest import IMPORT, MEASURE, RunSetting, ingest_upload
from leaderboard.services.upload_files import folder
from tests.mutations.mutant import Mutant

ACCEPTED, REFUSED, CRASHED, HALF_STORED, UNNAMED = "accepted", "refused", "crashed", "half stored", "unnamed"
FAILURES = (CRASHED, HALF_STORED, UNNAMED)
_LEAST_REASON = 12  # characters beside the file's name
_MOST_MESSAGE = 4000


@dataclass(frozen=True, slots=True)
class Outcome:
    """`stage`: how far it came, "received", "looked at" or "ingested". `text`: refusal, or what is wrong.
    `seconds` of CPU time.
    """

    kind: str
    stage: str
    text: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Stored:
    """What the site holds."""

    uploads: int
    files: frozenset[str]
    models: int
    runs: int
    cells: int


def stored() -> Stored:
    files = frozenset(path.name for path in folder().iterdir())
    return Stored(
        Upload.objects.count(), files, Model.objects.count(), Run.objects.count(), Cell.objects.count()
    )


@dataclass(slots=True)
class Site:
    """One site and one uploader, for many mutants; what was accepted stays."""

    owner: User
    benchmark: Benchmark
    before: Stored = field(default_factory=stored)

    def try_out(self, mutant: Mutant) -> Outcome:
        """Receives, looks at and ingests it, by either way in; no exception comes out."""
        started, way = time.process_time(), _Way(self, mutant)
        try:
            run = way.go()
            found = Outcome(ACCEPTED, way.stage, _wrong_run(run), 0)
        except Refused as refusal:
            found = Outcome(REFUSED, way.stage, str(refusal), 0)
            if why := _unnamed(refusal, mutant):
                found = Outcome(UNNAMED, way.stage, f"{why}: {refusal!s:.300}", 0)
            way.discard()
        except Exception:  # noqa: BLE001  # whatever else comes out is what is looked for
            found = Outcome(CRASHED, way.stage, traceback.format_exc(), 0)
            way.discard()
        after = stored()
        wrong = found.text if found.kind == ACCEPTED else ""
        if wrong := wrong or self._difference(after, accepted=found.kind == ACCEPTED):
            found = Outcome(HALF_STORED, way.stage, f"{wrong} ({found.kind}: {found.text[-600:]})", 0)
        self.before = after
        return Outcome(found.kind, found.stage, found.text, time.process_time() - started)

    def _difference(self, after: Stored, *, accepted: bool) -> str:
        """What was stored though it should not have been, or the other way round."""
        before = self.before
        if (after.uploads, after.files) != (before.uploads, before.files):
            return (
                f"uploads {before.uploads} → {after.uploads}, files {len(before.files)} → {len(after.files)}"
            )
        if after.runs - before.runs != accepted or (not accepted and after.models != before.models):
            return f"runs {before.runs} → {after.runs}, models {before.models} → {after.models}"
        if not accepted and after.cells != before.cells:
            return f"cells {before.cells} → {after.cells}"
        return ""


class _Way:
    """One mutant's way: as one request, or in parts; measured, or imported."""

    def __init__(self, site: Site, mutant: Mutant) -> None:
        self.site, self.mutant = site, mutant
        self.rng = Random(mutant.number)
        self.stage = "received"
        self.upload: Upload | None = None

    def go(self) -> Run:
        in_parts = self.rng.random() < 0.3
        self.upload = self._in_parts() if in_parts else self._at_once()
        self.stage = "looked at"
        if self.mutant.options:
            options = ReadOptions.from_dict(self.mutant.options)
            uploads.look_again(self.upload, self.upload.benchmark, options)
        verdicts = IMPORT if self.rng.random() < 0.2 else MEASURE
        self.stage = "ingested"
        return ingest_upload(self.upload, RunSetting("Mutant", verdicts=verdicts))

    def _at_once(self) -> Upload:
        file = SimpleUploadedFile(self.mutant.file_name, self.mutant.content)
        return uploads.receive(self.site.owner, file, self.site.benchmark)

    def _in_parts(self) -> Upload:
        content, site = self.mutant.content, self.site
        begun = partial_uploads.begin(site.owner, site.benchmark, self.mutant.file_name, len(content))
        self.upload = begun
        cut = self.rng.randrange(len(content) + 1)
        for offset, piece in ((0, content[:cut]), (cut, content[cut:])):
            if piece:
                partial_uploads.append(begun, offset, [piece])
        return partial_uploads.complete(begun)

    def discard(self) -> None:
        """As its owner does with an upload of which no run comes."""
        if self.upload is not None and Upload.objects.filter(pk=self.upload.pk).exists():
            uploads.discard(self.upload)


def _wrong_run(run: Run) -> str:
    """What doesn't fit in a run that was just stored; "" where all does."""
    cells = list(run.cells.all())
    if len(cells) != run.problems_covered or sum(cell.n for cell in cells) != run.samples or not cells:
        return f"{len(cells)} cells of {run.problems_covered}, {run.samples} samples"
    for cell in cells:
        content = unpack(cell.blob)
        counts_only = not (cell.programs or content.samples) and cell.c <= cell.n
        if counts_only and run.verdicts_from == Run.VerdictsFrom.IMPORTED:
            continue
        if (len(content.samples), len(content.programs)) != (cell.n, cell.programs):
            return f"cell {cell.pk}: n = {cell.n}, but {len(content.samples)} samples in its blob"
    if Problem.objects.filter(cells__run=run).exclude(benchmark=run.benchmark).exists():
        return "a cell of another benchmark's problem"
    return ""


def _unnamed(refusal: Refused, mutant: Mutant) -> str:
    """Why this refusal tells its reader nothing; "" where it does."""
    message = str(refusal)
    rest = message.replace(mutant.file_name, "")
    if sum(character.isalpha() for character in rest) < _LEAST_REASON:
        return "no reason"
    if not message.replace("\n", " ").isprintable():
        return "control characters"
    if "Traceback" in message or "Error(" in message or " object at 0x" in message:
        return "a message for programmers"
    if len(message) > _MOST_MESSAGE:
        return f"{len(message)} characters"
    if isinstance(refusal, UploadRefused) and refusal.bad_count:
        if not refusal.bad_lines or any(not line.message for line in refusal.bad_lines):
            return "bad lines without a word"
        if not all(str(line).isprintable() for line in refusal.bad_lines):
            return "control characters in a bad line"
    return ""
