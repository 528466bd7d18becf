"""`manage.py demo [--benchmark SLUG] [--remove]`"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from leaderboard.errors import Refused
from leaderboard.models import Benchmark
from leaderboard.services.demo import load_demo, remove_demo

_BENCHMARK = "humaneval"  # the first start loads this one


class Command(BaseCommand):
    help = "Loads synthetic runs, so that the first screen isn't empty; they are scored like any other."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--benchmark", default=_BENCHMARK, metavar="SLUG", help=f"default: {_BENCHMARK}")
        parser.add_argument("--remove", action="store_true", help="take them away again")

    def handle(self, *_: Any, benchmark: str, remove: bool, **__: Any) -> None:
        if remove:
            self.stdout.write(f"{remove_demo()} demo runs removed.")
            return
        loaded = Benchmark.objects.filter(slug=benchmark).order_by("-loaded_at").first()
        if loaded is None:
            raise CommandError(f"Load the benchmark first: manage.py load_benchmark {benchmark}")
        try:
            new = load_demo(loaded)
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(new)} demo runs queued for scoring.")
