"""`manage.py rescan [--run ID] [--list]`"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluator.errors import SecurityScanError
from leaderboard.models import Run
from leaderboard.services.due import outdated
from leaderboard.services.rescan import rescan


class Command(BaseCommand):
    help = "Looks for security findings again in runs that other rules have scanned. Judges nothing again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--run", type=int, action="append", metavar="ID", help="only this run")
        parser.add_argument("--list", action="store_true", help="say which runs, and scan none")

    def handle(self, *_: Any, **options: Any) -> None:
        runs = outdated(Run.objects.select_related("model")).order_by("pk")
        if options["run"]:
            runs = runs.filter(pk__in=options["run"])
        left = 0
        for run in runs:
            if options["list"]:
                self.stdout.write(f"run {run.pk}, {run.model.name}: scanned by {run.rules_version or 'none'}")
                continue
            try:
                done = rescan(run.pk, patient=False)
            except SecurityScanError as error:
                raise CommandError(str(error), returncode=2) from error
            left += not done
            said = "scanned" if done else "left: it is being scored or scanned by somebody else"
            self.stdout.write(f"run {run.pk}, {run.model.name}: {said}")
        if left:
            raise CommandError(f"{left} left; run it again later")
