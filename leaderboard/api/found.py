"""What an address names, for who may see it; ApiProblem otherwise. Nothing tells “private” from “absent”."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from leaderboard.api.problems import CONFLICT, FORBIDDEN, INVALID, NOT_FOUND, ApiProblem, Wrong
from leaderboard.models import Benchmark, Cell, Model, Problem, Run, Upload
from leaderboard.queries.benchmarks import benchmark_by_slug
from leaderboard.queries.compare import chosen_runs, comparable
from leaderboard.queries.failures import cell_of
from leaderboard.queries.models import model_by_slug, runs_of
from leaderboard.queries.problems import problem_by_task_id
from leaderboard.queries.runs import run_seen_by, upload_of
from leaderboard.queries.visibility import may_change, may_change_model
from leaderboard.run_links import run_number


@dataclass(frozen=True, slots=True)
class SeenModel:
    model: Model
    runs: list[Run]


def benchmark(slug: str) -> Benchmark:
    row = benchmark_by_slug(slug)
    if row is None:
        raise ApiProblem(NOT_FOUND, f"No benchmark “{slug[:64]}” is loaded here.")
    return row


def named_benchmark(slug: str, field: str = "benchmark", place: str = "body") -> Benchmark:
    """The benchmark that a value names, not an address."""
    row = benchmark_by_slug(slug)
    if row is None:
        said = f"No benchmark “{slug[:64]}” is loaded here."
        raise ApiProblem(NOT_FOUND, said, [Wrong(field, place, said)])
    return row


def model(request: HttpRequest, slug: str) -> SeenModel:
    """The model with its runs that the reader sees; without one it is not there."""
    row = model_by_slug(slug)
    runs = runs_of(row, request.user) if row else []
    if row is None or not runs:
        raise ApiProblem(NOT_FOUND, f"No model “{slug[:120]}” has a run here.")
    return SeenModel(row, runs)


def own_model(request: HttpRequest, slug: str) -> SeenModel:
    """The model, for who may change what is known of it."""
    seen = model(request, slug)
    if not may_change_model(request.user, seen.model):
        said = "What is known of a model is said by who brought its first run, and by the site's staff."
        raise ApiProblem(FORBIDDEN, said)
    return seen


def problem(of: Benchmark, task_id: str) -> Problem:
    row = problem_by_task_id(of, task_id)
    if row is None:
        raise ApiProblem(NOT_FOUND, f"{of.name} has no problem “{task_id[:128]}”.")
    return row


def run(request: HttpRequest, word: str) -> Run:
    """The run of "12", or of "12-KEY" where it is unlisted."""
    pk = run_number(word)
    row = run_seen_by(request.user, pk) if pk is not None else None
    if row is None:
        raise ApiProblem(NOT_FOUND, f"There is no run “{word[:60]}”, or it is not for you.")
    return row


def scored_runs(request: HttpRequest, words: Sequence[str]) -> list[Run]:
    """The runs of `?run=`, each once, with verdicts of their own. One that is not there for this reader is
    told, not left out."""
    numbers = [run_number(word) for word in words]
    ids = list(dict.fromkeys(number for number in numbers if number is not None))
    runs = {run.pk: run for run in chosen_runs(ids, request.user)}
    missing = [word for word, pk in zip(words, numbers, strict=True) if pk not in runs]
    if missing:
        raise ApiProblem(NOT_FOUND, f"There is no run {', '.join(missing)[:200]}, or it is not for you.")
    if waiting := [pk for pk, run in runs.items() if not comparable(run)]:
        said = f"Run {waiting[0]} has no verdicts to compare (yet)."
        raise ApiProblem(INVALID, said, [Wrong("run", "query", said)])
    return [runs[pk] for pk in ids]


def own_run(request: HttpRequest, word: str) -> Run:
    """The run, for who may change it."""
    row = run(request, word)
    if not may_change(request.user, row):
        raise ApiProblem(FORBIDDEN, "Only its owner and the site's staff may change a run.")
    return row


def cell(of: Run, task_id: str) -> Cell:
    row = cell_of(of, task_id)
    if row is None:
        raise ApiProblem(NOT_FOUND, f"Run {of.pk} has no samples of a problem “{task_id[:128]}”.")
    return row


def upload(request: HttpRequest, pk: UUID, *, ready: bool = False) -> Upload:
    """The reader's own upload; with `ready`, only once all of it has come and was looked at."""
    row = upload_of(request.user, pk)
    if row is None:
        raise ApiProblem(NOT_FOUND, "You have no such upload: it was confirmed or removed, or is a day old.")
    if ready and not row.ready:
        raise ApiProblem(CONFLICT, f"{row.received:,} of {row.size:,} bytes have come: complete it first.")
    return row
