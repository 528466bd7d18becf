"""A sample file that is on its way here, or was received and looked at, and is not yet a run."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from .benchmark import Benchmark


class Upload(models.Model):
    """`path` lies under settings.DATA_DIR/uploads; `preview` is what the preview page shows.

    While it is not `ready`, the first `received` of `size` bytes have come, and there is no preview.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    benchmark = models.ForeignKey(Benchmark, on_delete=models.CASCADE)
    file_name = models.CharField(max_length=255)
    path = models.CharField(max_length=500)
    size = models.BigIntegerField()
    received = models.BigIntegerField(default=0)
    ready = models.BooleanField(default=True, help_text="received as a whole, and looked at")
    sha256 = models.CharField(max_length=64, blank=True, help_text="what its sender says; empty: nothing")
    options = models.JSONField(default=dict, help_text="what overrules the guesses about the file")
    preview = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.file_name
