"""`manage.py export_board humaneval --to FOLDER`"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.models import AnonymousUser
from django.core.management.base import BaseCommand, CommandError, CommandParser

from leaderboard.queries.benchmarks import benchmark_by_slug
from leaderboard.queries.board import board_rows
from leaderboard.static_copy import copy_board
from leaderboard.static_copy.visitor import NotAnswered


class Command(BaseCommand):
    help = "Writes a board, its public runs and its problems as a folder of HTML that needs no server."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="of the benchmark")
        parser.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="a new or empty folder")
        parser.add_argument(
            "--site",
            default="",
            metavar="https://…",
            help="this site's public address: citations name it, links to what isn't in the copy lead there",
        )

        parser.add_argument(
            "--samples", action="store_true", help="with a page for each problem of each run: how it fails"
        )

    def handle(self, *_: Any, slug: str, to: Path, site: str, **options: Any) -> None:
        benchmark = benchmark_by_slug(slug)
        if benchmark is None:
            raise CommandError(f"{slug} is not loaded: manage.py load_benchmark {slug}", returncode=2)
        if site and (urlsplit(site).scheme not in ("http", "https") or not urlsplit(site).netloc):
            raise CommandError(f"--site {site}: an address such as https://board.example.org", returncode=2)
        runs = {row.run.pk for row in board_rows(benchmark, AnonymousUser())}
        try:
            copy = copy_board(slug, runs, to, site=site, samples=options["samples"])
        except FileExistsError as error:
            raise CommandError(f"{to} holds files: name a new or an empty folder", returncode=2) from error
        except (OSError, NotAnswered) as error:
            raise CommandError(f"Nothing was written: {error}") from error
        self.stdout.write(f"{to / 'index.html'}: {copy.pages} pages, {copy.files} files beside them.")
