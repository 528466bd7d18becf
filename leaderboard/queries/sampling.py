"""The questions of the sampling pages: whose samplings, how far they are, what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Case, Count, F, Q, Sum, When
from django.utils import timezone

from leaderboard.models import Cell, Draw, Organisation, Run, SamplerBeat, Sampling, ServerKey
from leaderboard.queries.progress import ACTIVE
from leaderboard.queries.rates import Rates
from leaderboard.queries.visibility import Reader, visible_runs

# A worker says that it is there with every sweep and every answer.
_SILENT_AFTER = timedelta(seconds=max(60.0, settings.LEASE_SECONDS))
_LISTED = 20
_rates = Rates()


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn of how many samples, and what it took. `estimated`: some tokens are guesses."""

    samples: int = 0
    of: int = 0
    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cut_short: int = 0
    estimated: bool = False

    @property
    def share(self) -> float:
        return self.samples / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class SampledRun:
    """A run of a sampling; `judged` of its samples have a verdict."""

    run: Run
    drawn: Drawn
    judged: int


@dataclass(frozen=True, slots=True)
class SamplingProgress:
    """`rate` is samples drawn per second, `seconds_left` follows from it; None: unknown."""

    runs: Sequence[SampledRun]
    drawn: Drawn
    rate: float | None
    seconds_left: float | None
    sampler_seen: bool

    @property
    def judged(self) -> int:
        return sum(row.judged for row in self.runs)

    @property
    def scoring(self) -> bool:
        """Whether samples that are drawn wait for their verdict."""
        return any(row.run.status in ACTIVE for row in self.runs)


def own_samplings(reader: Reader) -> list[Sampling]:
    """The reader's newest samplings."""
    return list(Sampling.objects.filter(owner_id=reader.pk).select_related("benchmark")[:_LISTED])


def own_sampling(reader: Reader, pk: int) -> Sampling | None:
    """The sampling, for its owner and for staff."""
    rows = Sampling.objects.select_related("benchmark", "owner", "server_key")
    if not getattr(reader, "is_staff", False):
        rows = rows.filter(owner_id=reader.pk)
    return rows.filter(pk=pk).first() if reader.is_authenticated else None


def sampling_seen_by(reader: Reader, pk: int) -> Sampling | None:
    """The sampling, for its owner, for staff, and for all who see one of its runs."""
    own = own_sampling(reader, pk)
    if own is not None or not visible_runs(reader).filter(sampling=pk).exists():
        return own
    return Sampling.objects.select_related("benchmark", "owner").get(pk=pk)


def kept_keys(reader: Reader) -> list[ServerKey]:
    """The reader's kept keys by name; what they hold is not told."""
    return list(ServerKey.objects.filter(owner_id=reader.pk).defer("secret"))


def kept_key(reader: Reader, pk: object) -> ServerKey | None:
    return ServerKey.objects.filter(owner_id=reader.pk, pk=pk).first()


def progress_of(sampling: Sampling, reader: Reader) -> SamplingProgress:
    """How far it is, of the runs that this reader sees. Four queries, no blob."""
    now = timezone.now()
    runs = (
        visible_runs(reader)
        .filter(sampling=sampling)
        .select_related("model", "organisation")
        .order_by("temperature", "pk")
    )
    drawn_by = drawn_of(Q(sampling=sampling))
    judged_by = _judged_of(sampling)
    rows = [SampledRun(run, drawn_by.get(run.pk, Drawn()), judged_by.get(run.pk, 0)) for run in runs]
    drawn = _sum([row.drawn for row in rows])
    rate = _rates.rate(sampling.pk, drawn.samples, sampling.started_at, now)
    return SamplingProgress(
        runs=rows,
        drawn=drawn,
        rate=rate,
        seconds_left=(drawn.of - drawn.samples) / rate if rate else None,
        sampler_seen=sampler_seen(),
    )


def organisations_of(sampling: Sampling, progress: SamplingProgress) -> list[str]:
    """Names of the organisations that share the runs which the reader sees; of a draft, the one to come."""
    if progress.runs:
        shared = (row.run.organisation for row in progress.runs)
        return sorted({organisation.name for organisation in shared if organisation})
    slug = sampling.order.get("shared_with", "")
    return list(Organisation.objects.filter(slug=slug).values_list("name", flat=True)) if slug else []


def drawn_of(which: Q) -> Mapping[int, Drawn]:
    """What was drawn of these draws, by run. One query."""
    rows = (
        Draw.objects.filter(which)
        .values("run_id")
        .annotate(
            samples=Sum("drawn"),
            of=Sum(Case(When(status=Draw.Status.DONE, then=F("drawn")), default=F("n"))),
            asked=Sum("requests"),
            prompts=Sum("prompt_tokens"),
            answers=Sum("completion_tokens"),
            short=Sum("cut_short"),
            guessed=Count("pk", filter=Q(estimated=True)),
        )
    )
    return {
        row["run_id"]: Drawn(
            samples=row["samples"],
            of=row["of"],
            requests=row["asked"],
            prompt_tokens=row["prompts"],
            completion_tokens=row["answers"],
            cut_short=row["short"],
            estimated=bool(row["guessed"]),
        )
        for row in rows
    }


def drawn_of_run(run: Run) -> Drawn:
    """What was drawn of a sampled run."""
    return drawn_of(Q(run=run)).get(run.pk, Drawn())


def sampler_seen() -> bool:
    """Whether a sampling worker said lately that it is there."""
    return SamplerBeat.objects.filter(seen_at__gt=timezone.now() - _SILENT_AFTER).exists()


def _judged_of(sampling: Sampling) -> dict[int, int]:
    # Without a filter on the status: SQLite would go through every cell of the site that is done.
    judged = Sum(Case(When(status=Cell.Status.DONE, then=F("n")), default=0))
    return dict(Cell.objects.filter(run__sampling=sampling).values_list("run_id").annotate(judged=judged))


def _sum(parts: Sequence[Drawn]) -> Drawn:
    return Drawn(
        samples=sum(part.samples for part in parts),
        of=sum(part.of for part in parts),
        requests=sum(part.requests for part in parts),
        prompt_tokens=sum(part.prompt_tokens for part in parts),
        completion_tokens=sum(part.completion_tokens for part in parts),
        cut_short=sum(part.cut_short for part in parts),
        estimated=any(part.estimated for part in parts),
    )
