"""What a scored run's page tells and takes longer to compute than a page may, in one row."""

from __future__ import annotations

from django.db import models

from .run import Run


class RunAnalysis(models.Model):
    """Written after the run's figures, from `leaderboard.run_analysis.Analysis`. A row that was written for
    an earlier scoring counts as none."""

    run = models.OneToOneField(Run, primary_key=True, on_delete=models.CASCADE, related_name="analysis")
    of = models.DateTimeField(help_text="when the scoring ended that it was made of")
    data = models.JSONField()

    class Meta:
        verbose_name_plural = "run analyses"

    def __str__(self) -> str:
        return f"analysis of run {self.run_id}"
