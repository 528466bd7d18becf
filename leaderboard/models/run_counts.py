"""What a scored run's cells count, in one row: lists over many runs read this and no cell."""

from __future__ import annotations

from django.db import models

from .run import Run


class RunCounts(models.Model):
    """Written with the run's figures, by `leaderboard.run_counts.pack_counts`; a table of its own, so that
    reading runs does not read it."""

    run = models.OneToOneField(Run, primary_key=True, on_delete=models.CASCADE, related_name="counts")
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"counts of run {self.run_id}"
