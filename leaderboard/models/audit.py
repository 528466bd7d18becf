"""Who changed what on the boards, and when."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class AuditEntry(models.Model):
    """One change. It outlives what it names, so names are kept as text and runs as plain numbers.

    `on_board`: the run was public then, so a board changed for everybody. When an account is deleted, such
    entries stay without any name of a person, and its other entries go.
    """

    class Action(models.TextChoices):
        RUN_MADE = "run-made", "made the run"
        RUN_SCORED = "run-scored", "scored the run"
        RUN_CHANGED = "run-changed", "changed the run"
        RUN_CANCELLED = "run-cancelled", "cancelled the run"
        RUN_RESCORED = "run-rescored", "had the run scored again"
        RUN_DELETED = "run-deleted", "deleted the run"
        RUN_SAMPLED = "run-sampled", "had samples drawn"
        FINDING_MARKED = "finding-marked", "marked a finding"
        MODEL_CHANGED = "model-changed", "changed the model"
        BENCHMARK_LOADED = "benchmark-loaded", "loaded the benchmark"
        TOKEN_MADE = "token-made", "made an API token"
        TOKEN_REVOKED = "token-revoked", "revoked an API token"
        ORGANISATION_MADE = "organisation-made", "made the organisation"
        ORGANISATION_CHANGED = "organisation-changed", "changed the organisation"
        ORGANISATION_DELETED = "organisation-deleted", "deleted the organisation"
        ACCOUNT_MADE = "account-made", "made the account"
        ACCOUNT_CHANGED = "account-changed", "changed the account"
        ACCOUNT_DELETED = "account-deleted", "deleted the account"

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    action = models.CharField(max_length=32, choices=Action)
    # Null: the site itself, its operator at a shell, or an account that is gone.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_name = models.CharField(max_length=150, blank=True)
    # The user whom it concerns: the run's owner, the member who was added.
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    about_name = models.CharField(max_length=150, blank=True)
    run_number = models.PositiveBigIntegerField(null=True, blank=True, db_index=True)
    model_name = models.CharField(max_length=120, blank=True)
    benchmark_name = models.CharField(max_length=100, blank=True)
    organisation_name = models.CharField(max_length=80, blank=True)
    detail = models.CharField(max_length=500, blank=True, help_text="names no person")
    on_board = models.BooleanField(default=False)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name or '–'} {self.get_action_display()}"
