"""`manage.py load_benchmark humaneval`"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluator.errors import ProblemSetError
from evaluator.problem_sets import LOADERS, load_benchmark
from leaderboard.services import benchmarks


class Command(BaseCommand):
    help = "Loads a benchmark's problems; does nothing if this version is there already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help=f"one of: {', '.join(LOADERS)}")

    def handle(self, *_: Any, slug: str, **__: Any) -> None:
        try:
            benchmark = benchmarks.load(load_benchmark(slug))
        except ProblemSetError as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(f"{benchmark}: {benchmark.problem_count} problems.")
