"""Failed sign-ins, counted so that passwords can't be tried out."""

from __future__ import annotations

from django.db import models


class SignInFailures(models.Model):
    """How often one address failed to sign in with one name. `key` is a hash: neither is kept readable."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(db_index=True, help_text="when the count is forgotten")

    class Meta:
        verbose_name_plural = "sign-in failures"

    def __str__(self) -> str:
        return f"{self.count} until {self.until:%H:%M}"
