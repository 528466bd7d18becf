"""What a run's samples are flagged for, in one row: security pages over many runs read this and no cell."""

from __future__ import annotations

from django.db import models

from .run import Run


class RunFlags(models.Model):
    """Written with the run's figures, and by every scan; a table of its own, so that reading runs does not
    read it.

    flags: [[problem position, rule, samples, those that pass, asked for], …], as in CellFlag;
    clean: [[problem position, n, samples that pass and are clean], …].
    """

    run = models.OneToOneField(Run, primary_key=True, on_delete=models.CASCADE, related_name="flags")
    flags = models.JSONField(default=list)
    clean = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"flags of run {self.run_id}"
