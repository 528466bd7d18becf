"""`manage.py submit samples.jsonl --model NAME [--wait]`"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluator.records import Limits
from evaluator.sample_files import FORMATS, FileNameGuess, ReadOptions, guess_from_name
from leaderboard.errors import Refused, UploadRefused
from leaderboard.models import Benchmark, Organisation, Run
from leaderboard.parameter_count import parameters_from
from leaderboard.queries.organisations import joined_organisations
from leaderboard.queries.progress import is_active, progress_of
from leaderboard.services.ingest import IMPORT, MEASURE, RunSetting, ingest
from leaderboard.time_limit import DEFAULT_LIMITS, limits_from

_LOOK_SECONDS = 1.0
_PATIENCE_SECONDS = 8.0  # so long a worker that is there may stay unseen
_NO_WORKER = (
    "Nobody scores: no worker is running. Start the site (make run), or a worker alone "
    "(celery -A leaderboard worker). The run stays queued until then."
)


class Command(BaseCommand):
    help = "Makes a run of a sample file, in any of the forms that the upload page lists."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("samples", type=Path, metavar="SAMPLES")
        parser.add_argument("--model", required=True, metavar="NAME")
        parser.add_argument("--organisation", default="")
        parser.add_argument("--parameters", type=_parameters, metavar="7B", help="how many weights")
        parser.add_argument("--benchmark", default="humaneval", metavar="SLUG")
        parser.add_argument("--temperature", type=_between(0, 10), help="default: what the file name tells")
        parser.add_argument("--top-p", type=_between(0, 1), help="default: what the file name tells")
        parser.add_argument("--visibility", choices=Run.Visibility.values, default=Run.Visibility.PUBLIC)
        parser.add_argument(
            "--cpu-limit",
            type=_limits,
            default=DEFAULT_LIMITS,
            metavar="SECONDS|auto",
            help="CPU seconds of one program (3); auto: 50 times what the problem's reference solution needs",
        )
        parser.add_argument("--format", choices=[found.name for found in FORMATS], help="default: by content")
        parser.add_argument(
            "--as-it-stands", action="store_true", help="don't turn chat answers into programs"
        )
        parser.add_argument(
            "--import-verdicts",
            action="store_true",
            help="take the file's own verdicts and run nothing; the run is labelled and not ranked",
        )
        parser.add_argument("--owner", metavar="ACCOUNT", help="whose run it is; default: the site's")
        parser.add_argument(
            "--share-with", metavar="SLUG", help="organisation whose members see the run, too; its owner's"
        )
        parser.add_argument("--note", default="")
        parser.add_argument("--wait", action="store_true", help="until it is scored; prints pass@k")

    def handle(self, *_: Any, **options: Any) -> None:
        benchmark = Benchmark.objects.filter(slug=options["benchmark"]).order_by("-loaded_at").first()
        if benchmark is None:
            slug = options["benchmark"]
            raise CommandError(f"{slug} is not loaded: manage.py load_benchmark {slug}", returncode=2)
        path: Path = options["samples"]
        owner = _owner(options["owner"])
        shared_with = _organisation(options["share_with"], owner)
        setting = replace(_setting(options, guess_from_name(path.name)), shared_with=shared_with)
        try:
            run = ingest(path, benchmark, setting, owner=owner, file_name=path.name)
        except UploadRefused as refused:
            raise CommandError(_complaint(path, refused), returncode=2) from refused
        except Refused as refused:
            raise CommandError(str(refused), returncode=2) from refused
        left_out = f", {run.left_out} of unknown problems left out" if run.left_out else ""
        self.stdout.write(
            f"Run {run.pk}: {run.samples:,} samples of {run.problems_covered} problems, "
            f"{run.programs:,} distinct programs{left_out}."
        )
        if options["wait"]:
            self._wait(run)

    def _wait(self, run: Run) -> None:
        started, warned = time.monotonic(), False
        while is_active(run):
            progress = progress_of(run)
            if not progress.worker_seen and not warned and time.monotonic() - started > _PATIENCE_SECONDS:
                self.stderr.write(_NO_WORKER)
                warned = True
            self._show(f"{progress.judged:,} of {progress.samples:,} samples judged")
            time.sleep(_LOOK_SECONDS)
            run.refresh_from_db()
        self._show("")
        if run.status != Run.Status.DONE:
            raise CommandError(f"Run {run.pk} was {run.get_status_display()}.")
        for k, figure in run.figures.items():
            low, high = figure["low"], figure["high"]
            self.stdout.write(f"pass@{k:<4} {figure['value']:7.2%}   95 % interval {low:.2%} to {high:.2%}")

    def _show(self, text: str) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r\033[K{text}", ending="")
            self.stderr.flush()


def _setting(options: dict[str, Any], guess: FileNameGuess) -> RunSetting:
    def given(name: str) -> Any:
        return options[name] if options[name] is not None else getattr(guess, name)

    return RunSetting(
        model_name=options["model"],
        organisation=options["organisation"],
        parameters=options["parameters"],
        temperature=given("temperature"),
        top_p=given("top_p"),
        visibility=options["visibility"],
        note=options["note"],
        limits=options["cpu_limit"],
        verdicts=IMPORT if options["import_verdicts"] else MEASURE,
        options=ReadOptions(format=options["format"], clean=not options["as_it_stands"]),
    )


def _owner(name: str | None) -> User | None:
    if name is None:
        return None
    owner = User.objects.filter(username=name).first()
    if owner is None:
        raise CommandError(f"There is no account “{name}”.", returncode=2)
    return owner


def _organisation(slug: str | None, owner: User | None) -> Organisation | None:
    """The organisation that the run is put into; the ingest asks whether its owner may."""
    if slug is None:
        return None
    if owner is None:
        raise CommandError("--share-with goes with --owner: members put runs there.", returncode=2)
    found = Organisation.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(one.slug for one in joined_organisations(owner)) or "none"
        said = f"There is no organisation “{slug}”. {owner.get_username()} is a member of: {known}."
        raise CommandError(said, returncode=2)
    return found


def _complaint(path: Path, refused: UploadRefused) -> str:
    lines = [str(refused), *(f"{path}:{line}" for line in refused.bad_lines)]
    more = refused.bad_count - len(refused.bad_lines)
    return "\n".join([*lines, f"… and {more:,} more"] if more > 0 else lines)


def _limits(text: str) -> Limits:
    try:
        return limits_from(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _parameters(text: str) -> int:
    try:
        return parameters_from(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _between(low: float, high: float) -> Any:
    """A parser of numbers within these bounds, for argparse."""

    def number(text: str) -> float:
        value = float(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is not between {low} and {high}")
        return value

    return number
