"""`manage.py load_published`"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from leaderboard.errors import Refused
from leaderboard.services.published import load_published


class Command(BaseCommand):
    help = "Loads the figures that papers printed; rows that are there already are brought up to date."

    def handle(self, *_: Any, **__: Any) -> None:
        try:
            rows = load_published()
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{rows} published rows.")
