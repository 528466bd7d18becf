"""What is ranked."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Model(models.Model):
    """A code model. `parameters` is a count (12_000_000_000), null where nobody published it.

    `owner` says what is known of it: who brought its first run. Null: the site, and so its staff alone.
    """

    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=120)
    organisation = models.CharField(max_length=120, blank=True)
    parameters = models.BigIntegerField(null=True, blank=True)
    released = models.DateField(null=True, blank=True)
    url = models.URLField(blank=True)
    synthetic = models.BooleanField(default=False, help_text="no model: mutated reference solutions")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="models"
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
