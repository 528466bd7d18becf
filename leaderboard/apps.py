"""The one app of the project."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class LeaderboardConfig(AppConfig):
    name = "leaderboard"
    verbose_name = "Passboard"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from leaderboard import board_key

        pre_migrate.connect(board_key.remove, sender=self)
        post_migrate.connect(board_key.install, sender=self)
