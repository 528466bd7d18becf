"""The one app of the project."""

from django.apps import AppConfig


class LeaderboardConfig(AppConfig):
    name = "leaderboard"
    verbose_name = "Passboard"
    default_auto_field = "django.db.models.BigAutoField"
