"""Signs of life of the scoring workers."""

from __future__ import annotations

from django.db import models


class WorkerBeat(models.Model):
    """When a machine's workers last said that they are there, busy or idle (`services.heartbeat`)."""

    name = models.CharField(max_length=255, unique=True, help_text="host name")
    seen_at = models.DateTimeField()
    sandbox_tier = models.CharField(max_length=16, blank=True, help_text="of its latest evaluator")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
