"""What lets a program act for a user, without the user's password."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class ApiToken(models.Model):
    """One token. Only a hash of its text is kept (`leaderboard.token_text`): it is shown once, when made.

    `made_by`: the token that asked the API for this one, which is revoked with it; null: its user did.
    """

    class Scope(models.TextChoices):
        READ = "read", "read: see what you see"
        WRITE = "write", "write: upload, change and delete runs"
        SAMPLE = "sample", "sample: draw samples from models, which may cost money"
        ACCOUNT = "account", "account: manage tokens, organisations and your account"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80, help_text="where it is used")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    beginning = models.CharField(max_length=16, editable=False, help_text="its first characters")
    scopes = models.JSONField(default=list, help_text="values of Scope")
    made_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="made_tokens"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="null: never")
    last_used_at = models.DateTimeField(null=True, blank=True, help_text="to the minute")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.beginning}… ({self.name})"
